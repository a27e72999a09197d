"""Instants as text. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from config.errors import InvalidParameter

_YEARS = range(2001, 2076)


def instant_text(instant: datetime) -> str:
    """A UTC instant as RFC 3339 with Z, microseconds only where there are any."""
    return instant.isoformat().replace("+00:00", "Z")


def parse_instant(text: str, *, parameter: str) -> datetime:
    """ISO 8601 with an offset, in UTC.

    >>> parse_instant("2026-11-25T20:00+02:00", parameter="at").isoformat()
    '2026-11-25T18:00:00+00:00'
    """
    try:
        found = datetime.fromisoformat(text[:40])
        moment = found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidParameter(parameter, "An instant is expected, such as 2026-11-25T18:00:00Z.") from None
    if found.tzinfo is None:
        raise InvalidParameter(parameter, "An instant needs its UTC offset, such as Z or +02:00.")
    if len(text) > 40 or moment.year not in _YEARS:
        raise InvalidParameter(parameter, "An instant is within the years 2001-2075.", limit="2001-2075")
    return moment
