"""The private PostgreSQL and Redis: made whole or made again, killed and found again, never somebody else's."""

from __future__ import annotations

import os
import signal
import time

import psycopg
import pytest
import redis

from stack.accounts import own, service_account
from stack.postgres import Cluster
from stack.redis import Server

pytestmark = pytest.mark.processes


@pytest.fixture
def cluster(tmp_path):
    one = Cluster(tmp_path)
    yield one
    one.stop()


@pytest.fixture
def server(tmp_path):
    one = Server(tmp_path)
    yield one
    one.stop()


def _connect(cluster, database="postgres"):
    return psycopg.connect(cluster.url(database).replace("postgis://", "postgresql://"), autocommit=True)


def test_postgres_serves_postgis_to_whoever_knows_the_password(cluster):
    assert cluster.start() is True
    assert cluster.start() is False
    cluster.ensure_database("city")
    cluster.ensure_database("city")
    with _connect(cluster, "city") as connection:
        connection.execute("CREATE EXTENSION postgis")
        assert connection.execute("SELECT ST_Distance('POINT(0 0)', 'POINT(3 4)')").fetchone() == (5.0,)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://vicinity:wrong@127.0.0.1:{cluster.port}/postgres")


def test_a_half_made_folder_is_made_again(cluster):
    for name in ("postgres.new", "postgres"):
        half_done = cluster.folder / name
        (half_done / "base").mkdir(parents=True)
        (half_done / "base" / "1").write_text("torn")
        own(half_done, service_account())
    cluster.start()
    with _connect(cluster) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not (cluster.folder / "postgres.new").exists()


def test_what_was_committed_survives_a_kill(cluster):
    cluster.start()
    with _connect(cluster) as connection:
        connection.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")
        os.kill(cluster.process.running().pid, signal.SIGKILL)
    limit = time.monotonic() + 10
    while cluster.process.running() is not None and time.monotonic() < limit:
        time.sleep(0.02)
    assert cluster.start() is True
    with _connect(cluster) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]


def test_a_test_cluster_that_was_killed_is_made_again(tmp_path):
    cluster = Cluster(tmp_path, durable=False)
    try:
        cluster.start()
        with _connect(cluster) as connection:
            connection.execute("CREATE TABLE doubtful (n int)")
        os.kill(cluster.process.running().pid, signal.SIGKILL)
        time.sleep(0.2)
        cluster.start()
        with _connect(cluster) as connection:
            assert connection.execute("SELECT to_regclass('doubtful')").fetchone() == (None,)
        cluster.stop()
        cluster.start()
        with _connect(cluster) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("off",)
    finally:
        cluster.stop()


def test_redis_keeps_what_it_was_told_over_a_kill(server):
    assert server.start() is True
    assert server.start() is False
    with redis.Redis.from_url(server.url) as client:
        client.set("kept", "1")
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        client.execute_command("WAITAOF", 1, 0, 2000) if client.info()["redis_version"] >= "7.2" else time.sleep(1.2)
    os.kill(server.process.running().pid, signal.SIGKILL)
    time.sleep(0.1)
    assert server.start() is True
    with redis.Redis.from_url(server.url) as client:
        assert client.get("kept") == b"1"
    with redis.Redis(port=server.port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.get("kept")


def test_redis_moves_when_its_port_was_taken_meanwhile(server):
    server.start()
    first = server.port
    server.stop()
    other = Server(server.folder / "other")
    other.folder.mkdir()
    (other.folder / "ports.json").write_text(f'{{"redis": {first}}}')
    other.start()
    try:
        assert other.port == first
        server.start()
        assert server.port != first
    finally:
        other.stop()
