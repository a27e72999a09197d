"""What a merchant says of a service, checked: the one door for the API and the back office. Pure.

A fact is a field of the model of the same name, but `deal_id` and `resource_ids`. What the merchant cannot say, such as
the commission, is no fact. Each is parsed by itself; `refuse_contradictions` looks at all of them together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from itertools import pairwise
from typing import Any

from booking.policy import MAX_TIERS, parse_tiers
from booking.schedule import MAX_EXCEPTIONS, MAX_SPANS, Span, parse_weekly
from config.api.bodies import read_object
from config.api.values import parse_uuid
from config.errors import InvalidParameter
from listings.hours import DAY_MINUTES
from listings.names import validate_names
from listings.texts import plain_text

MAX_NAME_CHARACTERS = 200
MIN_STEP_MINUTES = 5
MAX_AROUND_MINUTES = 720
"""Of a buffer, and of the way: what availability looks at round a start is made for it."""
MAX_TRAVEL_METRES = 500_000
MAX_LEAD_MINUTES = 90 * DAY_MINUTES
MAX_HORIZON_DAYS = 365
MAX_CAPACITY = 10_000
MAX_PARTY = 100
MAX_MINOR = 100_000_000
MAX_SPANS_A_DAY = 12
MAX_STOCK = 1_000_000
MAX_RESOURCES = 200
MAX_RESOURCE_ID = 999_999_999_999_999
MAX_RESOURCE_NAME_CHARACTERS = 100
HOLD_SECONDS = (120, 1800)
YEARS = (2020, 2075)
MODES = ("visit", "at_home")
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_WEEK_MINUTES = 7 * DAY_MINUTES

Parser = Callable[[Any, str], Any]


def _whole(minimum: int, maximum: int, *, optional: bool = False) -> Parser:
    limit = f"{minimum}..{maximum}"

    def parsed(value: Any, name: str) -> int | None:
        if optional and value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not minimum <= value <= maximum:
            raise InvalidParameter(name, f"A whole number is expected, {limit}.", limit=limit)
        return value

    return parsed


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidParameter(name, "true or false is expected.")
    return value


def _one_of(*words: str) -> Parser:
    def parsed(value: Any, name: str) -> str:
        if not isinstance(value, str) or value not in words:
            raise InvalidParameter(name, f"One of {', '.join(words)} is expected.")
        return value

    return parsed


def _funder(value: Any, name: str) -> str:
    """That the platform pays for a discount is agreed with its operator; giving that up is the merchant's."""
    if value == "platform":
        raise InvalidParameter(name, "That the platform funds a discount is set by its operator.")
    return str(_one_of("merchant")(value, name))


def _text(most: int) -> Parser:
    def parsed(value: Any, name: str) -> str:
        if not isinstance(value, str):
            raise InvalidParameter(name, "A text is expected.", limit=most)
        return plain_text(value, parameter=name, limit=most, required=True)

    return parsed


def _names(value: Any, name: str) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
        raise InvalidParameter(name, "An object of language tags and texts is expected.")
    return validate_names(value, parameter=name)


def _currency(value: Any, name: str) -> str:
    """'' of a service without a price of its own."""
    if value is None:
        return ""
    if not isinstance(value, str) or _CURRENCY.fullmatch(value) is None:
        raise InvalidParameter(name, "An ISO 4217 code is expected, such as EUR.")
    return value


def _deal_id(value: Any, name: str) -> Any:
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidParameter(name, f"{name} must be a UUID.")
    return parse_uuid(value, parameter=name)


def _rows(value: Any, name: str, *, width: int, most: int, what: str) -> list[list[int]]:
    """Short lists of whole numbers. They are counted before any is looked at."""
    if not isinstance(value, list):
        raise InvalidParameter(name, f"A list of {what} is expected.", limit=most)
    if len(value) > most:
        raise InvalidParameter(name, f"At most {most} of {what}.", limit=most)
    for index, row in enumerate(value):
        if not isinstance(row, list) or len(row) != width or any(type(each) is not int for each in row):
            raise InvalidParameter(f"{name}[{index}]", f"{what} is expected: whole numbers.")
    return value


