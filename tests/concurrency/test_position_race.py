"""Two devices report one branch at once: the newer position stays, in whatever order they come."""

from __future__ import annotations

import random
import time
from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point as GeometryPoint
from django.utils import timezone

from geo.types import Point
from listings.mobile import services
from listings.models import Branch
from tests.concurrency.rivals import all_at_once
from tests.factories import BranchFactory, MembershipFactory

pytestmark = [pytest.mark.django_db(transaction=True)]

WORKERS = 8
ROUNDS = 6


def raced(seed: int) -> tuple[int, int]:
    """(seconds by which what is there at the end is older than the newest report, reports that say they were kept)."""
    branch = BranchFactory(home_point=GeometryPoint(24.9, 60.2, srid=4326))
    by = MembershipFactory(merchant=branch.merchant).user
    now = timezone.now()
    ages = random.Random(seed).sample(range(100), WORKERS)

    def report(number: int) -> bool:
        point = Point(24.0 + ages[number] / 1000, 60.0)
        at = now - timedelta(seconds=ages[number])
        return services.report_position(branch_id=branch.id, point=point, at=at, by=by, now=now).kept

    kept = all_at_once(report, workers=WORKERS)
    branch.refresh_from_db()
    assert round((branch.point.x - 24.0) * 1000) == round((now - branch.position_at).total_seconds())
    return round((now - branch.position_at).total_seconds()) - min(ages), sum(kept)


def test_the_newest_of_many_at_once_stays():
    for seed in range(ROUNDS):
        behind, kept = raced(seed)
        assert behind == 0
        assert kept >= 1


def test_without_the_lock_an_older_one_overwrites_it(monkeypatch):
    """The control: read, look, write."""

    def unlocked(branch_id):
        branch = Branch.objects.get(id=branch_id)
        time.sleep(random.Random(time.monotonic_ns()).uniform(0, 0.05))
        return branch

    monkeypatch.setattr(services, "_locked", unlocked)
    assert any(raced(seed)[0] > 0 for seed in range(4 * ROUNDS))
