"""From a commit to the moment at which a search over HTTP finds it, under steady writes, through relay, worker, index.

`python -m stack run -m benchmarks.freshness` (after `make up`) copies the database of `benchmarks.world` once, so that
what is written lies among as many offers as were asked for, and starts a worker and web processes of its own on it, as
`make up` does. Writers add, rename and delete branches in plain SQL, at a fixed rate, whatever becomes of it. Of some
writes the name is searched for every 50 ms until the answer is what was committed; a deleted one must be gone.
"""

from __future__ import annotations

import argparse
import http.client
import os
import queue
import random
import string
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from urllib.parse import urlsplit, urlunsplit

import orjson
import psycopg

from benchmarks.nearby import PRODUCT, Contestant
from benchmarks.world import ROOT, index_environment, libpq_url, prepare, prepare_copy, prepare_index

MIDDLE = (24.94, 60.17)
POLL_SECONDS = 0.05
GIVEN_UP_SECONDS = 60.0
WRITERS, SEARCHERS = 4, 8
BROKER = 9
"""Number of the broker's database: the worker of `make up` must not take hints that are not of its own."""

INSERT = """
INSERT INTO listings_branch (id, merchant_id, category_id, name, names, description, point, street, postcode, city,
  country, zone, opening_hours, phone, website, photos, attributes, source, external_id)
VALUES (%s, %s, 'cafe', %s, '{}', '', ST_SetSRID(ST_MakePoint(%s, %s), 4326), '', '', '', 'FI', 'Europe/Helsinki',
  '24/7', '', '', '[]', '{}', '', '')
"""
RENAME = "UPDATE listings_branch SET name = %s WHERE id = %s"
DELETE = "DELETE FROM listings_branch WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Written:
    """What a search must find from now on, or find no more."""

    name: str
    is_there: bool
    committed_at: float


@dataclass
class Writer:
    """One connection; adds, renames and deletes what it added itself."""

    url: str
    merchant: uuid.UUID
    seed: int
    every: int
    """Of so many writes one is searched for."""
    searched_for: queue.Queue[Written]
    took: list[float] = field(default_factory=list)
    """Seconds of each write, from when it was due."""

    def work(self, *, first: int, rate: float, seconds: float) -> None:
        dice = random.Random(self.seed)
        named: dict[uuid.UUID, str] = {}
        with psycopg.connect(self.url, autocommit=True) as connection:
            for _ in range(first):
                self._write(connection, dice, named, act=0.0)
            begun = time.monotonic()
            for number in range(int(rate * seconds)):
                due = begun + number / rate
                time.sleep(max(0.0, due - time.monotonic()))
                key, written = self._write(connection, dice, named, act=dice.random())
                self.took.append(time.monotonic() - due)
                if number % self.every == 0:
                    named.pop(key, None)  # it stays as it is: what is written again at once may never be seen
                    self.searched_for.put(written)

    def _write(
        self, connection: psycopg.Connection, dice: random.Random, named: dict[uuid.UUID, str], *, act: float
    ) -> tuple[uuid.UUID, Written]:
        name = "".join(dice.choices(string.ascii_lowercase, k=12))
        if act < 0.3:
            key = uuid.UUID(int=dice.getrandbits(128))
            lon, lat = (degrees + dice.gauss(0, 0.05) for degrees in MIDDLE)
            connection.execute(INSERT, [key, self.merchant, name, lon, lat])
        else:
            key = dice.choice(list(named)[-200:])
            if act < 0.8:
                connection.execute(RENAME, [name, key])
            else:
                name = named.pop(key)
                connection.execute(DELETE, [key])
        committed_at = time.monotonic()
        if act < 0.8:
            named[key] = name
        return key, Written(name, act < 0.8, committed_at)


