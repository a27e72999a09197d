"""IANA time zones: of a point, and from untrusted text. Pure but for the zone names, read once from the tz database.

A point at sea has the nautical zone of its longitude (`Etc/GMT-3` is three hours *ahead* of UTC, as POSIX signs it).
Where two zones are in use (Urumqi) the one of the state is given; so a branch may override what is found here.
"""

from __future__ import annotations

import zoneinfo
from functools import cache

import tzfpy

from config.errors import InvalidParameter
from geo.types import Point

MAX_ZONE_CHARACTERS = 63


def zone_of(point: Point) -> str:
    """The zone name at the point: always one that `parse_zone` takes.

    >>> zone_of(Point(24.9384, 60.1699)), zone_of(Point(-30.0, 40.0))
    ('Europe/Helsinki', 'Etc/GMT+2')
    """
    # A zone younger than this machine's tz database is not in it: nautical time is the near truth.
    found = tzfpy.get_tz(point.lon, point.lat)
    return found if found in zone_names() else _nautical(point)


@cache
def zone_names() -> frozenset[str]:
    """Every zone this machine knows, `Factory` and `localtime`, which are no places, left out."""
    return frozenset(zoneinfo.available_timezones() - {"Factory", "localtime"})


def parse_zone(text: str, *, parameter: str = "time_zone") -> str:
    """The name as it is, or `InvalidParameter`. Names are told apart by case, as the tz database does.

    >>> parse_zone("Europe/Helsinki")
    'Europe/Helsinki'
    """
    if len(text) > MAX_ZONE_CHARACTERS:
        raise InvalidParameter(
            parameter,
            f"{parameter} is longer than {MAX_ZONE_CHARACTERS} characters.",
            limit=f"{MAX_ZONE_CHARACTERS} characters",
        )
    if text in zone_names():
        return text
    meant = _by_lower_case().get(text.lower())
    hint = f"Did you mean {meant}?" if meant else "It is a name such as Europe/Helsinki."
    raise InvalidParameter(parameter, f"{parameter} {text!a} is no IANA time zone. {hint}")


@cache
def _by_lower_case() -> dict[str, str]:
    return {name.lower(): name for name in zone_names()}


def _nautical(point: Point) -> str:
    hours_ahead = round(point.lon / 15)
    return "Etc/GMT" if hours_ahead == 0 else f"Etc/GMT{-hours_ahead:+d}"
