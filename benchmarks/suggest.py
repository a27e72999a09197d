"""GET /v1/suggest over a million names, at every keystroke of people who look for some of them.

`python -m stack run -m benchmarks.suggest` fills a database of its own (`…_names`) once, serves the product from one
granian process of four threads, and asks it over one connection. Every answer is waited for before the next key.
"""

from __future__ import annotations

import argparse
import http.client
import os
import subprocess
import sys
import time
from itertools import islice
from statistics import median, quantiles
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg

from benchmarks.names import Typed, places, typing
from benchmarks.nearby import Contestant
from benchmarks.world import ROOT, libpq_url
from geo.types import Point

BATCH = 10_000
TIMES = 5
"""At how many places each name lies that is made: names repeat, and to make one costs more than to lay it."""
SECONDARY = (
    "search_offer_terms",
    "search_offer_categories",
    "search_offer_chain",
    "search_offer_branch",
    "search_head_region",
    "search_head_order",
)
"""Indexes that are made after the rows."""
TABLES = "search_offer, search_card, search_head, search_subject, search_gone, search_epoch"

_LAY_AGAIN = """
CREATE TEMPORARY TABLE laid AS
SELECT row_id, row_id + %(n)s * %(time)s AS fresh, 1 + (row_id * 7919 + 31337 * %(time)s) %% %(n)s AS there,
       gen_random_uuid() AS branch
FROM search_offer WHERE row_id <= %(n)s;
INSERT INTO search_offer (row_id, id, branch_id, x, y, z, cell, point, {same})
SELECT l.fresh, 'place:' || l.branch, l.branch, t.x, t.y, t.z, t.cell, t.point, {theirs}
FROM laid l JOIN search_offer o USING (row_id) JOIN search_offer t ON t.row_id = l.there;
INSERT INTO search_card SELECT l.fresh, c.card FROM laid l JOIN search_card c USING (row_id);
INSERT INTO search_head (row_id, head, region)
SELECT l.fresh, h.head, (SELECT min(t.region) FROM search_head t WHERE t.row_id = l.there)
FROM laid l JOIN search_head h USING (row_id);
DROP TABLE laid
"""
_SAME = (
    "added_epoch", "version", "content", "kind", "chain_id", "zone", "categories", "attributes", "terms",
    "open_minutes", "price_minor", "currency", "discount", "deal_count", "rating_stars", "rating_count", "popularity",
    "listed_at", "valid_from", "valid_until", "schema",
)  # fmt: skip


def database_url(count: int) -> str:
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"{parts.path}_names_{count}"))


def prepare(count: int, *, seed: int) -> None:
    """Create, migrate and fill the database unless it holds `count` places already."""
    url = database_url(count)
    database = urlsplit(url).path.removeprefix("/")
    with psycopg.connect(libpq_url(os.environ["DATABASE_URL"]), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is None:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(database)))
    environment = {
        **os.environ, "DATABASE_URL": url, "STATEMENT_TIMEOUT_MS": "0", "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True)
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        if connection.execute("SELECT count(*) FROM search_offer").fetchone()[0] == count:
            return
    subprocess.run(
        [sys.executable, "-m", "benchmarks.suggest", "--fill", "--names", str(count), "--seed", str(seed)],
        cwd=ROOT, env=environment, check=True,
    )  # fmt: skip


def fill(count: int, *, seed: int) -> None:
    import django  # noqa: PLC0415 - its settings come with the environment that `prepare` gives

    django.setup()
    from django.db import connection  # noqa: PLC0415

    from search.backends.registry import backend_for  # noqa: PLC0415

    own = count // TIMES
    backend, made = backend_for("postgis"), places(own, seed=seed)
    began, done = time.perf_counter(), 0
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLES} RESTART IDENTITY")
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [list(SECONDARY)])
        definitions = [definition for (definition,) in cursor.fetchall()]
        for index in SECONDARY:
            cursor.execute(f"DROP INDEX {index}")
        while batch := list(islice(made, BATCH)):
            backend.apply(batch, gone=[], version=1)
            done += len(batch)
            print(f"\r{done:>10,} names, {done / (time.perf_counter() - began):,.0f}/s", end="", flush=True)
        again = _LAY_AGAIN.format(same=", ".join(_SAME), theirs=", ".join(f"o.{column}" for column in _SAME))
        for time_ in range(1, TIMES):
            for statement in again.split(";"):
                cursor.execute(statement, {"n": own, "time": time_})
            print(f"\r{own * (time_ + 1):>10,} names", end="", flush=True)
        print()
        for definition in definitions:
            cursor.execute(definition)
        for table in TABLES.split(", "):
            cursor.execute(f"VACUUM ANALYZE {table}")


