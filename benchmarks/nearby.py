"""Nearby search over a million offers, side by side over HTTP: the product, hand-written PostGIS SQL, the tutorial way.

`python -m stack run -m benchmarks.nearby` runs it, after `make up`; the product answers from PostGIS too. Each of them
is one granian process of four threads on one database; one client asks them in turn, the same places in the same order,
after a round that warms the caches. Answers are compared while they come: the product and the hand-written SQL must
tell the same total and the same offers.
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

import orjson

from benchmarks.offers import centres_to_ask
from benchmarks.world import ROOT, database_url, prepare
from geo.types import Point

RADIUS_METRES = 5_000


@dataclass
class Contestant:
    name: str
    application: str
    path: str
    asked: int
    """Of how many places: the slow ones are asked of fewer."""
    environment: dict[str, str] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)
    port: int = 0
    workers: int = 1
    """Processes of four threads each."""

    @contextmanager
    def serving(self) -> Iterator[subprocess.Popen]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        where = ["--host", "127.0.0.1", "--port", str(self.port)]
        size = ["--workers", str(self.workers), "--blocking-threads", "4"]
        process = subprocess.Popen(
            [Path(sys.executable).parent / "granian", "--interface", "wsgi", *where, *size, self.application],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._await_answer(process)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()

    def _await_answer(self, process: subprocess.Popen) -> None:
        for _ in range(1_800):
            if process.poll() is not None:
                raise SystemExit(f"{self.name} did not start")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit(f"{self.name} does not listen")

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def ask(self, connection: http.client.HTTPConnection, place: Point) -> tuple[float, dict]:
        """(milliseconds, answer) over a connection that stays open."""
        began = time.perf_counter()
        connection.request("GET", f"{self.path}?lat={place.lat}&lon={place.lon}&radius_metres={RADIUS_METRES}")
        response = connection.getresponse()
        body = response.read()
        took = (time.perf_counter() - began) * 1_000
        if response.status != http.HTTPStatus.OK:
            raise SystemExit(f"{self.name} answered {response.status}: {body[:500]!r}")
        return took, orjson.loads(body)


PRODUCT = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "RATE_LIMIT_SEARCH": "off",
    "LOG_LEVEL": "WARNING",
}
"""Environment of the product where it is measured."""


def contestants(count: int, *, places: int, slow: int) -> list[Contestant]:
    """Over the database of so many offers. The product answers from PostGIS here, as its rivals do."""
    url = {"DATABASE_URL": database_url(count)}
    ours = {**url, **PRODUCT, "SEARCH_BACKEND": "postgis"}
    return [
        Contestant("Vicinity", "config.wsgi:application", "/v1/search", places, ours),
        Contestant("hand-written SQL", "benchmarks.handwritten:application", "/", places, url),
        Contestant(
            "GeoDjango, dwithin",
            "benchmarks.tutorial:application",
            "/nearby",
            places,
            {**url, "TUTORIAL_LOOKUP": "dwithin"},
        ),
        Contestant("GeoDjango, tutorial", "benchmarks.tutorial:application", "/nearby", slow, url),
    ]


def run(field_: list[Contestant], places: list[Point]) -> list[int]:
    """Fill `milliseconds` of each; the totals told. Raises SystemExit where answers differ."""
    totals = []
    connections = [contestant.connection() for contestant in field_]
    for measured in (False, True):
        for at, place in enumerate(places):
            answers = {}
            for contestant, connection in zip(field_, connections, strict=True):
                if at >= contestant.asked:
                    continue
                took, answers[contestant.name] = contestant.ask(connection, place)
                if measured:
                    contestant.milliseconds.append(took)
            if measured:
                totals.append(_agreed(answers, place))
            print(f"\r{'measuring' if measured else 'warming up'} {at + 1}/{len(places)} ", end="", flush=True)
    print()
    return totals


def _agreed(answers: dict[str, dict], place: Point) -> int:
    ours, hand = answers["Vicinity"], answers["hand-written SQL"]
    told = ours["total"]["value"]
    same = {hit["id"] for hit in ours["hits"]} ^ {hit["id"] for hit in hand["hits"]}
    if told != hand["total"] or len(same) > 2:  # the 20th and the 21st may tie within the age of a query
        raise SystemExit(f"answers differ at {place}: {told} and {hand['total']}, {same}")
    return told


def report(field_: list[Contestant], totals: list[int]) -> str:
    ordered = sorted(totals)
    lines = [
        f"{len(totals)} places, {RADIUS_METRES / 1_000:g} km round each, 20 hits and the exact total.",
        f"Within: {ordered[len(ordered) // 2]:,} at the median, {ordered[-1]:,} at most.",
        "",
        "| | p50 ms | p95 ms | Vicinity is faster by |",
        "|---|---|---|---|",
    ]
    ours = field_[0].milliseconds
    for contestant in field_:
        theirs = contestant.milliseconds
        ratio = median(their / our for their, our in zip(theirs, ours, strict=False))
        lines.append(
            f"| {contestant.name} | {median(theirs):.1f} | {quantiles(theirs, n=20)[-1]:.1f} | {ratio:.2f} × |"
        )
    lines += ["", "The last column is the median of the ratios, place by place."]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--offers", type=int, default=1_000_000)
    parser.add_argument("--places", type=int, default=200, help="asked of the quick contestants")
    parser.add_argument("--slow-places", type=int, default=20, help="asked of the tutorial way")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    prepare(options.offers, seed=options.seed)
    field_ = contestants(options.offers, places=options.places, slow=options.slow_places)
    with ExitStack() as stack:
        for contestant in field_:
            stack.enter_context(contestant.serving())
        totals = run(field_, centres_to_ask(options.places, seed=options.seed))
    print(report(field_, totals))


if __name__ == "__main__":
    main()
