"""Who serves this address, over 10,000 to a million areas, side by side in one run: both engines of the product, plain
`ST_Covers` with GiST, and OpenSearch's own geo_shape.

    python -m stack run -m benchmarks.serves --sizes 10000 100000 --points 300
    python -m stack run -m benchmarks.serves --sizes 10000 100000 --corners real

Each contestant tells the 20 nearest branches with card, band and the exact total, from Python; PostGIS by one statement
tells all that a hit of the product does, in the same order, from one table made for it. They are asked in turns, of all
sizes at like points, so that what else the machine does meets all. benchmarks/served_world.py has the world. Totals, or
nearest branches of those on PostGIS, that differ end the run; totals of geo_shape, whose corners lie on a grid of a
centimetre, are counted where they do.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any, TypeAlias

import orjson
import psycopg

from benchmarks.served_world import CORNERS, REAL, World, prepare
from benchmarks.world import ROOT
from geo.types import Point

LIMIT = 20
ROUNDING = "OpenSearch geo_shape"
"""The contestant that rounds what it is given, and so counts otherwise beside a border."""
COVERS = """
SELECT id, card, ST_DistanceSphere(point, p) AS metres, rating_stars, discount, popularity, listed_at,
  open_minutes @> %s AS open_now, area_id, area_name, band_id, named_area, fee_minor, minimum_minor, currency,
  eta_min_minutes, eta_max_minutes, count(*) OVER () AS total
FROM rival_area, (SELECT ST_SetSRID(ST_MakePoint(%s, %s), 4326) AS p) AS address
WHERE ST_Covers(area, p) ORDER BY metres, id LIMIT 20
"""
Told: TypeAlias = tuple[int, list[str] | None]
"""The total and, of who reads PostGIS, the ids of the nearest."""
Ask = Callable[[Point], Told]


def contestants(world: World) -> dict[str, Ask]:
    """By name; the product's engines first."""
    from django.db import connection  # noqa: PLC0415  after the environment
    from opensearchpy import OpenSearch  # noqa: PLC0415

    from search.backends.opensearch.backend import OpenSearchBackend  # noqa: PLC0415
    from search.backends.opensearch.client import configured  # noqa: PLC0415
    from search.backends.postgis.backend import PostgisBackend  # noqa: PLC0415
    from search.document import Mode  # noqa: PLC0415
    from search.query import SearchQuery, Serves  # noqa: PLC0415
    from search.ranking import Sort, spec_for  # noqa: PLC0415

    query = SearchQuery(
        as_of=datetime.now(UTC), ranking=spec_for("nearest", sort=Sort.DISTANCE), origin=Point(0, 0), limit=LIMIT
    )
    postgis, client = PostgisBackend(), configured()
    if client is None:
        raise SystemExit("OPENSEARCH_URL names no cluster")
    opensearch, raw = OpenSearchBackend(client), OpenSearch([os.environ["OPENSEARCH_URL"]], timeout=60)

    def asked(point: Point) -> SearchQuery:
        return replace(query, origin=point, serves=Serves(point, frozenset({Mode.DELIVERY})))

    def vicinity(point: Point) -> Told:
        page = postgis.search(asked(point))
        return page.total, [hit.id for hit in page.hits]

    def st_covers(point: Point) -> Told:
        with connection.cursor() as cursor:
            cursor.execute(COVERS, [query.as_of_minute, point.lon, point.lat])
            return told(cursor.fetchall())

    def prepared(point: Point) -> Told:
        """By one plan for all points, which the server keeps."""
        connection.ensure_connection()
        with psycopg.Cursor(connection.connection) as cursor:
            cursor.execute(COVERS, [query.as_of_minute, point.lon, point.lat], prepare=True)
            return told(cursor.fetchall())

    def told(rows: list[Any]) -> Told:
        return (rows[0][-1] if rows else 0), [row[0] for row in rows]

    def geo_shape(point: Point) -> Told:
        here = [point.lon, point.lat]
        body = {
            "query": {"bool": {"filter": [{"geo_shape": {"area": {"shape": {"type": "point", "coordinates": here}}}}]}},
            "sort": [{"_geo_distance": {"point": here, "order": "asc"}}],
            "size": LIMIT,
            "track_total_hits": True,
        }
        return int(raw.search(index=world.rival_index, body=body)["hits"]["total"]["value"]), None

    return {
        "Vicinity, PostGIS": vicinity,
        "Vicinity, OpenSearch": lambda point: (opensearch.search(asked(point)).total, None),
        "ST_Covers + GiST": st_covers,
        "ST_Covers + GiST, prepared": prepared,
        ROUNDING: geo_shape,
    }


