"""Forgetting whom a booking was for, once nobody needs to know any more: complaints and chargebacks are over.

What was sold, for how much and what became of it stays: that is the merchant's books.
"""

from __future__ import annotations

from django.db import connection

_FORGET = """
UPDATE booking_booking SET name = '', email = '', phone = '', note = '', address = '', point = NULL, reason = '',
  device_key = '', network_key = '', user_id = NULL
WHERE id = ANY(ARRAY(
  SELECT id FROM booking_booking
  WHERE coalesce(ended_at, ends_at) < statement_timestamp() - make_interval(days => %s)
    AND state NOT IN ('held', 'awaiting_payment') AND (name <> '' OR network_key <> '')
  ORDER BY coalesce(ended_at, ends_at) LIMIT %s FOR UPDATE SKIP LOCKED))
"""
"""An array is read once. `IN` may be read again for each row, each time with other rows: more than the limit."""


def forget_guests(*, kept_days: int, limit: int = 1000) -> int:
    """Of bookings that ended `kept_days` ago and more, or that were for a time so long ago. How many; oldest first.

    0 days: for ever. Vouchers without a time are known until they are used, cancelled or refunded. What counts a
    customer's share of a deal is a keyed hash, and stays with the count.
    """
    if not kept_days:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [kept_days, limit])
        return int(cursor.rowcount)
