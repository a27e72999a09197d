"""A resource is removed while a guest is just taking it: one of them finds out, and nobody has what is gone."""

from __future__ import annotations

import os
import random

import pytest
from django.utils import timezone

from booking import taking
from booking.models import Occupancy, Resource
from booking.offering.refusals import ResourceInUse
from booking.offering.resources import remove_resource
from booking.refusals import SlotFull
from booking.upkeep import drifts
from tests.booking.world import held
from tests.concurrency.test_interleavings import play
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
