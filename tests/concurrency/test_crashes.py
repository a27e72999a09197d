"""Web processes, backends and the whole database killed while clients hold and release: nothing told is lost (R2, R3).

On a durable PostgreSQL of its own. A checker that imports nothing of ours compares what clients were told with what is
there; then all holds lapse, and every unit must come back.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import requests

from stack.postgres import Cluster
from tests.booking.world import start_in
from tests.concurrency.rivals import ROOT, Reaper, served

pytestmark = [pytest.mark.processes, pytest.mark.slow]

HERE = Path(__file__).resolve().parent
ACKS = int(os.environ.get("VICINITY_HOLD_ACKS", "160"))
WEB_KILLS = int(os.environ.get("VICINITY_CRASH_WEB_KILLS", "1"))
BACKEND_KILLS = int(os.environ.get("VICINITY_CRASH_BACKEND_KILLS", "1"))
DATABASE_STOPS = int(os.environ.get("VICINITY_CRASH_STOPS", "1"))
SLOTS = 50
CLIENTS = 8


@pytest.fixture
def cluster(tmp_path):
    one = Cluster(tmp_path)
    one.start()
    one.ensure_database("vicinity")
    yield one
    one.stop()


def run(cluster, *command) -> str:
    environment = {
        **os.environ,
        "DATABASE_URL": cluster.url("vicinity"),
        "STATEMENT_TIMEOUT_MS": "0",
        "SECRET_KEY": "x" * 50,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class Clients:
    """Hold, and release every fourth; write down what was told. A request without an answer is asked again."""

    def __init__(self, url: str, service: str, acks: Path):
        self.url, self.service = url, service
        self.file = os.open(acks, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.told, self.stop = Counter(), threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(n,), daemon=True) for n in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def tell(self, what: str, booking: str, key: str) -> None:
        os.write(self.file, f"{what} {booking} {key}\n".encode())
        self.told[what] += 1

    def post(self, session, path: str, body: dict, *, key: str, token: str = ""):
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        while not self.stop.is_set():
            with suppress(requests.RequestException):
                answer = session.post(self.url + path, data=json.dumps(body), headers=headers, timeout=20)
                if answer.status_code < 500 and answer.json().get("code") != "idempotency_in_flight":
                    return answer
            self.told["asked again"] += 1
            time.sleep(0.1)
        return None

    def _run(self, number: int) -> None:
        chance = random.Random(number)
        with requests.Session() as session:
            while not self.stop.is_set():
                key, start = str(uuid.uuid4()), start_in() + timedelta(minutes=30 * chance.randrange(SLOTS))
                body = {"service_id": self.service, "starts_at": start.isoformat(), "trace_id": key}
                answer = self.post(session, "/v1/holds", body, key=key)
                if answer is None or answer.status_code != 201:
                    self.told["full"] += answer is not None
                    continue
                held = answer.json()
                self.tell("held", held["booking"]["id"], key)
                if chance.random() < 0.25:
                    self.tell("releasing", held["booking"]["id"], key)
                    path = f"/v1/holds/{held['booking']['id']}/release"
                    answer = self.post(session, path, {}, key=f"r-{key}", token=held["token"])
                    if answer is not None:
                        assert answer.status_code == 200, answer.content
                        self.tell("released", held["booking"]["id"], key)

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(60)
        os.close(self.file)


def test_what_was_told_is_kept_and_what_was_taken_comes_back(cluster, tmp_path):
    chance = random.Random(11)
    run(cluster, "manage.py", "migrate", "--verbosity", "0")
    service = run(cluster, str(HERE / "crash_world.py"), str(max(2, ACKS // SLOTS)))
    acks = tmp_path / "acks"
    environment = {"DATABASE_URL": cluster.url("vicinity")}
    dsn = cluster.url("vicinity").replace("postgis://", "postgresql://")

    with served(tmp_path, **environment) as (url, process):
        reaper = Reaper(process)

        def kill_web():
            while not reaper.kill_one(chance):
                time.sleep(0.02)

        def kill_backend():
            with suppress(psycopg.Error), psycopg.connect(dsn, connect_timeout=5) as database:
                rows = database.execute(
                    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
                ).fetchall()
                if rows:
                    os.kill(chance.choice(rows)[0], signal.SIGKILL)

        def stop_database():
            os.kill(cluster.process.running().pid, signal.SIGQUIT)  # an immediate stop: no checkpoint, no goodbye
            while cluster.process.running() is not None:
                time.sleep(0.02)
            cluster.start()

        deaths = [kill_web] * WEB_KILLS + [kill_backend] * BACKEND_KILLS + [stop_database] * DATABASE_STOPS
        chance.shuffle(deaths)
        clients = Clients(url, service, acks)
        deadline = time.monotonic() + 120 + ACKS
        for number, death in enumerate(deaths, start=1):
            while clients.told["held"] < ACKS * number / (len(deaths) + 1):
                assert time.monotonic() < deadline, clients.told
                time.sleep(0.02)
            with suppress(ProcessLookupError):
                death()
        while clients.told["held"] < ACKS:
            assert time.monotonic() < deadline, clients.told
            time.sleep(0.02)
        clients.end()

    checked = json.loads(run(cluster, str(HERE / "crash_checker.py"), dsn, str(acks)))
    told = f"{WEB_KILLS} web, {BACKEND_KILLS} backends, {DATABASE_STOPS} stops; {dict(clients.told)}; {checked}"
    print(told)  # noqa: T201  -rP shows it
    assert checked["acknowledged"] >= ACKS
    for name in ("lost", "told_twice"):
        assert checked[name] == [], name
    for name in ("done_twice", "oversold", "counters_wrong"):
        assert checked[name] == 0, name

    with psycopg.connect(dsn) as database:
        database.execute("UPDATE booking_booking SET expires_at = now() WHERE state = 'held'")
    sweep = "import django; django.setup(); from booking.upkeep import sweep_lapsed\nwhile sweep_lapsed(): pass"
    run(cluster, "-c", sweep)
    after = json.loads(run(cluster, str(HERE / "crash_checker.py"), dsn, str(acks)))
    assert (after["left"], after["lost"], after["counters_wrong"]) == (0, [], 0)