def names(url: str, count: int, *, seed: int) -> list[tuple[str, Point]]:
    """Names and points of places drawn at random."""
    with psycopg.connect(libpq_url(url)) as connection:
        connection.execute("SELECT setseed(%s)", [1 / (seed + 1)])
        rows = connection.execute(
            "SELECT c.card::jsonb ->> 'name', ST_X(o.point), ST_Y(o.point) FROM"
            " (SELECT row_id FROM search_offer ORDER BY random() LIMIT %s) drawn"
            " JOIN search_offer o USING (row_id) JOIN search_card c USING (row_id)",
            [count],
        ).fetchall()
    return [(name, Point(lon, lat)) for name, lon, lat in rows]


def ask(connection: http.client.HTTPConnection, typed: Typed) -> float:
    """Milliseconds."""
    params = {"q": typed.text}
    if typed.near is not None:
        params |= {"lat": str(typed.near.lat), "lon": str(typed.near.lon)}
    began = time.perf_counter()
    connection.request("GET", f"/v1/suggest?{urlencode(params)}")
    response = connection.getresponse()
    body = response.read()
    took = (time.perf_counter() - began) * 1_000
    if response.status != http.HTTPStatus.OK:
        raise SystemExit(f"{typed} was answered {response.status}: {body[:500]!r}")
    return took


def report(asked: list[tuple[Typed, float]]) -> str:
    groups = {"every keystroke": [took for _, took in asked]}
    for typed, took in asked:
        letters = len(typed.text) if len(typed.text) < 4 else "4 or more"
        groups.setdefault(f"{letters} typed", []).append(took)
        groups.setdefault("without a point" if typed.near is None else "near a point", []).append(took)
    lines = ["| | keystrokes | p50 ms | p95 ms | p99 ms | most |", "|---|---|---|---|---|---|"]
    for group, taken in groups.items():
        cuts = quantiles(taken, n=100)
        lines.append(
            f"| {group} | {len(taken)} | {median(taken):.1f} | {cuts[94]:.1f} | {cuts[98]:.1f} | {max(taken):.1f} |"
        )
    slowest = sorted(asked, key=lambda each: -each[1])[:5]
    return "\n".join([*lines, "", "slowest: " + ", ".join(f"{typed.text!r} {took:.0f} ms" for typed, took in slowest)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--typed", type=int, default=200, help="how many names are typed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fill", action="store_true", help="only fill the database of DATABASE_URL")
    options = parser.parse_args()
    if options.fill:
        fill(options.names, seed=options.seed)
        return
    prepare(options.names, seed=options.seed)
    url = database_url(options.names)
    environment = {
        "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings", "RATE_LIMIT_SUGGEST": "off",
        "RATE_LIMIT_SEARCH": "off", "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    contestant = Contestant("Vicinity", "config.wsgi:application", "/v1/suggest", 0, environment)
    with contestant.serving():
        connection = contestant.connection()
        warm = typing(names(url, options.typed // 4, seed=options.seed + 1), seed=options.seed + 1)
        for typed in warm:
            ask(connection, typed)
        asked = [
            (typed, ask(connection, typed))
            for typed in typing(names(url, options.typed, seed=options.seed), seed=options.seed)
        ]
    print(report(asked))


if __name__ == "__main__":
    main()
