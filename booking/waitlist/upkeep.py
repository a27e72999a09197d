"""Forgetting who waited: an entry that has ended keeps its times and loses its guest."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from booking.waitlist.models import Entry

KEPT_DAYS = 30

_FORGET_OFFERS = """
UPDATE booking_booking SET name = '', email = '', language = '', address = '', point = NULL, user_id = NULL
WHERE id IN (SELECT booking_id FROM booking_event WHERE entry_id = ANY(%s) AND booking_id IS NOT NULL)
  AND state IN ('cancelled', 'expired') AND customer_key = ''
"""


def forget_guests(*, now: datetime, limit: int = 1000) -> int:
    """Of entries that ended KEPT_DAYS ago and more, and of offers to them that nobody took. How many entries.

    A booking that came of an offer is a booking like any other and is left as it is.
    """
    old = Entry.objects.filter(ended_at__lt=now - timedelta(days=KEPT_DAYS)).exclude(email="")
    ids = list(old.order_by("ended_at").values_list("id", flat=True)[:limit])
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_OFFERS, [ids])
    return Entry.objects.filter(id__in=ids).update(
        name="",
        email="",
        language="",
        customer_key="",
        device_key="",
        network_key="",
        address="",
        point=None,
        user=None,
    )
