"""What a merchant says of a deal, checked: the one door for services and the admin. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from config.errors import InvalidParameter
from listings.names import validate_names
from listings.texts import plain_text

FULFILMENTS = ("voucher", "reservation", "delivery", "at_home")
MAX_PRICE_MINOR = 10**12
MAX_VALID_DAYS = 3_660
MAX_BLACKOUT_DATES = 366
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class DealFacts:
    """All about a deal but whose it is, where it is good and its state. Prices in minor units of the currency."""

    title: str
    list_price_minor: int
    price_minor: int
    currency: str
    valid_from: datetime
    valid_until: datetime
    fulfilment: str = "voucher"
    titles: Mapping[str, str] = field(default_factory=dict)
    terms: str = ""
    weekdays: tuple[int, ...] = ()
    daily_from: time | None = None
    daily_until: time | None = None
    blackout_dates: tuple[date, ...] = ()
    stock: int | None = None
    per_customer_cap: int | None = None
    new_customers_only: bool = False


def checked(facts: DealFacts) -> DealFacts:
    """The facts as they are stored. InvalidParameter names the field and the limit."""
    _check_prices(facts)
    _check_times(facts)
    for name in ("stock", "per_customer_cap"):
        value = getattr(facts, name)
        if value is not None and not 1 <= value < 2**31:
            raise InvalidParameter(name, "At least 1; leave it out for no limit.", limit=1)
    if facts.fulfilment not in FULFILMENTS:
        raise InvalidParameter("fulfilment", f"One of {', '.join(FULFILMENTS)}.")
    return replace(
        facts,
        title=plain_text(facts.title, parameter="title", limit=200, required=True),
        titles=validate_names(facts.titles, parameter="titles"),
        terms=plain_text(facts.terms, parameter="terms", limit=2_000),
        valid_from=facts.valid_from.astimezone(UTC),
        valid_until=facts.valid_until.astimezone(UTC),
        weekdays=tuple(sorted(set(facts.weekdays))),
        blackout_dates=tuple(sorted(set(facts.blackout_dates))),
    )


def _check_prices(facts: DealFacts) -> None:
    if not _CURRENCY.fullmatch(facts.currency):
        raise InvalidParameter("currency", "A currency is three capital letters of ISO 4217, such as EUR.")
    if not 0 <= facts.list_price_minor <= MAX_PRICE_MINOR:
        raise InvalidParameter(
            "list_price_minor", "A price in minor units, not negative.", limit=f"0..{MAX_PRICE_MINOR}"
        )
    if not 0 <= facts.price_minor <= facts.list_price_minor:
        raise InvalidParameter(
            "price_minor", "The price must be within 0 and the list price.", limit=f"0..{facts.list_price_minor}"
        )


def _check_times(facts: DealFacts) -> None:
    for name in ("valid_from", "valid_until"):
        if getattr(facts, name).tzinfo is None:
            raise InvalidParameter(name, "An instant needs its UTC offset.")
    if facts.valid_until <= facts.valid_from:
        raise InvalidParameter("valid_until", "It must be after valid_from.")
    if facts.valid_until - facts.valid_from > timedelta(days=MAX_VALID_DAYS):
        limit = f"{MAX_VALID_DAYS} days"
        raise InvalidParameter("valid_until", f"A deal is valid for at most {limit}.", limit=limit)
    if any(not 1 <= day <= 7 for day in facts.weekdays):
        raise InvalidParameter("weekdays", "Days are 1 (Monday) to 7 (Sunday).", limit="1..7")
    if (facts.daily_from is None) != (facts.daily_until is None):
        raise InvalidParameter("daily_until", "Give both daily_from and daily_until, or neither.")
    if len(facts.blackout_dates) > MAX_BLACKOUT_DATES:
        raise InvalidParameter("blackout_dates", f"At most {MAX_BLACKOUT_DATES} dates.", limit=MAX_BLACKOUT_DATES)
