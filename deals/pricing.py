"""What a deal saves. Pure."""

from __future__ import annotations


def discount(*, list_price_minor: int, price_minor: int) -> float:
    """The part of the list price that is saved: 0 to 1, to 4 decimals, rounded down; 0 where the list price is 0.

    Never above what `discount_percent` shows, to the whole percent: a filter by it does not contradict what is shown.

    >>> discount(list_price_minor=2000, price_minor=1500)
    0.25
    """
    if list_price_minor <= 0:
        return 0.0
    return (list_price_minor - price_minor) * 10_000 // list_price_minor / 10_000


def discount_percent(*, list_price_minor: int, price_minor: int) -> int:
    """Whole percent, rounded down, so that no more is promised than is saved.

    >>> discount_percent(list_price_minor=2999, price_minor=2000)
    33
    """
    if list_price_minor <= 0:
        return 0
    return (list_price_minor - price_minor) * 100 // list_price_minor
