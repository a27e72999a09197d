"""The benchmarks' own databases: so many offers as the product holds them, and once more as the rivals would.

Each lies beside the database of DATABASE_URL, under its name with `_bench_` and the number of offers behind it, and is
filled once. Seen from outside it is whole: its tally is made.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
BATCH = 10_000
SECONDARY = (
    "search_offer_terms",
    "search_offer_categories",
    "search_offer_chain",
    "search_offer_branch",
    "search_head_region",
    "search_head_order",
)
"""Indexes that are made after the rows: in bulk is quicker than row by row."""

RIVAL = """
CREATE TABLE rival_offer AS
SELECT row_id AS id, id AS key, kind, card::jsonb ->> 'name' AS name, categories[2] AS category, rating_stars AS rating,
       price_minor, discount, popularity, listed_at, valid_from, valid_until, point AS geom,
       point::geography AS location, card
FROM search_offer JOIN search_card USING (row_id) ORDER BY row_id;
ALTER TABLE rival_offer ADD PRIMARY KEY (id);
CREATE INDEX ON rival_offer USING gist (geom);
CREATE INDEX ON rival_offer USING gist (location);
"""


def database_url(count: int) -> str:
    """Of the database that holds so many offers, given that DATABASE_URL is the product's own."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"{parts.path}_bench_{count}"))


def libpq_url(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(scheme="postgresql"))


def prepare(count: int, *, seed: int) -> None:
    """Create, migrate and fill the database unless it holds `count` offers already. Tells what it does."""
    url = database_url(count)
    name = urlsplit(url).path.removeprefix("/")
    with psycopg.connect(libpq_url(os.environ["DATABASE_URL"]), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    environment = {**os.environ, "DATABASE_URL": url, "STATEMENT_TIMEOUT_MS": "0"}
    _migrate(url)
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        if _held(connection) == (count, count):
            print(f"{name} holds {count:,} offers already.")
            return
    fill = [sys.executable, "-m", "benchmarks.world", str(count), str(seed)]
    subprocess.run(fill, cwd=ROOT, env={**environment, "DJANGO_SETTINGS_MODULE": "config.settings"}, check=True)


def index_environment(count: int) -> dict[str, str]:
    """Of the product that searches so many offers with OpenSearch, and waits for it rather than ask PostGIS."""
    return {"SEARCH_BACKEND": "auto", "OPENSEARCH_PREFIX": f"bench-{count}", "OPENSEARCH_TIMEOUT_MS": "10000"}


def prepare_index(url: str, environment: dict[str, str]) -> None:
    """Let an index follow the database until it holds all of it. Tells what it does."""
    given = {**os.environ, **environment, "DATABASE_URL": url, "STATEMENT_TIMEOUT_MS": "0"}
    follow = [sys.executable, "-m", "benchmarks.world", "follow"]
    subprocess.run(follow, cwd=ROOT, env={**given, "DJANGO_SETTINGS_MODULE": "config.settings"}, check=True)


def prepare_copy(count: int, *, name: str) -> str:
    """The URL of a copy, to be written to, of the database of so many offers; made once. No index follows it yet."""
    parts = urlsplit(database_url(count))
    original = parts.path.removeprefix("/")
    copy = urlunsplit(parts._replace(path=f"{parts.path}_{name}"))
    called = psycopg.sql.Identifier(f"{original}_{name}")
    with psycopg.connect(libpq_url(os.environ["DATABASE_URL"]), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [f"{original}_{name}"]).fetchone()
        if known is None:
            template = psycopg.sql.Identifier(original)
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(called, template))
            with psycopg.connect(libpq_url(copy), autocommit=True) as fresh:
                fresh.execute("TRUNCATE search_parked, search_generation")
    _migrate(copy)
    return copy


def _migrate(url: str) -> None:
    environment = {**os.environ, "DATABASE_URL": url, "STATEMENT_TIMEOUT_MS": "0"}
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=environment, check=True)


def _held(connection: psycopg.Connection) -> tuple[int, int]:
    rival = connection.execute("SELECT to_regclass('rival_offer')").fetchone()[0]
    counted = connection.execute("SELECT count(*) FROM search_offer").fetchone()[0]
    return counted, connection.execute("SELECT count(*) FROM rival_offer").fetchone()[0] if rival else 0


def _fill(count: int, seed: int) -> None:
    import django  # noqa: PLC0415 - its settings come with the environment that `prepare` gives

    django.setup()
    from django.db import connection  # noqa: PLC0415

    from benchmarks.offers import offers  # noqa: PLC0415
    from search.backends.registry import backend_for  # noqa: PLC0415

    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    backend, made = backend_for("postgis"), offers(count, seed=seed, as_of=today)
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE search_offer, search_card, search_head, search_subject, search_gone, search_tally, search_epoch,"
            " search_parked, search_generation; DROP TABLE IF EXISTS rival_offer"
        )
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [list(SECONDARY)])
        definitions = [definition for (definition,) in cursor.fetchall()]
        for name in SECONDARY:
            cursor.execute(f"DROP INDEX {name}")
        began = time.perf_counter()
        for done, batch in enumerate(_batches(made), start=1):
            backend.apply(batch, gone=[], version=1)
            rate = done * BATCH / (time.perf_counter() - began)
            print(f"\r{min(done * BATCH, count):>10,} offers, {rate:,.0f}/s", end="", flush=True)
        print("\nindexes, and the rivals' table")
        cursor.execute("SET maintenance_work_mem = '256MB'")
        for definition in definitions:
            cursor.execute(definition)
        cursor.execute(RIVAL)
        cursor.execute("VACUUM ANALYZE search_offer")
        cursor.execute("VACUUM ANALYZE search_card")
        cursor.execute("VACUUM ANALYZE rival_offer")
        print("the tally")
        backend.forget()  # as a worker's sweep does: from now on clusters are told, not counted
        cursor.execute("VACUUM ANALYZE search_tally")


def _follow() -> None:
    import django  # noqa: PLC0415

    django.setup()
    from indexing.follower import follow  # noqa: PLC0415
    from search.backends.opensearch.client import required  # noqa: PLC0415

    began, rows = time.perf_counter(), 0
    while True:
        done = follow(required())
        rows += done.rows
        print(f"\r{rows:>10,} offers, {rows / (time.perf_counter() - began):,.0f}/s", end="", flush=True)
        if done.is_true:
            break
        if not done.rows:
            raise SystemExit("Another process follows this database.")
    print(" into the index")


def _batches(made: Iterator) -> Iterator[list]:
    while batch := list(islice(made, BATCH)):
        yield batch


if __name__ == "__main__":
    if sys.argv[1] == "follow":
        _follow()
    else:
        _fill(int(sys.argv[1]), int(sys.argv[2]))
