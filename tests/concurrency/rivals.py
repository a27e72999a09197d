"""Many at once: threads with connections of their own, a served application, and a checker that knows SQL alone."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import requests
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 16


def dsn() -> str:
    database = connection.settings_dict
    user = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    return f"postgresql://{user}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


def all_at_once(work, *, workers: int = WORKERS) -> list:
    """`work(number)` in as many threads, let go together; what each returned."""
    start = threading.Barrier(workers)

    def run(number):
        try:
            start.wait(60)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, range(workers)))


OVERSOLD = """
SELECT slot.id, slot.capacity, slot.taken, coalesce(sum(booking.units), 0)
FROM booking_slot AS slot LEFT JOIN booking_booking AS booking
  ON booking.slot_id = slot.id AND booking.state IN ('held', 'awaiting_payment', 'confirmed', 'fulfilled', 'no_show')
GROUP BY slot.id
"""


def tally() -> tuple[int, int, int]:
    """(units sold, units above a slot's capacity, slots whose counter is not what is sold), by a connection apart."""
    with psycopg.connect(dsn()) as database:
        rows = database.execute(OVERSOLD).fetchall()
    sold = sum(used for *_, used in rows)
    above = sum(max(0, used - capacity) for _, capacity, _, used in rows)
    return int(sold), int(above), sum(taken != used for _, _, taken, used in rows)


@contextmanager
def served(folder: Path, *, workers: int = 2, **environment: str):
    """The real server on the database of the tests, without limits. Yields (URL, process)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    where = environment.pop("DATABASE_URL", "") or dsn().replace("postgresql://", "postgis://")
    off = {"RATE_LIMIT_WRITE": "off", "RATE_LIMIT_READ": "off", "LOG_LEVEL": "ERROR"}
    off |= dict.fromkeys(["HOLDS_PER_NETWORK", "HELD_UNITS_PER_NETWORK", "FREE_BOOKINGS_PER_NETWORK"], "0")
    log = (folder / "web.log").open("ab")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *("--workers", str(workers), "--blocking-threads", "4", "--respawn-failed-workers"),
            "config.wsgi:application",
        ],
        cwd=ROOT,
        env={**os.environ, "SECRET_KEY": "x" * 50, "DATABASE_URL": where, **off, **environment},
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 90
        while True:
            try:
                requests.get(f"{url}/livez", timeout=5)
                break
            except requests.RequestException:
                assert process.poll() is None, (folder / "web.log").read_text()
                assert time.monotonic() < deadline, (folder / "web.log").read_text()
                time.sleep(0.1)
        yield url, process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
        log.close()


def children(pid: int) -> list[int]:
    """Processes that this one started."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(word) for word in path.read_text().split()]
    return found


CRASH_LOOP_SECONDS = 6.0
"""granian ends when a worker dies so soon after it took another's place (5.5 s): it takes that for a crash loop."""


class Reaper:
    """Kills workers of a web server, any of the first ones, and later ones when they are old enough."""

    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process
        self._first = set(children(process.pid))

    def kill_one(self, chance: random.Random) -> bool:
        """Whether there was one to kill."""
        ages = {pid: age_seconds(pid) for pid in children(self._process.pid)}
        grown = [pid for pid, age in ages.items() if age > (0 if pid in self._first else CRASH_LOOP_SECONDS)]
        with suppress(ProcessLookupError):
            if grown:
                os.kill(chance.choice(grown), signal.SIGKILL)
                return True
        return False


def age_seconds(pid: int) -> float:
    """0 for one that is gone, or dead and not yet taken note of."""
    try:
        state, *facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    began = int(facts[18])
    if state == "Z":
        return 0.0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - began / os.sysconf("SC_CLK_TCK")
