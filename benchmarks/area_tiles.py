"""Tiles of the areas of one branch over HTTP: 20 bands that refer to large named areas, from the world to a street.

`python -m stack run -m benchmarks.area_tiles` (after `make up`) fills a small database of its own (`…_area_tiles`)
once for each number of corners. The areas lie one in the other, some 3 to 22 km round the branch, as bands of a
delivery service do. The product is one granian process of four threads, asked over one connection; every body is
compared with which areas touch the tile, and every tag asked for again.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from http.client import HTTPConnection
from math import cos, pi, radians, sin
from statistics import median, quantiles
from urllib.parse import urlsplit, urlunsplit

import psycopg
import shapely

from benchmarks.cpu import postgres, seconds_of
from benchmarks.nearby import PRODUCT, Contestant
from benchmarks.world import ROOT, libpq_url
from geo.tiles import Tile, point_to_tile, tile_box
from geo.types import Point

CENTRE = Point(11.575, 48.137)
BANDS = 20
ZOOMS = (2, 8, 12, 16)
METRES_A_DEGREE = 111_195.0
HEAD = (
    "| zoom | areas in it, mean | kB, mean | p50 ms | p95 ms | CPU ms: web + PostgreSQL"
    " | 304: p50 ms | p95 ms | CPU ms |"
)


def database_url(corners: int) -> str:
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"{parts.path}_area_tiles_{corners}"))


def reach_metres(band: int) -> float:
    """The mean radius of the band's area."""
    return 3_000.0 + 1_000.0 * band


def ring(band: int, corners: int, *, seed: int) -> list[tuple[float, float]]:
    """A closed outline, rough at every scale as borders are, that does not cross itself."""
    chance = random.Random(seed * 1_000 + band)
    waves = [(2**n, chance.uniform(0, 2 * pi), chance.uniform(0.5, 1) / 2**n) for n in range(1, 11)]
    line = []
    for corner in range(corners):
        angle = 2 * pi * corner / corners
        rough = sum(size * sin(angle * times + phase) for times, phase, size in waves)
        reach = reach_metres(band) * (1 + 0.12 * rough) / METRES_A_DEGREE
        line.append(
            (
                round(CENTRE.lon + cos(angle) * reach / cos(radians(CENTRE.lat)), 7),
                round(CENTRE.lat + sin(angle) * reach, 7),
            )
        )
    return [*line, line[0]]


