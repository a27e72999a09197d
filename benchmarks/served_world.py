"""Areas by the ten thousand: polygons of 32 corners (or as real areas have), 3 km wide; some 20 serve a point at each
size.

10,000 branches with an area each are put by the product; larger worlds are that one laid beside itself, by SQL, in
tiles. Each world is a database of its own beside that of DATABASE_URL (`…_serves_<areas>`), an index that follows it,
and one of the rival's. They are filled once.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from math import cos, pi, radians, sin
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg

from benchmarks.world import ROOT, libpq_url
from geo.areas import AreaLimits, area_from_rings
from geo.types import Point
from search.document import Kind, Mode, OfferDocument, ServiceBand, place_id
from search.text import document_terms

TILE = 10_000
WEST, SOUTH, WIDE, HIGH = 0.0, 44.0, 0.72, 0.5
"""Of the first tile, in degrees: some 57 by 56 km."""
CORNERS, RADIUS_METRES = 32, 1_600.0
"""Unless other numbers of corners are asked for."""
REAL = 0
"""For a number of corners: as many as real areas have, drawn for each from REAL_CORNERS."""
REAL_CORNERS = (
    (0.0, 7), (0.1, 37), (0.2, 48), (0.3, 59), (0.4, 73), (0.5, 87), (0.6, 102), (0.7, 126), (0.8, 161), (0.9, 222),
    (0.95, 352), (0.98, 591), (0.99, 974), (0.995, 1470), (1.0, 4400),
)  # fmt: skip
"""Quantiles of the corners of 949 real areas, between which it is linear: Munich's 27 districts and 477 quarters, New
York's 262 neighbourhoods, 178 ZIP areas and 5 boroughs."""
SECONDARY = ("search_offer_terms", "search_offer_categories", "search_offer_chain")

# The tile t of a square of tiles: (t mod side, t div side) to the east and north.
_LAY = """
CREATE TEMPORARY TABLE laid ON COMMIT DROP AS
SELECT o.row_id, o.row_id + %(n)s::bigint * t AS fresh, gen_random_uuid() AS branch,
       (t %% %(side)s) * %(wide)s AS east, (t / %(side)s) * %(high)s AS north
FROM search_offer o, generate_series(%(first)s::int, %(last)s::int) AS t WHERE o.row_id <= %(n)s;
INSERT INTO search_offer (row_id, id, branch_id, point, x, y, z, {same})
SELECT l.fresh, 'place:' || l.branch, l.branch, p.point, cos(p.lat) * cos(p.lon), cos(p.lat) * sin(p.lon), sin(p.lat),
       {theirs}
FROM laid l JOIN search_offer o USING (row_id) CROSS JOIN LATERAL (
  SELECT g AS point, radians(ST_X(g)) AS lon, radians(ST_Y(g)) AS lat FROM ST_Translate(o.point, l.east, l.north) AS g
) AS p;
INSERT INTO search_card (row_id, card) SELECT l.fresh, c.card FROM laid l JOIN search_card c USING (row_id);
INSERT INTO search_shape (id, digest, geometry)
SELECT l.fresh, gen_random_uuid(), ST_Translate(s.geometry, l.east, l.north)
FROM laid l JOIN search_shape s ON s.id = l.row_id;
INSERT INTO search_piece (shape_id, piece, is_whole)
SELECT l.fresh, ST_Translate(p.piece, l.east, l.north), p.is_whole
FROM laid l JOIN search_piece p ON p.shape_id = l.row_id;
INSERT INTO search_band (added_epoch, branch_id, shape_id, {band})
SELECT b.added_epoch, l.branch, l.fresh, {their_band} FROM laid l JOIN search_band b ON b.shape_id = l.row_id;
"""
_SAME = (
    "added_epoch", "version", "content", "kind", "chain_id", "zone", "categories", "attributes", "terms",
    "open_minutes", "price_minor", "currency", "discount", "deal_count", "rating_stars", "rating_count", "popularity",
    "listed_at", "valid_from", "valid_until", "schema", "mode", "cell",
)  # fmt: skip
_BAND = (
    "place", "mode", "zone", "valid_from", "valid_until", "open_minutes", "area_id", "area_name", "band_id",
    "named_area", "radius_metres", "fee_minor", "minimum_minor", "currency", "eta_min_minutes", "eta_max_minutes",
    "content",
)  # fmt: skip
_RIVAL = """
CREATE TABLE rival_area AS
SELECT o.row_id, o.id, o.point, c.card, o.rating_stars, o.discount, o.popularity, o.listed_at, o.open_minutes,
  b.area_id, b.area_name, b.band_id, b.named_area, b.fee_minor, b.minimum_minor, b.currency, b.eta_min_minutes,
  b.eta_max_minutes, s.geometry AS area
FROM search_offer o JOIN search_card c USING (row_id) JOIN search_band b USING (branch_id)
JOIN search_shape s ON s.id = b.shape_id ORDER BY o.row_id;
CREATE INDEX ON rival_area USING gist (area);
"""


