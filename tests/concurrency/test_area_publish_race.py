"""Managers publish and roll back one area at once: one step is taken, the others are told, and history is whole."""

from __future__ import annotations

import random
import time
from collections import Counter

import pytest
from django.db import IntegrityError, ProgrammingError
from django.utils import timezone

from listings.areas import services
from listings.areas.drafts import parse_draft
from listings.areas.selectors import published_bands
from listings.models import AuditEntry, ServiceArea, ServiceAreaVersion
from tests.concurrency.rivals import all_at_once
from tests.factories import BranchFactory, MembershipFactory, ServiceAreaFactory, area_version

pytestmark = [pytest.mark.django_db(transaction=True)]

MANAGERS = 4
ROUNDS = 6


def raced(seed: int) -> tuple[Counter[str], ServiceArea]:
    """What became of as many steps as there are managers, each about the state that all of them have seen."""
    branch = BranchFactory()
    area = ServiceAreaFactory(branch=branch, bands=[{"radius_metres": 1}])
    area_version(area, [{"radius_metres": 2}])
    area_version(area, [{"radius_metres": 3}], published=False)
    people = [MembershipFactory(merchant=branch.merchant, role="manager").user for _ in range(MANAGERS)]
    seen, chance = services.area_tag(area), random.Random(seed)
    steps = [chance.choice(["publish", "roll back", "draft", "retire"]) for _ in range(MANAGERS)]
    draft = parse_draft({"currency": "EUR", "bands": [{"radius_metres": 4}]})

    def step(number: int) -> str:
        how = {"area_id": area.id, "expected": seen, "by": people[number], "now": timezone.now()}
        try:
            match steps[number]:
                case "publish":
                    services.publish(**how)
                case "roll back":
                    services.roll_back(number=1, **how)
                case "draft":
                    services.save_draft(draft=draft, **how)
                case "retire":
                    services.retire(**how)
        except services.AreaChanged:
            return "told"
        except (services.AreaStepImpossible, IntegrityError, ProgrammingError) as error:
            return type(error).__name__
        return "done"

    return Counter(all_at_once(step, workers=MANAGERS)), area


def test_one_step_is_taken_and_the_others_are_told():
    for seed in range(ROUNDS):
        outcomes, area = raced(seed)
        assert outcomes == {"done": 1, "told": MANAGERS - 1}
        assert AuditEntry.objects.filter(subject=f"area:{area.id}").count() == 1
        states = Counter(area.versions.values_list("state", flat=True))
        assert states["published"] <= 1
        assert states["draft"] <= 1
        numbers = sorted(area.versions.values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        bands = published_bands([area.branch_id], now=timezone.now()).get(area.branch_id, ())
        assert len(bands) == states["published"]
        assert area.versions.get(number=1).bands.get().radius_metres == 1


def test_without_the_lock_two_go_on_from_one_state(monkeypatch):
    """The control: the tag is compared, and nobody waits. What PostgreSQL still refuses then is no answer."""

    def unlocked(area_id, expected):
        area = ServiceArea.objects.get(id=area_id)
        tag = services.area_tag(area)
        if expected not in ("*", tag):
            raise services.AreaChanged("", etag=tag)
        time.sleep(random.Random(time.monotonic_ns()).uniform(0, 0.05))
        return area

    monkeypatch.setattr(services, "_locked", unlocked)
    seen = Counter()
    for seed in range(4 * ROUNDS):
        seen += raced(seed)[0]
        refused = seen["IntegrityError"] + seen["ProgrammingError"]  # by a constraint, or the trigger of states
        if seen["done"] > seed + 1 or refused:
            break
    assert seen["done"] > seed + 1 or refused
    assert ServiceAreaVersion.objects.exists()