def _weekly(value: Any, name: str) -> list[list[int]] | None:
    if value is None:
        return None
    rows = _rows(value, name, width=3, most=MAX_SPANS, what="[weekday 1-7, from minute, until minute]")
    parse_weekly(rows)
    begins_and_ends = sorted(
        ((weekday - 1) * DAY_MINUTES + opens, (weekday - 1) * DAY_MINUTES + until) for weekday, opens, until in rows
    )
    if begins_and_ends:
        first = begins_and_ends[0]
        begins_and_ends.append((first[0] + _WEEK_MINUTES, first[1] + _WEEK_MINUTES))
    _refuse_overlaps(begins_and_ends, name)
    return sorted(rows)


def _refuse_overlaps(spans: list[Span], name: str) -> None:
    for earlier, later in pairwise(spans):
        if later[0] < earlier[1]:
            raise InvalidParameter(name, "Two spans overlap: make one of them.")


def parse_day(text: Any, name: str) -> date:
    """A local day, written 2026-12-24 and in no other way."""
    limit = f"{YEARS[0]}..{YEARS[1]}"
    day = None
    if isinstance(text, str) and _DAY.fullmatch(text):
        with suppress(ValueError):  # the 30th of February
            day = date.fromisoformat(text)
    if day is None:
        raise InvalidParameter(name, "A day is expected, such as 2026-12-24.")
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise InvalidParameter(name, f"A day is within the years {limit}.", limit=limit)
    return day


def parse_spans(value: Any, name: str) -> list[list[int]]:
    """[[from minute, until minute], …] of one local day, in order; none: closed."""
    rows = _rows(value, name, width=2, most=MAX_SPANS_A_DAY, what="[from minute, until minute]")
    for index, (opens, until) in enumerate(rows):
        if not (0 <= opens < DAY_MINUTES and opens < until <= opens + DAY_MINUTES):
            limit = "0..1439, then at most a day more"
            raise InvalidParameter(f"{name}[{index}]", "A span is from minute, until minute of the day.", limit=limit)
    spans = sorted(rows)
    _refuse_overlaps([(opens, until) for opens, until in spans], name)
    return spans


def _exceptions(value: Any, name: str) -> dict[str, list[list[int]]]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidParameter(name, "An object of days and their spans is expected.")
    if len(value) > MAX_EXCEPTIONS:
        raise InvalidParameter(name, f"At most {MAX_EXCEPTIONS} days.", limit=MAX_EXCEPTIONS)
    made = {}
    for text, spans in value.items():
        day = parse_day(text, name).isoformat()
        made[day] = parse_spans(spans, f"{name}.{day}")
    return dict(sorted(made.items()))


def _cancellation(value: Any, name: str) -> list[list[int]]:
    rows = _rows(value, name, width=2, most=MAX_TIERS, what="[minutes before the start, refund percent]")
    return [[tier.minutes_before, tier.refund_percent] for tier in parse_tiers(rows)]


def _resource_ids(value: Any, name: str) -> list[int]:
    if not isinstance(value, list) or len(value) > MAX_RESOURCES:
        raise InvalidParameter(name, f"A list of at most {MAX_RESOURCES} ids is expected.", limit=MAX_RESOURCES)
    for index, each in enumerate(value):
        if type(each) is not int or not 1 <= each <= MAX_RESOURCE_ID:
            raise InvalidParameter(f"{name}[{index}]", "The id of a resource of the branch is expected.")
    if len(set(value)) != len(value):
        raise InvalidParameter(name, "A resource is named twice.")
    return sorted(value)


PARSERS: Mapping[str, Parser] = {
    "name": _text(MAX_NAME_CHARACTERS),
    "names": _names,
    "is_offered": _flag,
    "mode": _one_of(*MODES),
    "deal_id": _deal_id,
    "price_minor": _whole(0, MAX_MINOR, optional=True),
    "currency": _currency,
    "price_is_per_person": _flag,
    "duration_minutes": _whole(1, DAY_MINUTES),
    "step_minutes": _whole(MIN_STEP_MINUTES, DAY_MINUTES),
    "buffer_before_minutes": _whole(0, MAX_AROUND_MINUTES),
    "buffer_after_minutes": _whole(0, MAX_AROUND_MINUTES),
    "travel_minutes": _whole(0, MAX_AROUND_MINUTES),
    "travel_radius_metres": _whole(1, MAX_TRAVEL_METRES, optional=True),
    "lead_minutes": _whole(0, MAX_LEAD_MINUTES),
    "horizon_days": _whole(1, MAX_HORIZON_DAYS),
    "hold_seconds": _whole(*HOLD_SECONDS, optional=True),
    "capacity": _whole(1, MAX_CAPACITY),
    "counts_people": _flag,
    "party_min": _whole(1, MAX_PARTY),
    "party_max": _whole(1, MAX_PARTY),
    "weekly": _weekly,
    "exceptions": _exceptions,
    "deposit_percent": _whole(0, 100),
    "no_show_fee_percent": _whole(0, 100),
    "cancellation": _cancellation,
    "discount_funder": _funder,
    "resource_ids": _resource_ids,
}

