"""What a booking of a service or a deal would cost and under which terms: what is copied onto it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from booking.policy import Policy, deposit_minor, no_show_fee_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Of the whole party. Amounts in minor units of the currency."""

    title: str
    price_minor: int
    list_price_minor: int
    currency: str
    deposit_minor: int
    no_show_fee_minor: int
    policy: Policy
    commission_bps: int
    discount_funder: str


def quote(
    *,
    title: str,
    price_minor: int,
    list_price_minor: int,
    currency: str,
    count: int,
    policy: Policy,
    commission_bps: int = 0,
    discount_funder: str = "merchant",
) -> Quote:
    """For `count` times the price: people, or units of a deal.

    >>> made = quote(title="Dinner", price_minor=4000, list_price_minor=5000, currency="EUR", count=3,
    ...              policy=Policy(deposit_percent=25, no_show_fee_percent=10))
    >>> made.price_minor, made.deposit_minor, made.no_show_fee_minor
    (12000, 3000, 1200)

    The fee of one who does not come is kept of what was paid, so it is never more than what is due when booking.
    """
    whole = price_minor * count
    due = deposit_minor(policy, price_minor=whole)
    return Quote(
        title=title,
        price_minor=whole,
        list_price_minor=list_price_minor * count,
        currency=currency,
        deposit_minor=due,
        no_show_fee_minor=min(due, no_show_fee_minor(policy, price_minor=whole)),
        policy=policy,
        commission_bps=commission_bps,
        discount_funder=discount_funder,
    )
