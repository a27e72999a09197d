"""Whatever dies at whichever named place, the next relay makes the index equal to the database (R14)."""

from __future__ import annotations

import ast
import os
import random
from pathlib import Path

import pytest

from config import failpoints
from config.failpoints import FailPointReached
from indexing import relay
from indexing.chores import DUTIES, Duty, sweep
from indexing.engines import engine
from indexing.rebuild import Progress, rebuild, unfinished
from indexing.relay import drain_all
from listings import changes
from listings.models import Change
from tests.indexing import world

ROOT = Path(__file__).resolve().parents[2]
SEEDS = range(int(os.environ.get("VICINITY_SEEDS", "3")))
SLOW_SEEDS = range(int(os.environ.get("VICINITY_SEEDS", "1")))
"""Where one history takes a second."""

RELAY = [
    "before_claim",
    "after_claim",
    "after_lock",
    "before_spread",
    "after_spread",
    "after_version",
    "after_read",
    "before_apply",
    "after_apply",
    "after_verify",
    "before_acknowledge",
    "after_acknowledge",
    "before_commit",
    "after_commit",
]
REBUILD = ["rebuild_before_commit", "rebuild_after_commit"]
CHORES = ["before_refresh", "after_forget"]
WAKER = ["after_wake", "before_hint", "after_hint"]
"""Reached in tests/indexing/test_crashes.py, by real workers."""

FOLLOWER = ["before_bulk", "after_bulk", "before_refresh_of_index", "after_refresh_of_index", "after_checkpoint"]
PURGE = ["after_purge"]
"""Reached in tests/indexing/test_follower.py, on a real OpenSearch."""

GENERATIONS = [
    "after_create_of_index",
    "after_record_of_index",
    "after_begin_anew",
    "after_make_of_generation",
    "after_compare",
    "amid_repair",
    "after_repair",
    "before_swap",
    "after_swap",
    "after_drop_of_index",
]
"""Reached in tests/indexing/test_replacing.py, on a real OpenSearch."""


@pytest.fixture(autouse=True)
def disarmed():
    yield
    failpoints.arm(None)


def dies(at, work):
    """Whether `work` died at the point."""
    failpoints.arm(failpoints.action_of(at))
    try:
        work()
    except FailPointReached:
        return True
    finally:
        failpoints.arm(None)
    return False


def test_the_list_of_names_is_the_list_of_places():
    places = {
        node.args[0].value
        for package in ("indexing", "listings", "deals", "search")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "failpoint"
    }
    assert places == {*RELAY, *REBUILD, *CHORES, *WAKER, *FOLLOWER, *PURGE, *GENERATIONS}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", RELAY)
def test_a_relay_that_dies_loses_nothing(name, seed):
    chance = random.Random(f"{name}{seed}")
    world.found()
    drain_all(engine())
    for _ in range(8):
        world.change(chance)
    world._offer(chance)
    hit = 1 if "spread" in name else chance.randint(1, 2)
    assert dies(f"{name}=raise:{hit}", lambda: drain_all(engine()))
    for _ in range(3):
        world.change(chance)
    drain_all(engine())
    assert world.differences() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", REBUILD)
def test_a_rebuild_that_dies_goes_on_where_it_was(name, seed, monkeypatch):
    chance = random.Random(f"{name}{seed}")
    monkeypatch.setattr("indexing.rebuild.BATCH_LIMIT", 2)
    world.found()
    for _ in range(3):
        world._rename(chance)
        world._offer(chance)
    Change.objects.filter(topic="branch").delete()
    assert dies(f"{name}=raise:2", lambda: rebuild(engine(), progress=Progress(), tell=lambda _: None))
    resumed = unfinished()
    assert resumed.branches == (2 if name == "rebuild_before_commit" else 4)
    assert rebuild(engine(), progress=resumed, tell=lambda _: None).branches == 6
    assert unfinished() is None
    assert world.differences() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", CHORES)
def test_a_chore_that_dies_is_done_by_the_next(name, seed):
    chance = random.Random(f"{name}{seed}")
    duties = {key: Duty(duty.every * 0, duty.do) for key, duty in DUTIES.items()}
    world.found()
    for _ in range(4):
        world.change(chance)
    assert dies(f"{name}=raise", lambda: sweep(engine(), duties=duties))
    assert sweep(engine(), duties=duties) == list(duties)
    drain_all(engine())
    assert world.differences() == []


@pytest.mark.django_db(transaction=True)
def test_control_a_relay_that_acknowledges_first_loses_changes():
    """The guard of all of the above is the order; turned round, the same death loses the change for good."""

    world.found()
    drain_all(engine())
    world._rename(random.Random(1))
    assert dies("before_apply=raise", careless_drain)
    drain_all(engine())
    assert len(world.differences()) == 1


def careless_drain():
    """Claim in a transaction of its own, as somebody might who acknowledges first."""
    with relay.patient_transaction():
        rows = changes.claim(limit=500)
        changes.acknowledge(rows)
    with relay.patient_transaction():
        relay.place(engine(), [row.key for row in rows])
