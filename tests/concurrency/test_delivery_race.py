"""The last deliveries that a branch takes on, wanted by many at once: so many have them, whatever the order."""

from __future__ import annotations

import os
import random

import pytest

from booking.deliveries import capacity
from booking.deliveries.models import DeliveryCapacity
from booking.models import Booking
from booking.refusals import DeliveriesFull
from tests.booking.test_reach import delivered
from tests.concurrency.test_interleavings import play
from tests.factories import BranchFactory, DealFactory, ServiceAreaFactory

pytestmark = [pytest.mark.django_db(transaction=True)]

ORDERS = int(os.environ.get("VICINITY_INTERLEAVINGS", "15"))


def raced(seed: int) -> list[type]:
    deal = DealFactory(fulfilment="delivery", price_minor=1500)
    branch = BranchFactory(merchant=deal.merchant)
    ServiceAreaFactory(branch=branch)
    DeliveryCapacity.objects.create(branch=branch, most=1)
    works = {name: lambda: delivered(deal, branch) for name in ("one", "two")}
    results = play(works, random.Random(seed).choices(list(works), k=20))
    assert Booking.objects.filter(branch=branch).count() == sum(isinstance(each, Booking) for each in results.values())
    return sorted((type(result) for result in results.values()), key=str)


def test_the_last_delivery_is_taken_on_once():
    assert [raced(seed) for seed in range(ORDERS)] == [[Booking, DeliveriesFull]] * ORDERS


def test_control_without_the_lock_it_is_taken_on_twice(monkeypatch):
    monkeypatch.setattr(capacity, "lock_capacity", lambda _: True)
    assert any(raced(seed) == [Booking, Booking] for seed in range(ORDERS))
