"""What of a branch's capacity for deliveries is taken, and taking the next of it (docs/locking.md).

A delivery has no time of its own, so a branch says how many it takes on within so many minutes. What was delivered,
given back or has lapsed does not count; what nobody marked as delivered stops counting when the minutes are over.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from booking.refusals import DeliveriesFull
from config.instants import instant_text

_TAKEN = """
SELECT capacity.branch_id, capacity.most, capacity.within_minutes, count(taken.created_at), min(taken.created_at)
FROM deliveries_deliverycapacity AS capacity LEFT JOIN LATERAL (
  SELECT booking.created_at FROM booking_booking AS booking JOIN deals_deal AS deal ON deal.id = booking.deal_id
  WHERE booking.branch_id = capacity.branch_id AND booking.slot_id IS NULL AND deal.fulfilment = 'delivery'
    AND booking.state IN ('held', 'awaiting_payment', 'confirmed')
    AND booking.created_at > %(at)s - make_interval(mins => capacity.within_minutes)
    AND NOT (booking.state IN ('held', 'awaiting_payment') AND booking.expires_at <= statement_timestamp())
) AS taken ON true
WHERE capacity.branch_id = ANY(%(branches)s)
GROUP BY capacity.branch_id
"""
_LOCK = "SELECT FROM deliveries_deliverycapacity WHERE branch_id = %s FOR NO KEY UPDATE"


@dataclass(frozen=True, slots=True)
class Load:
    """What a branch takes on of deliveries, and how much of that is taken. `frees_at`: when the oldest of them stops
    counting at the latest; None where there is none.
    """

    most: int
    within_minutes: int
    taken: int
    frees_at: datetime | None

    @property
    def left(self) -> int:
        return max(0, self.most - self.taken)


def loads(branch_ids: Collection[UUID], *, at: datetime) -> dict[UUID, Load]:
    """Of those branches that have a capacity, as it will be `at` if nothing more comes. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, {"branches": list(branch_ids), "at": at})
        rows = cursor.fetchall()
    return {
        branch_id: Load(most, minutes, taken, None if oldest is None else oldest + timedelta(minutes=minutes))
        for branch_id, most, minutes, taken, oldest in rows
    }


def lock_capacity(branch_id: UUID) -> bool:
    """Wait for all others who want a delivery of the branch, and make them wait to the end of the transaction. False
    where it has no capacity: then nobody waits.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [branch_id])
        return cursor.rowcount > 0


def take_delivery(branch_id: UUID, *, now: datetime) -> None:
    """One more delivery of the branch, whose booking the caller's transaction makes. DeliveriesFull.

    It is counted in a statement after the lock, which sees what those before have committed.
    """
    if not lock_capacity(branch_id):
        return
    load = loads([branch_id], at=now)[branch_id]
    if load.left:
        return
    frees = {} if load.frees_at is None else {"retry_at": instant_text(load.frees_at)}
    raise DeliveriesFull("The place has as many deliveries on their way as it can take.", limit=load.most, **frees)