def answer(world: World) -> None:
    """Read points of the unit square from stdin, ask each contestant, write its milliseconds."""
    world.enter()
    from django.db import connection  # noqa: PLC0415  after the environment

    asked = contestants(world)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (server,) = cursor.fetchone()
    print("ready", flush=True)
    for turn, line in enumerate(sys.stdin):
        point = world.place(*map(float, line.split()))
        took, busy, totals, nearest = {}, {}, {}, set()
        names = list(asked)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            began, worked = time.perf_counter(), time.process_time() + _worked(server)
            totals[name], ids = asked[name](point)
            took[name] = 1_000 * (time.perf_counter() - began)
            busy[name] = 1_000 * (time.process_time() + _worked(server) - worked)
            if ids is not None:
                nearest.add(tuple(ids))
        rounded = totals.pop(ROUNDING)
        if len(set(totals.values())) != 1 or len(nearest) != 1:
            raise SystemExit(f"answers differ at {point}: {totals}, {nearest}")
        total = totals.popitem()[1]
        told = {"took": took, "busy": busy, "total": total, "is_rounded": rounded != total}
        print(orjson.dumps(told).decode(), flush=True)


def _worked(process: int) -> float:
    """Seconds of a core that a process of one thread has used."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


Times: TypeAlias = dict[int, dict[str, list[float]]]
"""Milliseconds by size and contestant."""


def report(took: Times, busy: Times, totals: dict[int, list[int]], rounded: int) -> str:
    sizes = sorted(took)
    served = ", ".join(f"{median(totals[size]):.0f} at {size:,}" for size in sizes)
    heads = "".join(f" {size:,}: p50 | p95 |" for size in sizes)
    lines = [
        (
            f"{len(totals[sizes[0]])} points, load {os.getloadavg()[0]:.1f}. At the median serve a point: {served}."
            f" {ROUNDING} told another total {rounded} times. ms:"
        ),
        "",
        f"| |{heads} p95 ÷ p95 of the smallest |",
        f"|---|{'---|' * (2 * len(sizes) + 1)}",
    ]
    for name in took[sizes[0]]:
        tails = [quantiles(took[size][name], n=20)[-1] for size in sizes]
        cells = "".join(
            f" {median(took[size][name]):.1f} | {tail:.1f} |" for size, tail in zip(sizes, tails, strict=True)
        )
        lines.append(f"| {name} |{cells} {tails[-1] / tails[0]:.2f} |")
    lines += [
        "",
        "CPU ms a question, mean: Python and PostgreSQL (OpenSearch's own is not in it).",
        "",
        f"| |{''.join(f' {size:,} |' for size in sizes)} last ÷ first |",
        f"|---|{'---|' * (len(sizes) + 1)}",
    ]
    for name in busy[sizes[0]]:
        means = [mean(busy[size][name]) for size in sizes]
        lines.append(f"| {name} |{''.join(f' {each:.2f} |' for each in means)} {means[-1] / means[0]:.2f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--corners", default=str(CORNERS), help="a number, or `real`: as many as real areas have")
    parser.add_argument("--points", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--answer", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.corners = REAL if options.corners == "real" else int(options.corners)
    if options.answer:
        answer(World(options.answer, options.corners))
        return
    for size in options.sizes:
        prepare(World(size, options.corners), seed=options.seed)
    chance = random.Random(options.seed)
    workers = {
        size: subprocess.Popen(
            [sys.executable, "-m", "benchmarks.serves", "--answer", str(size), "--corners", str(options.corners)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for size in options.sizes
    }
    took: Times = {size: defaultdict(list) for size in workers}
    busy: Times = {size: defaultdict(list) for size in workers}
    totals: dict[int, list[int]] = {size: [] for size in workers}
    for worker in workers.values():
        _line(worker)
    warming, rounded = options.points // 3, 0
    for number in range(-warming, options.points):
        place = f"{chance.random()} {chance.random()}\n"
        for size, worker in workers.items():
            told = _asked(worker, place)
            rounded += told["is_rounded"]
            if number >= 0:
                totals[size].append(told["total"])
                for name in sorted(told["took"], reverse=True):
                    took[size][name].append(told["took"][name])
                    busy[size][name].append(told["busy"][name])
    print(report(took, busy, totals, rounded))
    for worker in workers.values():
        if worker.stdin is not None:
            worker.stdin.close()
        worker.wait(timeout=60)


def _asked(worker: subprocess.Popen[str], place: str) -> dict[str, Any]:
    if worker.stdin is None:
        raise SystemExit("a worker without stdin")
    worker.stdin.write(place)
    worker.stdin.flush()
    told: dict[str, Any] = orjson.loads(_line(worker))
    return told


def _line(worker: subprocess.Popen[str]) -> str:
    line = worker.stdout.readline() if worker.stdout is not None else ""
    if not line:
        raise SystemExit(f"a worker ended: {worker.wait()}")
    return line


if __name__ == "__main__":
    main()
