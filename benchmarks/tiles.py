"""Maps of a million offers over HTTP, by both engines: clusters of the world, and tiles from the world to a street.

`python -m stack run -m benchmarks.tiles` (after `make up`) uses the databases and indexes of benchmarks.engines. All is
counted or cut anew for each request, by the two engines in turn. The counts of a zoom's clusters must sum to the total
of the search of the world, by each engine and for each filter, or it fails.
"""

from __future__ import annotations

import argparse
import os
import time
from contextlib import ExitStack
from http.client import HTTPConnection
from statistics import median, quantiles

import orjson

from benchmarks.nearby import PRODUCT, Contestant
from benchmarks.offers import centres_to_ask
from benchmarks.world import database_url, index_environment, prepare, prepare_index
from geo.tiles import point_to_tile
from geo.types import Point

WORLD = "bbox=-180,-85.06,180,85.06"
SEEN_AS = {0: "the world", 5: "a country", 10: "a region", 12: "a city", 14: "a quarter", 16: "a street"}
WORLD_ZOOMS = (0, 1, 2, 3, 4)
FILTERS = {"everything": "", "deals": "kind=deal", "one category": "category=cafe"}
HEAD = "| p50 ms | p95 ms | kB at most |"
ENGINES = ("postgis", "opensearch")


def answer(connection: HTTPConnection, path: str) -> tuple[float, bytes]:
    """(milliseconds, body)."""
    began = time.perf_counter()
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise SystemExit(f"{path}: {response.status} {body[:300]!r}")
    return (time.perf_counter() - began) * 1_000, body


def check_sums(connection: HTTPConnection, engine: str) -> dict[str, int]:
    """Totals of the world by filter, which the clusters of every zoom must sum to."""
    totals = {}
    for name, query in FILTERS.items():
        searched = orjson.loads(answer(connection, f"/v1/search?{WORLD}&limit=1&{query}".rstrip("&"))[1])
        totals[name] = searched["total"]["value"]
        for zoom in WORLD_ZOOMS:
            told = orjson.loads(answer(connection, f"/v1/clusters?{WORLD}&zoom={zoom}&{query}".rstrip("&"))[1])
            summed = sum(cell["count"] for cell in told["cells"])
            if summed != totals[name] or {told["backend"], searched["backend"]} != {engine}:
                raise SystemExit(f"zoom {zoom}, {name}: {summed} by {told['backend']}, not {totals[name]} by {engine}")
    return totals


def measured(connections: dict[str, HTTPConnection], paths: list[str]) -> dict[str, str]:
    """Of each engine, in turn: columns of HEAD."""
    took: dict[str, list[float]] = {engine: [] for engine in connections}
    largest = dict.fromkeys(connections, 0)
    for path in [paths[0], *paths]:
        for engine, connection in connections.items():
            milliseconds, body = answer(connection, path)
            took[engine].append(milliseconds)
            largest[engine] = max(largest[engine], len(body))
    return {
        engine: f"| {median(took[engine][1:]):.1f} | {quantiles(took[engine][1:], n=20)[-1]:.1f} |"
        f" {largest[engine] / 1_000:.1f} |"
        for engine in connections
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--offers", type=int, default=1_000_000)
    parser.add_argument("--places", type=int, default=60)
    parser.add_argument("--world", type=int, default=60, help="how often clusters of the world are asked for")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    prepare(options.offers, seed=options.seed)
    url, index = database_url(options.offers), index_environment(options.offers)
    prepare_index(url, index)
    places: list[Point] = centres_to_ask(options.places, seed=options.seed)
    off = {"RATE_LIMIT_TILES": "off", "STATEMENT_TIMEOUT_MS": "30000", "DATABASE_URL": url}
    with ExitStack() as stack:
        connections = {}
        for engine in ENGINES:
            environment = {**PRODUCT, **index, **off, "SEARCH_BACKEND": engine}
            product = Contestant(engine, "config.wsgi:application", "/", 0, environment)
            stack.enter_context(product.serving())
            connections[engine] = product.connection()
            totals = check_sums(connections[engine], engine)
            print(f"{engine}: clusters of zooms {WORLD_ZOOMS} sum to the totals of the search: {totals}")
        print(f"load {os.getloadavg()[0]:.1f}\n\n| clusters of the world, zoom | filter | engine {HEAD}\n{'|---' * 6}|")
        for zoom in WORLD_ZOOMS:
            for filter_name, query in FILTERS.items():
                path = f"/v1/clusters?{WORLD}&zoom={zoom}&{query}".rstrip("&")
                for engine, columns in measured(connections, [path] * options.world).items():
                    print(f"| {zoom} | {filter_name} | {engine} {columns}")
        print(f"\n| tile of | zoom | filter | engine {HEAD}\n{'|---' * 7}|")
        for zoom, seen_as in SEEN_AS.items():
            tiles = [point_to_tile(place, zoom) for place in places[: 20 if zoom == 0 else len(places)]]
            for filter_name, query in FILTERS.items():
                paths = [f"/v1/tiles/offers/{tile.z}/{tile.x}/{tile.y}.mvt?{query}".rstrip("?") for tile in tiles]
                for engine, columns in measured(connections, paths).items():
                    print(f"| {seen_as} | {zoom} | {filter_name} | {engine} {columns}")
        print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
