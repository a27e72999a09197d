"""Whom a booking was for is forgotten in time, and nothing else is."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from booking.forgetting import forget_guests
from booking.models import Booking
from booking.services import cancel_booking
from booking.upkeep import drifts, sweep_lapsed
from tests.booking.world import held, lapse, paid
from tests.factories import ServiceFactory

pytestmark = pytest.mark.django_db

KNOWN = ("name", "email", "phone", "note", "address", "reason", "device_key", "network_key")


def grow_old(booking_id, days: int) -> None:
    """As if its end had been so long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE booking_booking SET ended_at = ended_at - make_interval(days => %s), starts_at = starts_at -"
            " make_interval(days => %s), ends_at = ends_at - make_interval(days => %s) WHERE id = %s",
            [days, days, days, booking_id],
        )


def known(booking_id) -> list[str]:
    return [value for value in Booking.objects.values_list(*KNOWN).get(id=booking_id) if value]


def test_a_booking_is_forgotten_after_its_time_and_not_before():
    old, young = paid(ServiceFactory()), paid(ServiceFactory())
    kept = Booking.objects.filter(id=old.id).values("state", "price_minor", "paid_minor", "title", "customer_key")
    before = kept.get()
    grow_old(old.id, 500)
    assert known(old.id)
    assert forget_guests(kept_days=400) == 1
    assert known(old.id) == []
    assert known(young.id)
    assert (
        Booking.objects.values("state", "price_minor", "paid_minor", "title", "customer_key").get(id=old.id) == before
    )
    assert (forget_guests(kept_days=400), drifts()) == (0, [])


def test_cancelled_ones_and_lapsed_holds_count_from_their_end():
    cancelled, lapsed = paid(ServiceFactory()), held(ServiceFactory()).booking
    cancel_booking(booking_id=cancelled.id, by="customer", now=timezone.now())
    lapse(lapsed)
    assert sweep_lapsed() == 1
    Booking.objects.filter(id=lapsed.id).update(network_key="n" * 32)
    assert forget_guests(kept_days=1) == 0
    for each in (cancelled, lapsed):
        grow_old(each.id, 2)
    assert forget_guests(kept_days=1) == 2
    assert known(cancelled.id) == known(lapsed.id) == []


def test_as_many_at_a_time_as_asked_for_and_none_where_they_are_kept_for_ever():
    for _ in range(3):
        grow_old(paid(ServiceFactory()).id, 60)
    assert forget_guests(kept_days=0) == 0
    assert [forget_guests(kept_days=1, limit=2), forget_guests(kept_days=1, limit=2)] == [2, 1]


def test_what_is_still_open_is_known():
    booking = held(ServiceFactory()).booking
    Booking.objects.filter(id=booking.id).update(network_key="n" * 32)
    grow_old(booking.id, 900)
    assert forget_guests(kept_days=1) == 0
