"""A resource is removed while a guest is just taking it: one of them finds out, and nobody has what is gone."""

from __future__ import annotations

import os
import random
from datetime import timedelta

import pytest
from django.utils import timezone

from booking import taking
from booking.models import Booking, Occupancy, Resource
from booking.offering.refusals import ResourceInUse
from booking.offering.resources import remove_resource
from booking.refusals import SlotFull
from booking.services import Confirmed
from booking.taking import slot_row
from booking.upkeep import drifts
from tests.booking.world import booked, held, lapse, start_in
from tests.concurrency.test_interleavings import pay, play
from tests.factories import ServiceFactory

pytestmark = [pytest.mark.django_db(transaction=True)]

ORDERS = int(os.environ.get("VICINITY_INTERLEAVINGS", "15"))


def raced(seed: int, *, others: int = 1):
    """Of two tables the smaller is wanted by a guest, and removed."""
    service = ServiceFactory()
    wanted = Resource.objects.create(branch=service.branch, name="small", seats=2)
    larger = [Resource.objects.create(branch=service.branch, name="large", seats=8) for _ in range(others)]
    service.resources.set([wanted, *larger])
    works = {
        "hold": lambda: held(service, party=2).booking.id,
        "remove": lambda: remove_resource(resource_id=wanted.id, expected="*", by="a test", now=timezone.now()),
    }
    results = play(works, random.Random(seed).choices(list(works), k=30))
    wanted.refresh_from_db()
    return results, wanted


def is_given_though_gone(resource: Resource) -> bool:
    return resource.removed_at is not None and Occupancy.objects.filter(resource=resource).exists()


def test_whatever_the_order_nobody_has_what_is_gone():
    seen = set()
    for seed in range(2 * ORDERS):
        results, wanted = raced(seed)
        assert not is_given_though_gone(wanted)
        assert not isinstance(results["hold"], SlotFull | None)  # there is the other
        assert isinstance(results["remove"], ResourceInUse) == (wanted.removed_at is None)
        assert drifts() == []
        seen.add(wanted.removed_at is None)
    assert seen == {True, False}


def test_control_without_the_lock_it_is_given_though_gone(monkeypatch):
    unlocked = taking._OCCUPY.replace("FOR KEY SHARE OF resource", "")
    monkeypatch.setattr(taking, "_OCCUPY", unlocked)
    assert any(is_given_though_gone(raced(seed)[1]) for seed in range(20 * ORDERS))


def neighbours(seed: int):
    """A lapsed booking at ten has the only table for an hour. A quarter to ten and half past ten are wanted, which
    exclude each other, while its late payment arrives. Slots have ids against the order of their times.
    """
    service = ServiceFactory(capacity=9, duration_minutes=60, step_minutes=15, cancellation=[[0, 100]])
    service.resources.add(Resource.objects.create(branch=service.branch, name="the only one", seats=8))
    starts = {
        name: start_in(hours=9) + timedelta(minutes=m) for name, m in (("later", 90), ("at", 60), ("earlier", 45))
    }
    for start in starts.values():
        slot_row(service_id=service.id, starts_at=start, ends_at=start + timedelta(minutes=60))
    first = booked(service, starts_at=starts["at"])
    lapse(first)
    works = {
        "later": lambda: held(service, starts_at=starts["later"]).booking,
        "earlier": lambda: held(service, starts_at=starts["earlier"]).booking,
        "pay": pay(first),
    }
    return play(works, random.Random(seed).choices(list(works), k=40)), first


def test_a_lapsed_table_goes_to_one_of_those_who_want_it_or_stays_paid():
    seen = set()
    for seed in range(2 * ORDERS):
        results, first = neighbours(seed)
        first.refresh_from_db()
        won = sorted(name for name in ("later", "earlier") if isinstance(results[name], Booking))
        assert all(isinstance(results[name], Booking | SlotFull) for name in ("later", "earlier"))
        assert isinstance(results["pay"], Confirmed) == (first.state == "confirmed")
        assert len(won) == (first.state == "expired")
        assert drifts() == []
        seen.update(won or [str(first.state)])
    assert seen == {"later", "earlier", "confirmed"}
