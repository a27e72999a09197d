"""`assign` against brute force on chains of Munich and New York; areas from quarters, districts, postcodes and radii.

VICINITY_ADDRESSES asks about more addresses of each city than a test run does.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from booking.assigning import Question, assign
from listings.areas.bands import Owner
from tests.booking.assign_world import BEGINS, INSTANTS, MUNICH, NEW_YORK, BruteForce, fill

pytestmark = [pytest.mark.django_db, pytest.mark.shared_data]

ADDRESSES = int(os.environ.get("VICINITY_ADDRESSES", "300"))
SEED = 20261126


@pytest.mark.parametrize("city", [MUNICH, NEW_YORK], ids=["munich", "new york"])
def test_each_address_is_served_by_whom_brute_force_says(city, shared_data):
    branches = 300 if ADDRESSES < 1000 else 100_000
    world = fill(city, shared_data, addresses=ADDRESSES, branches=branches, seed=SEED)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE listings_branch, listings_servicearea, listings_serviceareaversion, listings_areaband")
    truth, chance, seen = BruteForce(world), random.Random(SEED), Counter()
    chains = list(world.chains)  # by name: their identifiers are new in every run
    for number, address in enumerate(world.addresses):
        chain, at = chance.choice(chains), chance.choice(INSTANTS)
        owner = Owner("brand_id" if number % 2 else "merchant_id", chain)
        question = Question(owner=owner, point=address, mode="delivery", at=at, room_until=at + timedelta(hours=2))
        decision = assign(question, now=BEGINS).decision
        expected = truth.expected(number, world.chains[chain], at)
        winner = decision.winner
        served_by = winner and (winner.branch_id, winner.band.area_id, winner.band.rank, winner.band.fee_minor)
        assert (served_by, [(lost.candidate.branch_id, lost.reason.value) for lost in decision.lost]) == (
            expected.served_by, expected.lost,
        ), (address, chain, at)  # fmt: skip
        seen["served"] += winner is not None
        seen["covered"] += expected.covering > 0
        seen["more than one covers"] += expected.covering > 1
        seen.update(reason for _, reason in expected.lost)
    branches = sum(map(len, world.chains.values()))
    print(f"{len(chains)} chains, {branches} branches, {ADDRESSES} addresses, 0 differences:", dict(seen))  # noqa: T201 - for -rP
    assert seen["served"] > ADDRESSES / 20
    assert seen["covered"] > seen["served"]
    assert {"further", "closed", "not_valid", "hours_unknown"} <= set(seen)
