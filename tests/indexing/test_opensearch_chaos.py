"""OpenSearch is killed while documents come, change and go: afterwards nothing is missing and nothing has come back.

The whole proof is `VICINITY_CHAOS_WRITES=10000 VICINITY_CHAOS_OFF_SECONDS=95`: an outage longer than the engine
remembers the version of a deleted document. A test run does less of both.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time

import pytest

from indexing import generations
from indexing.follower import follow_all
from search.backends.opensearch.client import Client, SearchEngineUnavailable
from search.backends.postgis import projection
from search.models import Generation
from stack.opensearch import Server, folder_in
from tests.contracts.documents import document, metres_north

pytestmark = [pytest.mark.django_db, pytest.mark.opensearch, pytest.mark.processes, pytest.mark.slow]

WRITES = int(os.environ.get("VICINITY_CHAOS_WRITES", "1200"))
OFF_SECONDS = float(os.environ.get("VICINITY_CHAOS_OFF_SECONDS", "0"))
SEED = 5


@pytest.fixture
def server(tmp_path, settings):
    settings.OPENSEARCH_PREFIX = "opensearch-chaos"
    own = Server(tmp_path, "512m")
    own.choose_port()
    own.start()
    yield own
    own.stop()
    shutil.rmtree(folder_in(tmp_path))


def test_killed_amid_mixed_writes_it_ends_the_same(server, record_property):
    dice, client = random.Random(SEED), Client([server.url])
    killed_at, alive, off_since, waited = WRITES // 3, True, 0.0, 0
    for version in range(1, WRITES + 1):
        change = dice.sample(range(WRITES // 4), 3)
        documents = [document(n, point=metres_north(dice.randrange(5_000))) for n in change[:2]]
        projection.apply(documents, gone=[f"place:{change[2]}"], version=version)
        if version == killed_at:
            os.kill(server.process.running().pid, signal.SIGKILL)
            alive, off_since = False, time.monotonic()
        if version % 7 == 0:
            try:
                follow_all(client)
            except SearchEngineUnavailable:
                assert not alive, "only while it is dead"
                waited += 1
        if version == 2 * killed_at:
            time.sleep(max(0.0, OFF_SECONDS - (time.monotonic() - off_since)))
            server.start()
            alive = True
    recovering = time.monotonic()
    assert follow_all(client).is_true
    record_property("seconds_to_recover", time.monotonic() - recovering)
    assert waited, "some passes must have met a dead engine"
    differing = generations.compare(client, Generation.objects.get())
    record_property("compared", differing.compared)
    assert differing.compared > WRITES // 20
    assert differing.count == 0
