"""Two bookings of one new customer at once: one of them is the first, whatever the order of their statements."""

from __future__ import annotations

import os
import random

import pytest
from django.utils import timezone

from booking import customers, limits
from booking.models import Booking, Service
from booking.refusals import NewCustomersOnly, TooManyFreeBookings
from booking.services import book
from tests.booking.world import AINO, held
from tests.concurrency.test_interleavings import play
from tests.factories import BranchFactory, DealFactory, ServiceFactory

pytestmark = [pytest.mark.django_db(transaction=True)]

ORDERS = int(os.environ.get("VICINITY_INTERLEAVINGS", "15"))


def new_customers_only() -> Service:
    deal = DealFactory(fulfilment="reservation", new_customers_only=True)
    return ServiceFactory(branch=BranchFactory(merchant=deal.merchant), deal=deal)


def raced(seed: int, service: Service) -> list[type]:
    ids = {name: held(service).booking.id for name in ("one", "two")}

    def booking(name):
        return lambda: book(booking_id=ids[name], contact=AINO, user_id=None, now=timezone.now())

    works = {name: booking(name) for name in ids}
    results = play(works, random.Random(seed).choices(list(works), k=20))
    made = Booking.objects.filter(service=service, state__in=["awaiting_payment", "confirmed"]).count()
    assert made == sum(isinstance(result, Booking) for result in results.values())
    return sorted((type(result) for result in results.values()), key=str)


def test_one_new_customer_books_once():
    assert [raced(seed, new_customers_only()) for seed in range(ORDERS)] == [[Booking, NewCustomersOnly]] * ORDERS


def test_control_without_the_lock_both_are_the_first(monkeypatch):
    monkeypatch.setattr(customers, "lock_names", lambda _: None)
    assert any(raced(seed, new_customers_only()) == [Booking, Booking] for seed in range(ORDERS))


@pytest.fixture
def one_free_booking(settings):
    settings.FREE_BOOKINGS_PER_CUSTOMER = 1


def free_race(seed: int) -> list[type]:
    Booking.objects.filter(state="confirmed").update(state="fulfilled")
    return raced(seed, ServiceFactory(deposit_percent=0))


@pytest.mark.usefixtures("one_free_booking")
def test_the_last_free_booking_is_had_once():
    assert [free_race(seed) for seed in range(ORDERS)] == [[Booking, TooManyFreeBookings]] * ORDERS


@pytest.mark.usefixtures("one_free_booking")
def test_control_without_the_lock_it_is_had_twice(monkeypatch):
    monkeypatch.setattr(limits, "lock_names", lambda _: None)
    assert any(free_race(seed) == [Booking, Booking] for seed in range(ORDERS))
