"""One question, every engine, side by side in one run: ours over HTTP and without, raw OpenSearch, PostGIS, Redis.

`python -m stack run -m benchmarks.engines` (after `make up`) fills a database and an index for each size once, serves
what is asked over HTTP (two processes of four threads, as `make up` does), and asks all of them in turn: first one
client, place by place, then eight clients, some seconds each, round after round. Answers are compared while they come:
the product, its engine, raw OpenSearch and the hand-written SQL must tell the same total and the same offers.

    python -m stack run -m benchmarks.engines --sizes 100000 1000000
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from statistics import median, quantiles

import psycopg

from benchmarks import askers, cpu
from benchmarks.askers import Answer, Asker
from benchmarks.clients import PROCESSES, THREADS, Clients
from benchmarks.nearby import PRODUCT, Contestant
from benchmarks.offers import centres_to_ask
from benchmarks.world import database_url, index_environment, libpq_url, prepare, prepare_index

OURS, ENGINE, RAW, SQL, REDIS = "Vicinity over HTTP", "its engine", "OpenSearch, raw", "hand-written SQL", "Redis"
DWITHIN, TUTORIAL = "GeoDjango, dwithin", "GeoDjango, tutorial"
SLOW = {TUTORIAL}
SAME = (OURS, ENGINE, RAW, SQL)
"""They answer the same question in full."""


@dataclass
class Seen:
    """Of one contestant at one size."""

    alone: list[float] = field(default_factory=list)
    """Milliseconds, one client."""
    loaded: list[float] = field(default_factory=list)
    """Milliseconds, eight clients."""
    seconds: float = 0.0
    client_cpu: float = 0.0
    server_cpu: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.loaded) / self.seconds


@dataclass
class Size:
    """A world of so many offers, and everybody who may be asked about it."""

    count: int
    clients: Clients
    servers: dict[str, list[int]]
    """Processes that work for a contestant, beside the clients."""
    seen: dict[str, Seen]


def opened(count: int, places: Sequence, stack: ExitStack) -> Size:
    """Everything served and every client ready, until `stack` closes."""
    url = {"DATABASE_URL": database_url(count)}
    metrics = stack.enter_context(tempfile.TemporaryDirectory())
    product = {**url, **PRODUCT, **index_environment(count), "PROMETHEUS_MULTIPROC_DIR": metrics}
    tutorial = "benchmarks.tutorial:application"
    served = {
        OURS: Contestant(OURS, "config.wsgi:application", "/v1/search", 0, product, workers=PROCESSES),
        SQL: Contestant(SQL, "benchmarks.handwritten:application", "/", 0, url, workers=PROCESSES),
        DWITHIN: Contestant(
            DWITHIN, tutorial, "/nearby", 0, {**url, "TUTORIAL_LOOKUP": "dwithin"}, workers=PROCESSES
        ),
        TUTORIAL: Contestant(TUTORIAL, tutorial, "/nearby", 0, url, workers=PROCESSES),
    }  # fmt: skip
    web = {name: stack.enter_context(contestant.serving()) for name, contestant in served.items()}
    read = {SQL: askers.read_handwritten, OURS: askers.read_product}
    made: dict[str, Callable[[], Asker]] = {
        name: partial(askers.over_http, each.port, each.path, read.get(name, askers.read_tutorial))
        for name, each in served.items()
    }
    made |= {
        ENGINE: askers.backend,
        RAW: partial(askers.raw, _index(count)),
        REDIS: partial(askers.geosearch, _places_in_redis(count)),
    }
    clients = stack.enter_context(Clients(product, made, places))
    postgres, opensearch = cpu.postgres(url["DATABASE_URL"]), cpu.opensearch(askers.opensearch())
    servers = {name: [process.pid, postgres] for name, process in web.items()}
    servers[OURS].append(opensearch)
    servers |= {ENGINE: [postgres, opensearch], RAW: [opensearch], REDIS: [cpu.redis(askers.redis())]}
    return Size(count, clients, servers, {name: Seen() for name in (OURS, ENGINE, RAW, SQL, REDIS, DWITHIN, TUTORIAL)})


def _index(count: int) -> str:
    with psycopg.connect(libpq_url(database_url(count))) as connection:
        return str(connection.execute("SELECT name FROM search_generation WHERE is_serving").fetchone()[0])


def _places_in_redis(count: int) -> str:
    """A key of all offers of this size; filled unless it is."""
    engine, key = askers.redis(), f"benchmark:{count}"
    if engine.zcard(key) == count:
        return key
    engine.delete(key)
    with psycopg.connect(libpq_url(database_url(count))) as connection, connection.cursor(name="offers") as cursor:
        cursor.itersize = 5_000
        cursor.execute("SELECT ST_X(point), ST_Y(point), id FROM search_offer")
        while rows := cursor.fetchmany(5_000):
            engine.geoadd(key, [value for row in rows for value in row])
    return key


def ask_alone(sizes: Sequence[Size], places: int, slow: int) -> list[int]:
    """One client; each place of every size and contestant, in another order each time. Totals of the largest size."""
    totals = []
    for measured in (False, True):
        for at in range(places):
            for size in sizes:
                names = [name for name in size.seen if name not in SLOW or at < slow]
                turned = names[at % len(names) :] + names[: at % len(names)]
                answers = {}
                for name in turned:
                    took, answers[name] = size.clients.one(name, at)
                    if measured:
                        size.seen[name].alone.append(took)
                if measured:
                    told = _agreed(size, answers, at)
            if measured:
                totals.append(told)
            print(f"\r{'measuring' if measured else 'warming up'} {at + 1}/{places} ", end="", flush=True)
    print()
    return totals


def _agreed(size: Size, answers: dict[str, Answer], at: int) -> int:
    """The total. An offer may begin or end between two questions: then all are asked once more."""
    for _ in range(3):
        first = answers[RAW]
        if any(answers[name].engine not in {"", "opensearch"} for name in SAME):
            raise SystemExit("PostGIS answered in the place of OpenSearch")
        # The 20th and the 21st may tie within the age of a query.
        if all(
            answers[name].total == first.total and len(set(answers[name].ids) ^ set(first.ids)) <= 2 for name in SAME
        ):
            return first.total or 0
        answers |= {name: size.clients.one(name, at)[1] for name in SAME}
    raise SystemExit(f"answers differ at place {at} of {size.count:,}: {[(n, answers[n].total) for n in SAME]}")


def ask_together(sizes: Sequence[Size], *, rounds: int, seconds: float) -> None:
    """Eight clients on one contestant at a time, in turns. The slow are asked once by each client and no more."""
    for number in range(rounds):
        for size in sizes:
            for name, seen in size.seen.items():
                if name in SLOW and number:
                    continue
                client, server = cpu.seconds_of(size.clients.pids), cpu.seconds_of(size.servers[name])
                load = size.clients.all(name, seconds=0 if name in SLOW else seconds)
                seen.client_cpu += cpu.seconds_of(size.clients.pids) - client
                seen.server_cpu += cpu.seconds_of(size.servers[name]) - server
                seen.seconds += load.seconds
                seen.loaded += load.milliseconds
        print(f"\reight clients, round {number + 1}/{rounds} ", end="", flush=True)
    print()


HEAD = (
    "p50 ms", "p95 ms", "8 clients: a second", "p50 ms", "p95 ms", "CPU ms a request: clients + servers", "p50 ÷ raw",
    "a second ÷ raw",
)  # fmt: skip


def report(sizes: Sequence[Size], totals: Sequence[int]) -> str:
    within = sorted(totals)
    lines = [
        f"{len(totals)} places, {askers.RADIUS_METRES / 1_000:g} km round each, {askers.HITS} hits, the exact total.",
        f"Within, of the largest size: {within[len(within) // 2]:,} at the median, {within[-1]:,} at most.",
    ]
    for size in sizes:
        lines += ["", f"| {size.count:,} offers | {' | '.join(HEAD)} |", "|---" * (len(HEAD) + 1) + "|"]
        lines += [_line(name, seen, size.seen[RAW]) for name, seen in size.seen.items()]
    if len(sizes) > 1:
        first, last = sizes[0], sizes[-1]
        lines += ["", f"p95 at {last.count:,} ÷ p95 at {first.count:,}, one client:"]
        for name in SAME:
            large, small = (quantiles(size.seen[name].alone, n=20)[-1] for size in (last, first))
            lines.append(f"- {name}: {large / small:.2f}")
    return "\n".join([*lines, "", "p50 ÷ raw is the median of the ratios, place by place."])


def _line(name: str, seen: Seen, raw: Seen) -> str:
    number = len(seen.loaded)
    columns = [
        f"{median(seen.alone):.1f}",
        f"{quantiles(seen.alone, n=20)[-1]:.1f}",
        f"{seen.rate:,.1f}",
        f"{median(seen.loaded):.1f}",
        f"{quantiles(seen.loaded, n=20)[-1]:.1f}",
        f"{seen.client_cpu / number * 1e3:.1f} + {seen.server_cpu / number * 1e3:.1f}",
        f"{median(ours / theirs for ours, theirs in zip(seen.alone, raw.alone, strict=False)):.2f}",
        f"{seen.rate / raw.rate:.2f}",
    ]
    return f"| {name} | {' | '.join(columns)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--places", type=int, default=200)
    parser.add_argument("--slow-places", type=int, default=5, help="asked of the tutorial way")
    parser.add_argument("--rounds", type=int, default=5, help="of eight clients")
    parser.add_argument("--seconds", type=float, default=4.0, help="of a round, for each contestant")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for count in options.sizes:
        prepare(count, seed=options.seed)
        prepare_index(database_url(count), index_environment(count))
    with ExitStack() as stack:
        places = centres_to_ask(options.places, seed=options.seed)
        sizes = [opened(count, places, stack) for count in sorted(options.sizes)]
        load = os.getloadavg()[0]
        totals = ask_alone(sizes, options.places, options.slow_places)
        print(f"load {load:.1f} at the beginning, {os.getloadavg()[0]:.1f} after one client", end=", ")
        ask_together(sizes, rounds=options.rounds, seconds=options.seconds)
        print(f"{os.getloadavg()[0]:.1f} at the end; {PROCESSES * THREADS} clients on {os.cpu_count()} cores\n")
    print(report(sizes, totals))


if __name__ == "__main__":
    main()