@dataclass
class Searcher:
    """One HTTP client that looks for what was written until it is as it was committed."""

    contestant: Contestant
    searched_for: queue.Queue[Written]
    seconds: list[float] = field(default_factory=list)
    engines: set[str] = field(default_factory=set)

    def work(self, stop: threading.Event) -> None:
        connection = self.contestant.connection()
        while not (stop.is_set() and self.searched_for.empty()):
            try:
                written = self.searched_for.get(timeout=0.2)
            except queue.Empty:
                continue
            self.seconds.append(self._await(connection, written))

    def _await(self, connection: http.client.HTTPConnection, written: Written) -> float:
        while True:
            lon, lat = MIDDLE
            path = f"/v1/search?lat={lat}&lon={lon}&radius_metres=50000&q={written.name}&limit=1&fields=name"
            connection.request("GET", path)
            response = connection.getresponse()
            told = orjson.loads(response.read())
            waited = time.monotonic() - written.committed_at
            if response.status != http.HTTPStatus.OK:
                raise RuntimeError(f"{path} answered {response.status}: {told}")
            self.engines.add(told["backend"])
            if any(hit["name"] == written.name for hit in told["hits"]) is written.is_there:
                return waited
            if waited > GIVEN_UP_SECONDS:
                raise RuntimeError(f"{written} was not seen within {GIVEN_UP_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)


@contextmanager
def working(environment: dict[str, str]):
    """A Celery worker as `make up` starts it; ended with the context."""
    command = [sys.executable, "-m", "celery", "--app", "config", "worker", "--loglevel", "WARNING"]
    process = subprocess.Popen(
        [*command, "--concurrency", "2", "--hostname", f"benchmark-{os.getpid()}@localhost"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def found(url: str) -> uuid.UUID:
    """A merchant to write for; whatever a run before this one left goes first."""
    merchant = uuid.uuid4()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DELETE FROM listings_branch")
        connection.execute(
            "INSERT INTO listings_category (slug, path, names, synonyms, position)"
            " VALUES ('cafe', '{cafe}', '{}', '{}', 0) ON CONFLICT DO NOTHING"
        )
        connection.execute("INSERT INTO listings_merchant (id, name) VALUES (%s, 'Benchmark')", [merchant])
    return merchant


def await_true(url: str, *, seconds: float = 300) -> None:
    """Until no change waits and the index holds the projection."""
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(int(seconds * 5)):
            waiting, behind = connection.execute(
                "SELECT (SELECT count(*) FROM listings_change WHERE due_at <= now()),"
                " (SELECT e.current - g.epoch FROM search_generation g, search_epoch e WHERE g.is_serving)"
            ).fetchone()
            if (waiting, behind) == (0, 0):
                return
            time.sleep(0.2)
    raise SystemExit("The index did not become true.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--offers", type=int, default=1_000_000, help="what the writes lie among")
    parser.add_argument("--rate", type=float, default=200.0, help="writes a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--every", type=int, default=20, help="of so many writes one is searched for")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    prepare(options.offers, seed=options.seed)
    url = prepare_copy(options.offers, name="fresh")
    index = {**index_environment(options.offers), "OPENSEARCH_PREFIX": f"bench-fresh-{options.offers}"}
    prepare_index(url, index)
    merchant = found(libpq_url(url))
    broker = urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{BROKER}"))
    product = {**PRODUCT, **index, "DATABASE_URL": url, "REDIS_URL": broker}
    served = Contestant("Vicinity", "config.wsgi:application", "/v1/search", 0, product, workers=2)
    searched_for: queue.Queue[Written] = queue.Queue()
    writers = [
        Writer(libpq_url(url), merchant, options.seed + number, options.every, searched_for)
        for number in range(WRITERS)
    ]
    with ExitStack() as stack:
        stack.enter_context(working(product))
        stack.enter_context(served.serving())
        searchers = [Searcher(served, searched_for) for _ in range(SEARCHERS)]
        stop = threading.Event()
        work = {"first": 100, "rate": options.rate / WRITERS, "seconds": options.seconds}
        await_true(libpq_url(url))
        with ThreadPoolExecutor(WRITERS + SEARCHERS) as pool:
            began = time.monotonic()
            searching = [pool.submit(searcher.work, stop) for searcher in searchers]
            for each in [pool.submit(writer.work, **work) for writer in writers]:
                each.result()
            wrote_for = time.monotonic() - began
            stop.set()
            for each in searching:
                each.result()
    took = sorted(each for searcher in searchers for each in searcher.seconds)
    writes = [each for writer in writers for each in writer.took]
    cuts = quantiles(took, n=100)
    print(f"{len(writes):,} writes in {wrote_for:.0f} s among {options.offers:,} offers, load {os.getloadavg()[0]:.1f}")
    print(
        f"a write took {median(writes) * 1e3:.1f} ms, p99 {quantiles(writes, n=100)[98] * 1e3:.0f} ms, when it was due"
    )
    print(f"answered by {', '.join(sorted({each for searcher in searchers for each in searcher.engines}))}")
    print(
        f"commit to searchable, {len(took)} of them: p50 {median(took):.2f} s, p95 {cuts[94]:.2f} s,"
        f" p99 {cuts[98]:.2f} s, most {took[-1]:.2f} s"
    )


if __name__ == "__main__":
    main()