def prepare(corners: int, *, seed: int) -> str:
    """Make the database unless it is there; the id of its branch."""
    url = database_url(corners)
    name = urlsplit(url).path.removeprefix("/")
    with psycopg.connect(libpq_url(os.environ["DATABASE_URL"]), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    environment = {**os.environ, "DATABASE_URL": url, "STATEMENT_TIMEOUT_MS": "0"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True)
    fill = [sys.executable, "-m", "benchmarks.area_tiles", "--fill", str(corners), "--seed", str(seed)]
    told = subprocess.run(
        fill,
        cwd=ROOT,
        env={**environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return told.stdout.strip().splitlines()[-1]


def fill(corners: int, *, seed: int) -> None:
    import django  # noqa: PLC0415 - its settings come with the environment that `prepare` gives

    django.setup()
    from django.contrib.gis.geos import GEOSGeometry  # noqa: PLC0415
    from django.contrib.gis.geos import Point as GeometryPoint  # noqa: PLC0415

    from geo.areas import AreaLimits, area_from_rings  # noqa: PLC0415
    from listings.areas import services  # noqa: PLC0415
    from listings.areas.drafts import MAX_BANDS, Band, Draft  # noqa: PLC0415
    from listings.models import Branch, Category, Merchant, NamedArea, ServiceArea  # noqa: PLC0415

    if (held := ServiceArea.objects.first()) is not None:
        print(held.branch_id)
        return
    now = datetime.now(UTC)
    category, _ = Category.objects.get_or_create(slug="cafe", defaults={"path": ["cafe"], "names": {"en": "Café"}})
    branch = Branch.objects.create(
        merchant=Merchant.objects.create(name="Deliverers"),
        category=category,
        name="Kitchen",
        point=GeometryPoint(CENTRE.lon, CENTRE.lat, srid=4326),
        country="DE",
        zone="Europe/Berlin",
    )
    limits = AreaLimits(vertices=20_000)
    named = [
        NamedArea.objects.create(
            source="benchmark",
            external_id=str(band),
            name=f"Ring {band}",
            kind="ring",
            geometry=GEOSGeometry(area_from_rings([[ring(band, corners, seed=seed)]], limits=limits).ewkb_hex()),
        )
        for band in range(BANDS)
    ]
    for position in range(BANDS // MAX_BANDS):
        bands = tuple(
            Band(shape=area.id, fee_minor=100 * rank, minimum_minor=0, eta_min_minutes=None, eta_max_minutes=None)
            for rank, area in enumerate(named[position * MAX_BANDS : (position + 1) * MAX_BANDS])
        )
        area = services.create_area(
            branch_id=branch.id,
            mode="delivery",
            name=f"Area {position}",
            position=position,
            draft=Draft(currency="EUR", bands=bands),
            by="a benchmark",
            now=now,
        )
        services.publish(area_id=area.id, expected="*", by="a benchmark", now=now)
    print(branch.id)


def answer(connection: HTTPConnection, path: str, tag: str = "") -> tuple[float, bytes, str]:
    """(milliseconds, body, tag). With a tag given, 304 is what must come."""
    began = time.perf_counter()
    connection.request("GET", path, headers={"If-None-Match": tag} if tag else {})
    response = connection.getresponse()
    body = response.read()
    if response.status != (304 if tag else 200):
        raise SystemExit(f"{path}: {response.status} {body[:300]!r}")
    return (time.perf_counter() - began) * 1_000, body, response.headers["ETag"]


def tiles_to_ask(zoom: int, count: int, *, seed: int) -> list[Tile]:
    """Where people look: within the widest of the areas, the nearer to the branch the more."""
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        angle, reach = chance.uniform(0, 2 * pi), chance.uniform(0, reach_metres(BANDS)) / METRES_A_DEGREE
        east, north = cos(angle) * reach / cos(radians(CENTRE.lat)), sin(angle) * reach
        found.append(point_to_tile(Point(CENTRE.lon + east, CENTRE.lat + north), zoom))
    return found


def told_in(body: bytes) -> int:
    """How many areas a tile tells: features begin with their tag, 2, in the one layer of the tile."""

    def number(at: int) -> tuple[int, int]:
        value = shift = 0
        while True:
            byte = body[at]
            value, at, shift = value | (byte & 127) << shift, at + 1, shift + 7
            if byte < 128:
                return value, at

    if not body:
        return 0
    _, at = number(1)
    features = 0
    while at < len(body):
        key, at = number(at)
        length, at = number(at)
        features += key == 2 << 3 | 2
        at += length if key & 7 == 2 else 0
    return features


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--corners", type=int, default=5_000)
    parser.add_argument("--tiles", type=int, default=100, help="of each zoom")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fill", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fill:
        fill(options.fill, seed=options.seed)
        return
    branch = prepare(options.corners, seed=options.seed)
    shapes = [shapely.Polygon(ring(band, options.corners, seed=options.seed)) for band in range(BANDS)]
    for shape in shapes:
        shapely.prepare(shape)
    url = database_url(options.corners)
    off = {"RATE_LIMIT_TILES": "off", "STATEMENT_TIMEOUT_MS": "30000", "DATABASE_URL": url}
    product = Contestant("product", "config.wsgi:application", "/", 0, {**PRODUCT, **off, "SEARCH_BACKEND": "postgis"})
    with product.serving() as process:
        connection = product.connection()
        servers = (process.pid, postgres(url))
        print(f"{BANDS} areas of {options.corners:,} corners, load {os.getloadavg()[0]:.1f}\n\n{HEAD}\n{'|---' * 9}|")
        for zoom in ZOOMS:
            tiles = tiles_to_ask(zoom, options.tiles, seed=options.seed)
            paths = [f"/v1/tiles/areas/{branch}/{tile.z}/{tile.x}/{tile.y}.mvt" for tile in tiles]
            for path in paths[: 1 + len(paths) // 5]:
                answer(connection, path)
            before = [seconds_of([server]) for server in servers]
            told = [answer(connection, path) for path in paths]
            between = [seconds_of([server]) for server in servers]
            again = [answer(connection, path, tag) for path, (_, _, tag) in zip(paths, told, strict=True)]
            after = [seconds_of([server]) for server in servers]
            for tile, (_, body, _) in zip(tiles, told, strict=True):
                box = tile_box(tile)
                square = shapely.box(box.west, box.south, box.east, box.north)
                seen, least = told_in(body), sum(shape.intersects(square) for shape in shapes)
                if seen < least:
                    raise SystemExit(f"{tile} tells {seen} areas, and {least} touch it")
            took, took_again = [row[0] for row in told], [row[0] for row in again]
            cost = " + ".join(f"{1_000 * (b - a) / len(paths):.1f}" for a, b in zip(before, between, strict=True))
            cost_again = " + ".join(f"{1_000 * (b - a) / len(paths):.1f}" for a, b in zip(between, after, strict=True))
            print(
                f"| {zoom} | {sum(told_in(row[1]) for row in told) / len(told):.1f} |"
                f" {sum(len(row[1]) for row in told) / len(told) / 1_000:.1f} |"
                f" {median(took):.1f} | {quantiles(took, n=20)[-1]:.1f} | {cost} |"
                f" {median(took_again):.1f} | {quantiles(took_again, n=20)[-1]:.1f} | {cost_again} |"
            )
        print(f"\nload {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
