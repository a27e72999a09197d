"""Two bookings of one new customer at once: one of them is the first, whatever the order of their statements."""

from __future__ import annotations

import os
import random

import pytest
from django.utils import timezone

from booking import customers
from booking.models import Booking
from booking.refusals import NewCustomersOnly
from booking.services import book
from tests.booking.world import AINO, held
from tests.concurrency.test_interleavings import play
from tests.factories import BranchFactory, DealFactory, ServiceFactory

pytestmark = [pytest.mark.django_db(transaction=True)]

ORDERS = int(os.environ.get("VICINITY_INTERLEAVINGS", "15"))


def raced(seed: int) -> list[type]:
    deal = DealFactory(fulfilment="reservation", new_customers_only=True)
    service = ServiceFactory(branch=BranchFactory(merchant=deal.merchant), deal=deal)
    ids = {name: held(service).booking.id for name in ("one", "two")}

    def booking(name):
        return lambda: book(booking_id=ids[name], contact=AINO, user_id=None, now=timezone.now())

    works = {name: booking(name) for name in ids}
    results = play(works, random.Random(seed).choices(list(works), k=20))
    assert Booking.objects.filter(deal=deal, state="awaiting_payment").count() == sum(
        isinstance(result, Booking) for result in results.values()
    )
    return sorted((type(result) for result in results.values()), key=str)


def test_one_new_customer_books_once():
    assert [raced(seed) for seed in range(ORDERS)] == [[Booking, NewCustomersOnly]] * ORDERS


def test_control_without_the_lock_both_are_the_first(monkeypatch):
    monkeypatch.setattr(customers, "lock_names", lambda _: None)
    assert any(raced(seed) == [Booking, Booking] for seed in range(ORDERS))
