"""Exactly the limit passes, whoever races. The negative control shows that the race is real."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid

import pytest
import redis
from limits import parse

from config.api import limiting
from config.api.limiting import Limiter, parsed_rate

URL = os.environ["REDIS_URL"]
PROCESSES, TRIES, LIMIT = 16, 60, 100

BARRIER = """
import sys, time, redis
url, key, processes, tries, limit = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
connection = redis.Redis.from_url(url)
def start_together():
    connection.incr(key + ":ready")
    while int(connection.get(key + ":ready")) < processes:
        time.sleep(0.005)
"""
EXACT = f"""
from limits import parse
from config.api.limiting import Limiter
{BARRIER}
limiter, rate = Limiter(url, timeout_seconds=20), parse(f"{{limit}}/hour")
start_together()
print(sum(limiter.take("race", rate, key).is_allowed for _ in range(tries)))
"""
NAIVE = f"""
{BARRIER}
start_together()
passed = 0
for _ in range(tries):
    taken = int(connection.get(key) or 0)
    if taken < limit:
        connection.set(key, taken + 1)
        passed += 1
print(passed)
"""


@pytest.fixture
def key():
    """A client nobody else counts as; its keys are removed."""
    name = f"test-{uuid.uuid4().hex}"
    yield name
    connection = redis.Redis.from_url(URL)
    for found in connection.scan_iter(match=f"*{name}*"):
        connection.delete(found)
    connection.close()


def race(script: str, key: str) -> int:
    arguments = [URL, key, str(PROCESSES), str(TRIES), str(LIMIT)]
    running = [
        subprocess.Popen([sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    return sum(int(process.communicate(timeout=120)[0]) for process in running)


@pytest.mark.slow
def test_sixteen_processes_take_exactly_the_limit(key):
    assert race(EXACT, key) == LIMIT


@pytest.mark.slow
def test_negative_control_read_then_write_lets_more_through(key):
    assert race(NAIVE, key) > LIMIT


def test_no_window_ever_holds_more_than_the_limit(key):
    limiter, rate = Limiter(URL, timeout_seconds=5), parse("5 per 1 second")
    passed, end = [], time.time() + 2.6
    while (now := time.time()) < end:
        if limiter.take("moving", rate, key).is_allowed:
            passed.append(now)
        time.sleep(0.01)
    assert all(later - earlier > 0.99 for earlier, later in zip(passed, passed[5:], strict=False))
    assert 10 <= len(passed) <= 15


def test_what_is_left_counts_down(key):
    limiter, rate = Limiter(URL), parse("2/hour")
    standings = [limiter.take("left", rate, key) for _ in range(3)]
    assert [(each.is_allowed, each.remaining) for each in standings] == [(True, 1), (True, 0), (False, 0)]
    assert all(3595 <= each.reset_seconds <= 3600 for each in standings)
    assert standings[0].headers() == {
        "RateLimit-Policy": '"left";q=2;w=3600',
        "RateLimit": f'"left";r=1;t={standings[0].reset_seconds}',
    }


def test_clients_and_scopes_are_counted_apart(key):
    limiter, rate = Limiter(URL), parse("1/hour")
    asked = [("a", key), ("a", f"{key}-2"), ("b", key), ("a", key)]
    assert [limiter.take(scope, rate, client).is_allowed for scope, client in asked] == [True, True, True, False]


@pytest.mark.parametrize("text", ["off", "600/minute", "10 per 5 seconds"])
def test_rates(text):
    rate = parsed_rate(text)
    assert (rate and (rate.amount, rate.get_expiry())) == {
        "off": None,
        "600/minute": (600, 60),
        "10 per 5 seconds": (10, 5),
    }[text]


def test_a_rate_that_is_none():
    with pytest.raises(ValueError, match="lots"):
        parsed_rate("lots")


def test_a_server_that_is_away_costs_no_time(key):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    limiter, rate = Limiter(f"redis://127.0.0.1:{port}/0"), parse("1/hour")
    started = time.monotonic()
    assert [limiter.take("down", rate, key) for _ in range(100)] == [None] * 100
    assert time.monotonic() - started < 0.5


class Server:
    """A Redis of this test's own, to be killed."""

    def __init__(self, folder) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "redis-server is not installed"
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not limiting.redis_answers(self.url):
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def server(tmp_path):
    running = Server(tmp_path)
    yield running
    running.kill()


@pytest.mark.processes
def test_limits_go_and_come_back_with_redis(server, monkeypatch, caplog, key):
    monkeypatch.setattr(limiting, "RETRY_SECONDS", 0.2)
    limiter, rate = Limiter(server.url), parse("1/hour")
    assert limiter.take("outage", rate, key).is_allowed
    assert not limiter.take("outage", rate, key).is_allowed
    server.kill()
    assert [limiter.take("outage", rate, key) for _ in range(3)] == [None] * 3
    assert [record.msg["event"] for record in caplog.records if record.name == limiting.__name__] == [
        "rate_limits_unchecked"
    ]
    server.start()
    time.sleep(0.25)
    assert limiter.take("outage", rate, key).is_allowed
    assert not limiter.take("outage", rate, key).is_allowed


@pytest.mark.processes
def test_a_redis_that_hangs_costs_one_request_the_timeout(server, key):
    limiter, rate = Limiter(server.url, timeout_seconds=0.3), parse("1/hour")
    assert limiter.take("hang", rate, key).is_allowed
    server.process.send_signal(signal.SIGSTOP)
    try:
        started = time.monotonic()
        assert [limiter.take("hang", rate, key) for _ in range(50)] == [None] * 50
        assert time.monotonic() - started < 1.0
    finally:
        server.process.send_signal(signal.SIGCONT)
