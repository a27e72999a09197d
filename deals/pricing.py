"""What a deal saves. Pure."""

from __future__ import annotations


def discount(*, list_price_minor: int, price_minor: int) -> float:
    """The part of the list price that is saved: 0 to 1, to 4 decimals; 0 where the list price is 0.

    >>> discount(list_price_minor=2000, price_minor=1500)
    0.25
    """
    if list_price_minor <= 0:
        return 0.0
    return round((list_price_minor - price_minor) / list_price_minor, 4)


def discount_percent(*, list_price_minor: int, price_minor: int) -> int:
    """Whole percent, rounded down, so that no more is promised than is saved.

    >>> discount_percent(list_price_minor=2999, price_minor=2000)
    33
    """
    if list_price_minor <= 0:
        return 0
    return (list_price_minor - price_minor) * 100 // list_price_minor
