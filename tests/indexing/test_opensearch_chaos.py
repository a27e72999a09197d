"""OpenSearch is killed while a worker follows mixed writes: afterwards nothing is missing and nothing has come back.

The whole proof is `VICINITY_CHAOS_WRITES=10000 VICINITY_CHAOS_OFF_SECONDS=95`: an outage longer than the engine
remembers the version of a deleted document. A test run does less of both. `VICINITY_TIMED=1` holds recovery to 30 s.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import threading
import time
import uuid
from dataclasses import dataclass, field

import pytest
from django.db import connection, connections

from indexing import comparing
from indexing.replacing import replace_index
from search.backends.opensearch.backend import OpenSearchBackend
from search.backends.opensearch.client import Client
from search.backends.opensearch.generations import serving
from search.models import Generation, Offer
from stack.opensearch import Server, folder_in
from tests.contracts.documents import asking
from tests.factories import CategoryFactory, MerchantFactory
from tests.indexing.crash_writer import DEAL, INSERT
from tests.indexing.test_crashes import Stack, nothing_waits, wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.opensearch,
    pytest.mark.processes,
    pytest.mark.slow,
]

WRITES = int(os.environ.get("VICINITY_CHAOS_WRITES", "600"))
OFF_SECONDS = float(os.environ.get("VICINITY_CHAOS_OFF_SECONDS", "0"))
SEED = 5
RECOVERY_SECONDS = 30
PREFIX = "opensearch-chaos"


@pytest.fixture
def server(tmp_path, settings):
    settings.OPENSEARCH_PREFIX = PREFIX
    own = Server(tmp_path, "512m")
    own.choose_port()
    own.start()
    yield own
    own.stop()
    shutil.rmtree(folder_in(tmp_path))


@pytest.fixture
def stack(tmp_path):
    made = Stack(tmp_path)
    made.redis()
    yield made
    made.kill_all()


@dataclass
class Writer:
    """Adds, renames, closes and deletes branches, and begins deals: as any program that knows SQL."""

    chance: random.Random
    merchant: uuid.UUID
    branches: list[uuid.UUID] = field(default_factory=list)
    gone: set[uuid.UUID] = field(default_factory=set)

    def write(self, number):
        act = self.chance.random()
        with connection.cursor() as cursor:
            if act < 0.45 or len(self.branches) < 5:
                self.branches.append(uuid.UUID(int=self.chance.getrandbits(128)))
                cursor.execute(INSERT, [self.branches[-1], self.merchant, f"Name {number}"])
            elif act < 0.7:
                key = self.chance.choice(self.branches)
                cursor.execute("UPDATE listings_branch SET name = %s WHERE id = %s", [f"Name {number}", key])
            elif act < 0.999:
                key = self.branches.pop(self.chance.randrange(len(self.branches)))
                self.gone.add(key)
                how = "DELETE FROM listings_branch" if act < 0.85 else "UPDATE listings_branch SET closed_at = now()"
                cursor.execute(f"{how} WHERE id = %s", [key])
            else:
                cursor.execute(DEAL, [uuid.UUID(int=self.chance.getrandbits(128)), self.merchant, f"Deal {number}"])


def is_true():
    state = serving()
    return nothing_waits() and state is not None and state.behind_seconds == 0


def differences(client):
    """What the index lacks, has of its own or holds of another content; and which branches came back."""
    generation = Generation.objects.get(is_serving=True)
    found = comparing.compare(client, generation)
    there = set(Offer.objects.filter(removed_epoch=2**63 - 1).values_list("branch_id", flat=True))
    return found, there


def test_killed_amid_mixed_writes_through_a_worker_it_ends_the_same(server, stack, record_property):
    CategoryFactory(slug="cafe")
    client = Client([server.url])
    stack.worker("worker", OPENSEARCH_URL=server.url, OPENSEARCH_PREFIX=PREFIX)
    writer = Writer(random.Random(SEED), MerchantFactory().id)
    writer.write(0)
    wait_for(is_true, seconds=120)
    off_since = 0.0
    for number in range(1, WRITES + 1):
        writer.write(number)
        if number == WRITES // 3:
            os.kill(server.process.running().pid, signal.SIGKILL)
            off_since = time.monotonic()
        if number == 2 * WRITES // 3:
            time.sleep(max(0.0, OFF_SECONDS - (time.monotonic() - off_since)))
            server.start()
            record_property("seconds_off", time.monotonic() - off_since)
    last_write = time.monotonic()
    wait_for(is_true, seconds=RECOVERY_SECONDS if os.environ.get("VICINITY_TIMED") else 300)
    record_property("seconds_to_recover", time.monotonic() - last_write)
    found, there = differences(client)
    record_property("compared", found.compared)
    assert found == comparing.Differences(found.compared)
    assert there == set(writer.branches)
    assert there.isdisjoint(writer.gone)
    assert found.compared >= len(writer.branches)


def test_a_rebuild_under_live_writes_and_searches_fails_none_and_ends_the_same(
    cluster, opensearch_url, stack, settings, record_property
):
    CategoryFactory(slug="cafe")
    stack.worker("worker", OPENSEARCH_URL=opensearch_url, OPENSEARCH_PREFIX=settings.OPENSEARCH_PREFIX)
    writer = Writer(random.Random(SEED), MerchantFactory().id)
    for number in range(WRITES // 2):
        writer.write(number)
    wait_for(is_true, seconds=120)
    stop, searches, failed = threading.Event(), [0], []

    def search():
        """As a web process does: no fallback, so that every failure is seen."""
        engine = OpenSearchBackend(Client([opensearch_url]))
        while not stop.is_set():
            try:
                searches[0] += bool(engine.search(asking(limit=5)).total)
            except Exception as error:  # noqa: BLE001  whatever it is, it is told
                failed.append(repr(error))
            time.sleep(0.01)
        connections.close_all()

    def write():
        number = WRITES
        while not stop.is_set():
            writer.write(number := number + 1)
            time.sleep(0.01)
        connections.close_all()

    threads = [threading.Thread(target=work) for work in (search, write)]
    for thread in threads:
        thread.start()
    try:
        before = serving().index
        numbers = [replace_index(cluster).number for _ in range(2)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert numbers[1] == numbers[0] + 1
    assert serving().index != before
    wait_for(is_true, seconds=120)
    found, there = differences(cluster)
    record_property("searches", searches[0])
    assert failed == []
    assert searches[0] > 10
    assert found == comparing.Differences(found.compared)
    assert there == set(writer.branches)
