"""Web, workers, writers and Redis killed with -9 while they work: then the index equals the database (Shows 8)."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import connection

from indexing.queue import queue_state
from listings.models import Branch
from tests.factories import CategoryFactory, MerchantFactory
from tests.indexing import world
from tests.indexing.test_failpoints import WAKER

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ROUNDS = int(os.environ.get("VICINITY_KILLS", "6"))
RECOVERY_SECONDS = 30


class Stack:
    """Processes by name, each its own process group, so that a kill takes all of one and nothing else."""

    def __init__(self, folder):
        self.folder = folder
        self.running = {}
        self.redis_port, self.web_port = free_port(), free_port()
        database = connection.settings_dict
        user = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
        where = f"{user}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
        self.dsn = f"postgresql://{where}"
        self.environment = {
            **os.environ,
            "DATABASE_URL": f"postgis://{where}",
            "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "SECRET_KEY": "x" * 50,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.environment.pop("VICINITY_FAILPOINT", None)

    def start(self, name, command, **environment):
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**self.environment, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def redis(self):
        command = ["redis-server", "--port", str(self.redis_port), "--save", "", "--appendonly", "no"]
        self.start("redis", [*command, "--dir", str(self.folder)])

    def worker(self, name, **environment):
        command = [sys.executable, "-m", "celery", "--app", "config", "worker", "--concurrency", "2"]
        self.start(name, [*command, "--hostname", f"{name}@test", "--loglevel", "WARNING"], **environment)

    def web(self):
        where = ["--host", "127.0.0.1", "--port", str(self.web_port), "--workers", "1"]
        self.start("web", [sys.executable, "-m", "granian", "--interface", "wsgi", *where, "config.wsgi:application"])

    def writer(self, name, seed, merchant):
        command = [sys.executable, str(HERE / "crash_writer.py"), self.dsn, str(self.acks), str(seed), str(merchant)]
        self.start(name, command)

    @property
    def acks(self):
        return self.folder / "acks"

    def kill(self, name):
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def kill_all(self):
        for name in list(self.running):
            self.kill(name)

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.web_port}{path}", timeout=10) as answer:
            return json.load(answer)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def stack(tmp_path):
    made = Stack(tmp_path)
    yield made
    made.kill_all()


def wait_for(condition, seconds=RECOVERY_SECONDS):
    """Seconds until the condition held; fails when it does not in time."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - began


def nothing_waits():
    state = queue_state()
    return state.due == 0 and state.parked == 0


def answers(stack):
    with suppress(OSError):
        return stack.get("/livez")["status"] == "ok"
    return False


def test_everything_killed_while_it_works_and_nothing_lost(stack):
    seed = int(os.environ.get("VICINITY_SEED", "1"))
    chance = random.Random(seed)
    CategoryFactory(slug="cafe")
    merchants = {name: MerchantFactory().id for name in ("writer1", "writer2")}

    starts = {"redis": stack.redis, "web": stack.web}
    starts |= {name: lambda name=name: stack.worker(name) for name in ("worker1", "worker2")}
    starts |= {
        name: lambda name=name, merchant=merchant: stack.writer(name, chance.getrandbits(32), merchant)
        for name, merchant in merchants.items()
    }
    for start in starts.values():
        start()
    wait_for(lambda: answers(stack))
    wait_for(lambda: len(world_documents()) > 0)

    victims = [*starts, *chance.choices(list(starts), k=ROUNDS)][:ROUNDS]
    for victim in chance.sample(victims, k=len(victims)):
        time.sleep(chance.uniform(0.3, 1.5))
        stack.kill(victim)
        time.sleep(chance.uniform(0, 1))
        starts[victim]()

    for writer in merchants:
        stack.kill(writer)
    recovered = wait_for(nothing_waits)
    wait_for(lambda: answers(stack))
    name = Branch.objects.filter(closed_at=None).first().name
    hits = stack.get(f"/v1/search?lat=60.17&lon=24.94&kind=place&q={name}")
    stack.kill_all()

    assert world.differences() == []
    checked = outside_check(stack)
    told = f"{checked['acknowledged']} writes acknowledged, {len(checked['lost'])} lost, true after {recovered:.1f} s"
    print(f"seed {seed}: {len(victims)} kills ({' '.join(victims)}), {told}")  # noqa: T201  -rP shows it
    assert checked["lost"] == []
    assert len(checked["ahead_of_file"]) <= sum(victim in merchants for victim in victims) + len(merchants)
    assert checked["acknowledged"] > 100
    assert name in json.dumps(hits)


def world_documents():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM search_offer LIMIT 1")
        return cursor.fetchall()


def outside_check(stack):
    command = [sys.executable, str(HERE / "crash_checker.py"), stack.dsn, str(stack.acks)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def test_without_redis_changes_are_searchable_all_the_same(stack):
    stack.worker("worker")
    world.found()
    assert wait_for(nothing_waits, seconds=60) < 60
    began = time.monotonic()
    Branch.objects.update(name="Redis is away")
    wait_for(nothing_waits)
    assert time.monotonic() - began < 5
    stack.kill_all()
    assert world.differences() == []


@pytest.mark.parametrize("name", WAKER)
def test_a_worker_that_dies_while_it_hands_out_hints_loses_nothing(stack, name):
    stack.redis()
    world.found()
    stack.worker("dying", VICINITY_FAILPOINT=f"{name}=exit:{2 if name == 'after_wake' else 3}")
    wait_for(lambda: bool(Branch.objects.update(name=f"Name {random.random()}")) and died(stack, "dying"), seconds=60)
    stack.worker("worker")
    wait_for(nothing_waits, seconds=60)
    stack.kill_all()
    assert world.differences() == []


def died(stack, name):
    code = stack.running[name].poll()
    assert code in (None, 137), (stack.folder / f"{name}.log").read_text()[-2000:]
    return code == 137
