"""When: `bookable_at`, an instant; `open_at`, an instant or a local time at each branch. Pure but for the tz database.

Hours are laid out in the index for some days ahead only, so a moment before the asking or beyond the horizon is refused
rather than answered with "closed".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache, lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from config.errors import InvalidParameter
from geo.types import Point
from geo.zones import zone_names, zone_of
from search.query import OpenAt

OPEN_AT_DAYS = 7
"""How far ahead of the asking `open_at` reaches: seven days less than the hours that are laid out, by default."""
BOOKABLE_AT_DAYS = 365
"""The longest that a service can be booked ahead."""
MAX_MOMENT_CHARACTERS = 40

_DATE_AND_TIME = r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}"
_INSTANT = re.compile(rf"{_DATE_AND_TIME}(:\d{{2}}(\.\d{{1,6}})?)?([Zz]|[+-]\d{{2}}:\d{{2}})", re.ASCII)
_LOCAL = re.compile(_DATE_AND_TIME, re.ASCII)
_FORM = "an instant such as 2026-11-22T18:30Z or +02:00, or a local time such as 2026-11-22T18:30"


def parse_open_at(text: str, *, as_of: datetime, centre: Point, days: int = OPEN_AT_DAYS) -> OpenAt:
    """The moment, within [as_of, as_of + days] by the minute. `centre` of the area decides this for a local time."""
    parameter = "open_at"
    if len(text) > MAX_MOMENT_CHARACTERS:
        raise InvalidParameter(
            parameter,
            f"open_at is longer than {MAX_MOMENT_CHARACTERS} characters; it is {_FORM}.",
            limit=f"{MAX_MOMENT_CHARACTERS} characters",
        )
    is_local = _LOCAL.fullmatch(text) is not None
    if not is_local and _INSTANT.fullmatch(text) is None:
        raise InvalidParameter(parameter, f"open_at must be {_FORM}; got {text!a}.{_plus_hint(text)}")
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError as error:
        raise InvalidParameter(parameter, f"open_at {text} is no date and time: {error}.") from error
    minutes = _local_minutes(moment) if is_local else None
    minute = _minute(moment) if minutes is None else minutes[zone_of(centre)]
    first, last = _minute(as_of), _minute(as_of + timedelta(days=days))
    if not first <= minute <= last:
        raise InvalidParameter(
            parameter,
            f"open_at must lie between now and {days} days ahead; got {text}"
            f"{f' ({zone_of(centre)} time)' if is_local else ''}, asked at {as_of:%Y-%m-%dT%H:%MZ}.",
            limit=f"{days} days",
        )
    return OpenAt(minute) if minutes is None else OpenAt(None, minutes)


def parse_bookable_at(text: str, *, as_of: datetime) -> int:
    """The minute since 1970 UTC of an instant within [as_of, as_of + BOOKABLE_AT_DAYS]."""
    parameter, form = "bookable_at", "an instant by the minute, such as 2026-11-22T18:30Z or +02:00"
    if len(text) > MAX_MOMENT_CHARACTERS or _INSTANT.fullmatch(text) is None:
        raise InvalidParameter(parameter, f"bookable_at must be {form}; got {text[:40]!a}.{_plus_hint(text)}")
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError as error:
        raise InvalidParameter(parameter, f"bookable_at {text} is no date and time: {error}.") from error
    if moment.second or moment.microsecond or moment.tzinfo is None:
        raise InvalidParameter(parameter, f"Bookings start on whole minutes: bookable_at must be {form}.")
    minute = _minute(moment)
    if not _minute(as_of) <= minute <= _minute(as_of + timedelta(days=BOOKABLE_AT_DAYS)):
        raise InvalidParameter(
            parameter,
            f"bookable_at must lie between now and {BOOKABLE_AT_DAYS} days ahead; got {text}.",
            limit=f"{BOOKABLE_AT_DAYS} days",
        )
    return minute


def _plus_hint(text: str) -> str:
    return " In a URL a plus sign is written %2B." if " " in text else ""


def _minute(instant: datetime) -> int:
    return int(instant.timestamp() // 60)


@lru_cache(maxsize=64)
def _local_minutes(wall: datetime) -> Mapping[str, int]:
    """The minute at which clocks show `wall`, by zone.

    A time that a clock change leaves out is read by the clock before it, one that occurs twice is the first (fold 0).
    """
    return MappingProxyType({name: _minute(wall.replace(tzinfo=zone)) for name, zone in _zones().items()})


def load_zones() -> None:
    """Read the 600 zones now: a tenth of a second or more, that the first local time of a process would wait for."""
    _zones()


@cache
def _zones() -> dict[str, ZoneInfo]:
    return {name: ZoneInfo(name) for name in sorted(zone_names())}
