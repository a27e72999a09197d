"""A resource is never busy twice at a time, whatever is inserted, the hours of clock changes among it (R5)."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from booking.models import Resource
from tests.booking.world import held
from tests.factories import ServiceFactory

pytestmark = pytest.mark.django_db

INSERTS = int(os.environ.get("VICINITY_OVERLAPS", "2000"))
HELSINKI = ZoneInfo("Europe/Helsinki")
DAYS = [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)]
"""Two days each from here: the clock goes forward, back, and not at all."""


def insert_many(resources, booking, count: int) -> int:
    chance, kept = random.Random(5), 0
    with connection.cursor() as cursor:
        for _ in range(count):
            start = chance.choice(DAYS) + timedelta(minutes=chance.randrange(0, 2 * 1440, 5))
            # As people say it: on the wall clock, an end that the same clock shows later.
            local = start.astimezone(HELSINKI).replace(fold=chance.randint(0, 1))
            end = local.astimezone(UTC) + timedelta(minutes=chance.choice([5, 15, 45, 90]))
            cursor.execute(
                "INSERT INTO booking_occupancy (resource_id, booking_id, during) VALUES (%s, %s, tstzrange(%s, %s))"
                " ON CONFLICT DO NOTHING",
                [chance.choice(resources), booking.id, local, end],
            )
            kept += cursor.rowcount
    return kept


def overlaps() -> int:
    """Found by sorting in Python, not by the operator under test."""
    by_resource: dict[int, list] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT resource_id, lower(during), upper(during) FROM booking_occupancy")
        for resource, begins, ends in cursor.fetchall():
            by_resource.setdefault(resource, []).append((begins, ends))
    return sum(later[0] < earlier[1] for spans in by_resource.values() for earlier, later in pairwise(sorted(spans)))


@pytest.fixture
def resources():
    service = ServiceFactory()
    booking = held(service).booking
    return [Resource.objects.create(branch=service.branch, name=str(n)).id for n in range(40)], booking


def test_none_of_many_overlap(resources):
    ids, booking = resources
    kept = insert_many(ids, booking, INSERTS)
    print(f"{INSERTS} inserts: {kept} kept, {overlaps()} overlaps")  # noqa: T201  -rP shows it
    assert 0 < kept < INSERTS
    assert overlaps() == 0


def test_control_without_the_constraint_they_do(resources):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE booking_occupancy DROP CONSTRAINT occupancy_never_overlaps")
    ids, booking = resources
    insert_many(ids, booking, 1000)
    assert overlaps() > 0
