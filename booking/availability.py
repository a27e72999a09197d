"""Which starts have room for a party, from what is taken. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

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
    """Those of `starts`, which are in order, at which a party of `party` can be served.

    It takes `units` of the slot and `pieces` of the deal.
    """
    free: Sequence[int | None] = [None] * len(starts)
    if room.resources is not None:
        free = _free(starts, room.resources, party=party, before=before, after=duration + after)
    most = None if room.left_of_deal is None else room.left_of_deal // pieces
    found = []
    for start, resources in zip(starts, free, strict=True):
        left = (room.capacity - room.taken.get(start, 0)) // units
        if most is not None and most < left:
            left = most
        if resources is not None and resources < left:
            left = resources
        if left > 0:
            found.append(Opening(start, left))
    return found


def _free(
    starts: Sequence[datetime],
    resources: Sequence[tuple[int, Sequence[Busy]]],
    *,
    party: int,
    before: timedelta,
    after: timedelta,
) -> list[int]:
    """How many resources are free from `before` each start until `after` it. A busy time takes a resource from a run of
    starts, so the runs are counted, not each start with each resource.
    """
    change, fitting = [0] * (len(starts) + 1), 0
    for seats, busy in resources:
        if seats < party:
            continue
        fitting += 1
        counted = 0  # starts of this resource up to here: two busy times may take the same one
        for since, until in sorted(busy):
            first = max(counted, bisect_right(starts, since - after))
            counted = max(counted, bisect_left(starts, until + before))
            if first < counted:
                change[first] -= 1
                change[counted] += 1
    return [fitting + taken for taken in accumulate(change[:-1])]
