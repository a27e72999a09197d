"""Which starts have room for a party, from what is taken. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

Busy = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What of a service is taken. `taken`: start → units that have not lapsed. `resources`: (seats, busy times) each;
    None where the service uses none. `left_of_deal`: of its stock, pieces; None where that has no limit.
    """

    capacity: int
    taken: Mapping[datetime, int]
    resources: Sequence[tuple[int, Sequence[Busy]]] | None = None
    left_of_deal: int | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """A start with room. `left` is how many parties of this size fit, by the slot's units and the deal's stock."""

    starts_at: datetime
    left: int


def openings(
    starts: Sequence[datetime],
    room: Room,
    *,
    units: int,
    pieces: int,
    party: int,
    duration: timedelta,
    before: timedelta,
    after: timedelta,
) -> list[Opening]:
    """Those of `starts`, in their order, at which a party of `party` can be served that takes `units` of the slot and
    `pieces` of the deal.
    """
    found = []
    for start in starts:
        left = (room.capacity - room.taken.get(start, 0)) // units
        if room.left_of_deal is not None:
            left = min(left, room.left_of_deal // pieces)
        if room.resources is not None:
            left = min(left, _free(room.resources, party, start - before, start + duration + after))
        if left > 0:
            found.append(Opening(start, left))
    return found


def _free(resources: Sequence[tuple[int, Sequence[Busy]]], party: int, begins: datetime, ends: datetime) -> int:
    return sum(
        seats >= party and all(until <= begins or ends <= since for since, until in busy) for seats, busy in resources
    )
