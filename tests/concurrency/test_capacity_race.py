"""A merchant lowers the capacity while guests hold and cancel: whatever the order, no slot sells what is not there.

A slot has the capacity of its service and, above it, only what was sold before (its surplus), which is not sold again.
"""

from __future__ import annotations

import os
import random

import pytest
from django.utils import timezone

from booking import taking
from booking.models import Booking, Service, Slot
from booking.offering.services import change_service
from booking.refusals import SlotFull
from booking.services import cancel_booking
from booking.upkeep import drifts
from tests.booking.world import held, start_in
from tests.concurrency.test_interleavings import play
from tests.factories import ServiceFactory

pytestmark = [pytest.mark.django_db(transaction=True)]

ORDERS = int(os.environ.get("VICINITY_INTERLEAVINGS", "15"))
CAPACITY, LOWERED = 3, 1


def shrink(service):
    return lambda: (
        change_service(service_id=service.id, changes={"capacity": LOWERED}, expected="*", by="a test").capacity
    )


def raced(seed: int, *, sold: int) -> tuple[dict, Service]:
    """What became of it, of a start of which so many are sold. One of them cancels, another guest holds."""
    service = ServiceFactory(capacity=CAPACITY)
    guests = [held(service).booking for _ in range(sold)]
    works = {"shrink": shrink(service), "hold": lambda: held(service).booking.id}
    if guests:
        works["cancel"] = lambda: cancel_booking(booking_id=guests[0].id, by="merchant", now=timezone.now()).booking.id
    order = random.Random(seed).choices(list(works), k=24)
    return play(works, order), service


def sells_what_is_not_there(service: Service) -> bool:
    """Some slot of it has, or may sell again, more than the service has and was sold before it shrank."""
    return any(
        slot.capacity - slot.surplus != LOWERED or (slot.surplus and slot.taken != slot.capacity)
        for slot in Slot.objects.filter(service=service)
    )


@pytest.mark.parametrize("sold", range(CAPACITY + 1))
def test_whatever_the_order_a_slot_has_what_its_service_has(sold):
    for seed in range(ORDERS):
        results, service = raced(seed, sold=sold)
        assert results["shrink"] == LOWERED
        assert not sells_what_is_not_there(service)
        assert drifts() == []
        taken = Booking.objects.filter(service=service, state="held").count()
        refused = isinstance(results["hold"], SlotFull)
        assert taken == sold - (sold > 0) + (not refused)


def test_control_a_slot_that_is_made_without_the_lock_keeps_what_the_service_had(monkeypatch):
    monkeypatch.setattr(taking, "_MAKE_SLOT", taking._MAKE_SLOT.replace("FOR SHARE", ""))
    assert any(sells_what_is_not_there(raced(seed, sold=0)[1]) for seed in range(10 * ORDERS))


def test_two_first_holds_of_a_start_and_a_change_do_not_wait_for_each_other():
    for seed in range(ORDERS):
        service = ServiceFactory(capacity=CAPACITY)
        works = {
            "shrink": shrink(service),
            "one": lambda service=service: held(service).booking.id,
            "two": lambda service=service: held(service).booking.id,
            "other": lambda service=service: held(service, starts_at=start_in(hours=1)).booking.id,
        }
        results = play(works, random.Random(seed).choices(list(works), k=30))
        assert results["shrink"] == LOWERED
        assert not sells_what_is_not_there(service)
        assert not isinstance(results["other"], SlotFull)