DEFAULTS: Mapping[str, Any] = {
    "names": {},
    "is_offered": True,
    "mode": "visit",
    "deal_id": None,
    "price_minor": None,
    "currency": "",
    "price_is_per_person": False,
    "step_minutes": 30,
    "buffer_before_minutes": 0,
    "buffer_after_minutes": 0,
    "travel_minutes": 0,
    "travel_radius_metres": None,
    "lead_minutes": 0,
    "horizon_days": 30,
    "hold_seconds": None,
    "capacity": 1,
    "counts_people": False,
    "party_min": 1,
    "party_max": 1,
    "weekly": None,
    "exceptions": {},
    "deposit_percent": 100,
    "no_show_fee_percent": 100,
    "cancellation": [],
    "discount_funder": "merchant",
    "resource_ids": [],
}
"""Of a new service that says nothing of it. The name and how long it takes must be said."""


LIMIT_PARSERS: Mapping[str, Parser] = {
    "stock": _whole(1, MAX_STOCK, optional=True),
    "per_customer_cap": _whole(1, MAX_STOCK, optional=True),
}


def parse_limits(data: Any) -> dict[str, int | None]:
    """The stock of a deal and the cap of one customer, as far as they are given; None: no limit."""
    given = read_object(data, known=LIMIT_PARSERS.keys())
    return {name: LIMIT_PARSERS[name](value, name) for name, value in given.items()}


RESOURCE_PARSERS: Mapping[str, Parser] = {"name": _text(MAX_RESOURCE_NAME_CHARACTERS), "seats": _whole(1, MAX_PARTY)}


def parse_resource_changes(data: Any) -> dict[str, Any]:
    """The name and the seats of a resource, as far as they are given."""
    given = read_object(data, known=RESOURCE_PARSERS.keys())
    return {name: RESOURCE_PARSERS[name](value, name) for name, value in given.items()}


def parse_new_resource(data: Any) -> dict[str, Any]:
    facts = {"seats": 1, **parse_resource_changes(data)}
    if "name" not in facts:
        raise InvalidParameter("name", "It is required.")
    return facts


def parse_changes(data: Any) -> dict[str, Any]:
    """The facts that a body gives. InvalidParameter or UnknownParameter, naming the field and its limit."""
    given = read_object(data, known=PARSERS.keys())
    return {name: PARSERS[name](value, name) for name, value in given.items()}


def parse_new(data: Any) -> dict[str, Any]:
    """All facts of a new service."""
    facts = {**DEFAULTS, **parse_changes(data)}
    for name in PARSERS:
        if name not in facts:
            raise InvalidParameter(name, "It is required.")
    refuse_contradictions(facts)
    return facts


def refuse_contradictions(facts: Mapping[str, Any]) -> None:
    """InvalidParameter for what cannot hold together."""
    if facts["deal_id"] is None and (facts["price_minor"] is None or not facts["currency"]):
        raise InvalidParameter("price_minor", "Give deal_id, or price_minor and currency.")
    if facts["deal_id"] is not None and (facts["price_minor"] is not None or facts["currency"]):
        raise InvalidParameter("price_minor", "The price is that of the deal: leave price_minor and currency out.")
    if facts["mode"] != "at_home":
        for name in ("travel_minutes", "travel_radius_metres"):
            if facts[name]:
                raise InvalidParameter(name, "There is a way to go only for what is done at home.")
    if facts["party_max"] < facts["party_min"]:
        raise InvalidParameter("party_max", "It must not be less than party_min.", limit=facts["party_min"])
    if facts["counts_people"] and facts["party_min"] > facts["capacity"]:
        detail = "Where people are counted, the smallest party must fit."
        raise InvalidParameter("party_min", detail, limit=facts["capacity"])
    if facts["lead_minutes"] >= facts["horizon_days"] * DAY_MINUTES:
        limit = facts["horizon_days"] * DAY_MINUTES
        raise InvalidParameter(
            "lead_minutes", "It must be less than horizon_days: else nothing is bookable.", limit=limit
        )
