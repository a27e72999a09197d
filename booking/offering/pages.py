"""Where a page of bookings ended: a start and an id, as a text that means nothing to others. Pure.

It holds the place in the order, not a booking: one that moves or goes takes no page with it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from config.errors import InvalidParameter

MAX_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Place:
    """`starts_at` None: among those without a time, which come last."""

    starts_at: datetime | None
    id: UUID


def cursor_of(place: Place) -> str:
    """
    >>> place = Place(datetime.fromisoformat("2026-12-01T19:00:00+00:00"), UUID(int=7))
    >>> place_of(cursor_of(place)) == place
    True
    """
    start = "" if place.starts_at is None else place.starts_at.isoformat()
    return urlsafe_b64encode(f"{start} {place.id}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """InvalidParameter for what `cursor_of` did not make."""
    if len(cursor) > MAX_CHARACTERS:
        raise _refused()
    try:
        start, _, booking_id = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(" ")
        place = Place(datetime.fromisoformat(start) if start else None, UUID(booking_id))
    except ValueError as error:
        raise _refused() from error
    if cursor_of(place) != cursor or (place.starts_at is not None and place.starts_at.tzinfo is None):
        raise _refused()
    return place


def _refused() -> InvalidParameter:
    return InvalidParameter("cursor", "Take next_cursor as it was given, or leave cursor out.", limit=MAX_CHARACTERS)
