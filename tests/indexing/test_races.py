"""Relays that overlap, overtake each other, repeat and drop work end where one relay alone would (R16, R20)."""

from __future__ import annotations

import os
import random
import threading

import pytest
from django.db import connection

from config import failpoints
from deals.models import Deal
from indexing.engines import engine
from indexing.relay import drain, drain_all
from indexing.versions import take_version
from tests.factories import BranchFactory, DealFactory
from tests.indexing import world

pytestmark = pytest.mark.django_db(transaction=True)

SEEDS = range(int(os.environ.get("VICINITY_SEEDS", "3")))


@pytest.fixture(autouse=True)
def disarmed():
    yield
    failpoints.arm(None)


def in_thread(work):
    """`work` on a connection of its own; its failure is raised by `join`."""
    failures = []

    def run():
        try:
            work()
        except Exception as error:  # noqa: BLE001  handed to the test
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()

    def join(timeout=20):
        thread.join(timeout)
        if failures:
            raise failures[0]
        return not thread.is_alive()

    return join


def overtake():
    """A relay stands between reading and applying; a deal ends; a second relay passes. Did the second finish first?"""
    branch = BranchFactory()
    drain_all(engine())
    DealFactory(merchant=branch.merchant)
    drain(engine())  # spread to the branch; no engine has seen the deal yet
    world_changed = threading.Event()
    reached = threading.Event()
    slow = threading.current_thread()

    def wait_before_apply(name):
        if name == "before_apply" and threading.current_thread() is slow:
            reached.set()
            world_changed.wait(20)

    def slow_relay():
        nonlocal slow
        slow = threading.current_thread()
        drain(engine())

    failpoints.arm(wait_before_apply)
    join_slow = in_thread(slow_relay)
    assert reached.wait(20)
    Deal.objects.update(state="ended")
    join_fast = in_thread(lambda: drain_all(engine()))
    overtook = join_fast(timeout=1)
    world_changed.set()
    assert join_slow()
    assert join_fast()
    failpoints.arm(None)
    drain_all(engine())
    return overtook


def test_a_slow_relay_brings_nothing_back():
    assert overtake() is False
    assert world.differences() == []


def test_control_without_the_lock_it_does(monkeypatch):
    monkeypatch.setattr("indexing.relay.lock_branches", lambda _: None)
    assert overtake() is True
    assert len(world.differences()) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_many_relays_beside_writers_end_like_one(seed):
    chance = random.Random(seed)
    world.found()
    stop = threading.Event()

    def relay():
        while not stop.is_set():
            drain(engine(), limit=3)

    joins = [in_thread(relay) for _ in range(3)]
    for _ in range(40):
        world.change(chance)
    stop.set()
    assert all(join() for join in joins)
    drain_all(engine())
    assert world.differences() == []


def test_versions_are_taken_in_the_order_of_time():
    taken = [take_version() for _ in range(5)]
    assert taken == sorted(taken)
    assert len({version for version, _ in taken}) == 5
