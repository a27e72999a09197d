"""Letting lapsed holds go, and telling whether what is taken is what bookings take.

The sweeper is a convenience for those who look: whoever wants a place reclaims what has lapsed on it first
(booking.taking). It may be killed at any point, and two may run at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

from booking.taking import reclaim
from config.failpoints import failpoint

PAID_IS_SEEN_WITHIN = timedelta(seconds=30)
"""A payment made at the last moment, of which no notification comes, is seen by the look at that moment (the reconciler
comes every second, a provider answers within ten). Nobody needs the place before: who does takes it."""


def sweep_lapsed(*, limit: int = 1000) -> int:
    """Expire bookings whose time is over, one slot (or one deal) a transaction. How many.

    One that awaits its payment is left PAID_IS_SEEN_WITHIN more.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT slot_id, CASE WHEN slot_id IS NULL THEN deal_id END FROM ("
            "SELECT slot_id, deal_id FROM booking_booking"
            " WHERE state IN ('held', 'awaiting_payment') AND expires_at <= statement_timestamp()"
            " AND (state = 'held' OR expires_at <= statement_timestamp() - make_interval(secs => %s))"
            " ORDER BY expires_at LIMIT %s) AS lapsed",
            [PAID_IS_SEEN_WITHIN.total_seconds(), limit],
        )
        found = cursor.fetchall()
    expired = 0
    for slot_id, deal_id in found:
        with transaction.atomic():
            expired += reclaim(slot_id=slot_id, deal_id=deal_id, grace=PAID_IS_SEEN_WITHIN)
            failpoint("after_expiry")
    return expired


@dataclass(frozen=True, slots=True)
class Drift:
    """What a counter says is not what bookings take."""

    what: str
    key: str
    counted: int
    taken: int


_DRIFT = """
SELECT 'slot', slot.id::text, slot.taken, coalesce(sum(booking.units), 0)::int
FROM booking_slot AS slot LEFT JOIN booking_booking AS booking
  ON booking.slot_id = slot.id AND booking.state NOT IN ('cancelled', 'expired')
GROUP BY slot.id HAVING slot.taken <> coalesce(sum(booking.units), 0)
UNION ALL
SELECT 'stock', stock.deal_id::text, stock.taken, coalesce(sum(booking.stock_units), 0)::int
FROM booking_dealstock AS stock LEFT JOIN booking_booking AS booking
  ON booking.deal_id = stock.deal_id AND booking.state NOT IN ('cancelled', 'expired')
GROUP BY stock.deal_id HAVING stock.taken <> coalesce(sum(booking.stock_units), 0)
UNION ALL
SELECT 'customer', customer.deal_id::text, customer.taken, coalesce(sum(booking.cap_units), 0)::int
FROM booking_dealcustomer AS customer LEFT JOIN booking_booking AS booking
  ON booking.deal_id = customer.deal_id AND booking.customer_key = customer.customer_key
  AND booking.state NOT IN ('cancelled', 'expired')
GROUP BY customer.id HAVING customer.taken <> coalesce(sum(booking.cap_units), 0)
UNION ALL
SELECT 'resource', booking.id::text, count(*)::int, 0
FROM booking_occupancy AS busy JOIN booking_booking AS booking ON booking.id = busy.booking_id
WHERE booking.state IN ('cancelled', 'expired') GROUP BY booking.id
"""


def drifts() -> list[Drift]:
    """Every counter that is not the sum of what bookings take; empty is the promise. One statement, one snapshot."""
    with connection.cursor() as cursor:
        cursor.execute(_DRIFT)
        return [Drift(*row) for row in cursor.fetchall()]