@dataclass(frozen=True)
class World:
    """So many areas of so many corners."""

    areas: int
    corners: int = CORNERS

    @property
    def name(self) -> str:
        if self.corners == CORNERS:
            return str(self.areas)
        return f"{self.areas}_{self.corners or 'real'}"

    @property
    def side(self) -> int:
        """Tiles in a row of the square that holds them."""
        return next(side for side in range(1, self.tiles + 1) if side * side >= self.tiles)

    @property
    def tiles(self) -> int:
        return max(1, self.areas // TILE)

    def place(self, east: float, north: float) -> Point:
        """A point of it, away from its edge, for one of the unit square."""
        rows, margin = self.tiles // self.side, 0.06
        return Point(
            WEST + margin + east * (WIDE * self.side - 2 * margin), SOUTH + margin + north * (HIGH * rows - 2 * margin)
        )

    @property
    def rival_index(self) -> str:
        return f"bench_rival_{self.name}"

    @property
    def database_url(self) -> str:
        parts = urlsplit(os.environ["DATABASE_URL"])
        return urlunsplit(parts._replace(path=f"{parts.path}_serves_{self.name}"))

    def enter(self) -> None:
        """Let this process be of it from now on."""
        os.environ |= {
            "DATABASE_URL": self.database_url,
            "STATEMENT_TIMEOUT_MS": "0",
            "OPENSEARCH_PREFIX": f"serves-{self.name.replace('_', '-')}",
            "OPENSEARCH_TIMEOUT_MS": "10000",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "WARNING",
        }
        import django  # noqa: PLC0415

        django.setup()


def prepare(world: World, *, seed: int) -> None:
    """Make the world unless it is there, in a process of its own."""
    url = world.database_url
    name = urlsplit(url).path.removeprefix("/")
    with psycopg.connect(libpq_url(os.environ["DATABASE_URL"]), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    environment = {**os.environ, "DATABASE_URL": url, "STATEMENT_TIMEOUT_MS": "0"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True)
    fill = [sys.executable, "-m", "benchmarks.served_world", str(world.areas), str(world.corners), str(seed)]
    subprocess.run(fill, cwd=ROOT, check=True)


def documents(*, seed: int, corners: int) -> Iterator[OfferDocument]:
    """The first tile."""
    chance, now = random.Random(seed), datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    terms = document_terms(names=["Somewhere"], words=["cafe"])
    for _ in range(TILE):
        branch = UUID(int=chance.getrandbits(128))
        point = Point(round(WEST + chance.random() * WIDE, 7), round(SOUTH + chance.random() * HIGH, 7))
        yield OfferDocument(
            id=place_id(branch),
            kind=Kind.PLACE,
            branch_id=branch,
            chain_id=None,
            point=point,
            zone="Europe/Paris",
            categories=("food", "cafe"),
            terms=terms,
            attributes=frozenset(),
            open_minutes=None,
            price_minor=None,
            currency=None,
            discount=None,
            deal_count=0,
            rating_stars=4.0,
            rating_count=3,
            popularity=0.1,
            listed_at=now,
            valid_from=None,
            valid_until=None,
            card={"name": "Somewhere", "names": {}, "address": {"street": "Street 1", "city": "Town"}, "photo": None},
            bands=(_band(chance, point, corners or _real_corners(chance)),),
        )


def _real_corners(chance: random.Random) -> int:
    at = chance.random()
    (below, few), (above, many) = next(pair for pair in pairwise(REAL_CORNERS) if at <= pair[1][0])
    return round(few + (many - few) * (at - below) / (above - below))


def _band(chance: random.Random, centre: Point, corners: int) -> ServiceBand:
    metres = 111_195.0
    ring = []
    for corner in range(corners):
        angle, reach = 2 * pi * corner / corners, RADIUS_METRES * chance.uniform(0.75, 1.25) / metres
        ring.append((centre.lon + cos(angle) * reach / cos(radians(centre.lat)), centre.lat + sin(angle) * reach))
    area = area_from_rings([[[*ring, ring[0]]]], limits=AreaLimits(vertices=REAL_CORNERS[-1][1] + 1))
    return ServiceBand(
        mode=Mode.DELIVERY,
        radius_metres=None,
        ewkb=bytes.fromhex(area.ewkb_hex()),
        area_id=UUID(int=1),
        area_name="Area",
        band_id=UUID(int=2),
        named_area=None,
        fee_minor=chance.randrange(0, 500, 10),
        minimum_minor=1_000,
        currency="EUR",
        eta_min_minutes=20,
        eta_max_minutes=40,
        valid_from=None,
        valid_until=None,
        open_minutes=None,
    )


def _fill(world: World, seed: int) -> None:
    world.enter()
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('rival_area') IS NOT NULL")
        if cursor.fetchone() == (True,):
            return
    began = time.perf_counter()

    def say(text: str) -> None:
        print(
            f"{world.areas:,} areas of {world.corners or 'real'} corners: {text} {time.perf_counter() - began:,.0f} s",
            flush=True,
        )

    _fill_projection(world, seed)
    say("projection")
    _fill_index()
    say("the index that follows")
    _fill_rival(world)
    say("the rival's index")
    with connection.cursor() as cursor:
        cursor.execute(_RIVAL)
        cursor.execute("VACUUM ANALYZE")
    say("the rival's table")


def _fill_projection(world: World, seed: int) -> None:
    from django.db import connection, transaction  # noqa: PLC0415

    from search.backends.postgis.backend import PostgisBackend  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE search_offer, search_card, search_head, search_shape, search_piece, search_band, search_gone,"
            " search_epoch, search_generation RESTART IDENTITY CASCADE"
        )
    PostgisBackend().apply(documents(seed=seed, corners=world.corners), gone=(), version=1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [list(SECONDARY)])
        definitions = [definition for (definition,) in cursor.fetchall()]
        for name in SECONDARY:
            cursor.execute(f"DROP INDEX {name}")
        lay = _LAY.format(
            same=", ".join(_SAME),
            theirs=", ".join(f"o.{name}" for name in _SAME),
            band=", ".join(_BAND),
            their_band=", ".join(f"b.{name}" for name in _BAND),
        )
        shared = {"n": TILE, "side": world.side, "wide": WIDE, "high": HIGH}
        for first in range(1, world.tiles, 10):
            with transaction.atomic():
                for statement in lay.split(";\n"):
                    if statement.strip():
                        cursor.execute(statement, shared | {"first": first, "last": min(first + 9, world.tiles - 1)})
        for definition in definitions:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE")


def _fill_index() -> None:
    from indexing.follower import follow_all  # noqa: PLC0415
    from search.backends.opensearch.client import configured  # noqa: PLC0415

    client = configured()
    if client is None:
        raise SystemExit("OPENSEARCH_URL names no cluster")
    if not follow_all(client).is_true:
        raise SystemExit("the index did not become true")


def _fill_rival(world: World) -> None:
    from django.db import connection  # noqa: PLC0415
    from opensearchpy import OpenSearch, helpers  # noqa: PLC0415

    raw = OpenSearch([os.environ["OPENSEARCH_URL"]], timeout=120, pool_maxsize=4)
    index = world.rival_index
    raw.indices.delete(index=index, ignore_unavailable=True)
    properties: dict[str, Any] = {
        "area": {"type": "geo_shape"},
        "point": {"type": "geo_point"},
        "shown": {"type": "object", "enabled": False},
    }
    raw.indices.create(
        index=index,
        body={
            "settings": {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"},
            "mappings": {"dynamic": "strict", "_source": {"includes": ["shown"]}, "properties": properties},
        },
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT o.row_id, c.card, b.fee_minor, ST_X(o.point), ST_Y(o.point), ST_AsText(s.geometry, 9)"
            " FROM search_offer o JOIN search_card c USING (row_id) JOIN search_band b USING (branch_id)"
            " JOIN search_shape s ON s.id = b.shape_id"
        )
        while rows := cursor.fetchmany(5_000):
            actions = (
                {
                    "_index": index,
                    "_id": row,
                    "_source": {"shown": {"card": card, "fee": fee}, "point": {"lon": lon, "lat": lat}, "area": area},
                }
                for row, card, fee, lon, lat, area in rows
            )
            for _ in helpers.parallel_bulk(raw, actions, thread_count=2, chunk_size=500):
                pass
    raw.indices.refresh(index=index)


if __name__ == "__main__":
    _fill(World(int(sys.argv[1]), int(sys.argv[2])), int(sys.argv[3]))
