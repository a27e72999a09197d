"""Three nodes, one killed under searches and writes: no search fails and no write is lost.

Three JVMs are too many for a test run: `VICINITY_CLUSTER=1` (as `make prove` says) has them.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import shutil
import signal
import threading
import time
import urllib.request

import pytest
from django.db import connections

from indexing import comparing
from search.backends.opensearch.backend import OpenSearchBackend
from search.backends.opensearch.client import Client
from stack.opensearch import Membership, Server, folder_in
from tests.contracts.documents import asking
from tests.factories import CategoryFactory, MerchantFactory
from tests.indexing.test_crashes import Stack, free_port, wait_for
from tests.indexing.test_opensearch_chaos import PREFIX, Writer, differences, is_true

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.opensearch,
    pytest.mark.processes,
    pytest.mark.slow,
    pytest.mark.skipif("VICINITY_CLUSTER" not in os.environ, reason="make prove runs it"),
]

NODES = 3
SECONDS = float(os.environ.get("VICINITY_CLUSTER_SECONDS", "60"))


@pytest.fixture
def nodes(tmp_path):
    name = f"vicinity-{secrets.token_hex(4)}"
    transport = tuple(free_port() for _ in range(NODES))
    made = [Server(tmp_path / str(number), "512m", Membership(name, number, transport)) for number in range(NODES)]
    for server in made:
        server.choose_port()
    starting = [threading.Thread(target=server.start) for server in made]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join()
    wait_for(lambda: health(made[0])["number_of_nodes"] == NODES, seconds=300)
    yield made
    for server in made:
        server.stop()
        shutil.rmtree(folder_in(server.folder), ignore_errors=True)


def health(server):
    with urllib.request.urlopen(f"{server.url}/_cluster/health", timeout=30) as answer:  # noqa: S310  ours
        return json.load(answer)


def test_a_node_dies_under_load_and_nobody_notices(nodes, tmp_path, settings, record_property):
    settings.OPENSEARCH_PREFIX = PREFIX
    settings.OPENSEARCH_TIMEOUT_MS = int(os.environ.get("VICINITY_CLUSTER_TIMEOUT_MS", "5000"))
    urls = [server.url for server in nodes]
    where = {"OPENSEARCH_URL": ",".join(urls), "OPENSEARCH_PREFIX": PREFIX}
    CategoryFactory(slug="cafe")
    stack = Stack(tmp_path)
    stack.redis()
    stack.worker("worker", **where, OPENSEARCH_SHARDS="3", OPENSEARCH_REPLICAS="1")
    writer = Writer(random.Random(7), MerchantFactory().id)
    for number in range(300):
        writer.write(number)
    wait_for(is_true, seconds=300)
    wait_for(lambda: health(nodes[0])["status"] == "green", seconds=300)
    stop, took, failed, written = threading.Event(), [], [], [300]

    def search():
        engine = OpenSearchBackend(Client(urls))
        while not stop.is_set():
            began = time.monotonic()
            try:
                assert engine.search(asking(limit=5)).total
            except Exception as error:  # noqa: BLE001  whatever it is, it is told
                failed.append(repr(error))
            took.append(time.monotonic() - began)
        connections.close_all()

    def write():
        while not stop.is_set():
            written[0] += 1
            writer.write(written[0])
            time.sleep(0.01)
        connections.close_all()

    threads = [threading.Thread(target=work) for work in (search, search, write)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(SECONDS / 4)
        before = len(took)
        os.kill(nodes[1].process.running().pid, signal.SIGKILL)
        time.sleep(3 * SECONDS / 4)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        behind = time.monotonic()
    wait_for(is_true, seconds=300)
    record_property("seconds_to_be_true_afterwards", time.monotonic() - behind)
    record_property("searches", f"{before} before the kill, {len(took) - before} after, slowest {max(took):.2f} s")
    record_property("writes", written[0])
    found, there = differences(Client([nodes[0].url, nodes[2].url]))
    stack.kill_all()
    assert failed == []
    assert len(took) - before > 20
    assert found == comparing.Differences(found.compared)
    assert there == set(writer.branches)
