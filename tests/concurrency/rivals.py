"""Many at once: threads with connections of their own, a served application, and a checker that knows SQL alone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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
