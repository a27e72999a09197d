"""Vector tiles over a million offers, over HTTP: the world, a country, a city and a street, and whether counts sum.

`python -m benchmarks.tiles` beside `make bench`, on the same database. Nothing is cached between requests: every tile
is cut anew. The counts of a zoom's clusters must equal the total of the search of the world, or it fails.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from http.client import HTTPConnection
from statistics import median, quantiles
from typing import Any

import orjson

from benchmarks.nearby import Contestant
from benchmarks.offers import centres_to_ask
from benchmarks.world import prepare
from geo.tiles import point_to_tile
from geo.types import Point

WORLD = "bbox=-180,-85.06,180,85.06"
SEEN_AS = {0: "the world", 5: "a country", 10: "a region", 12: "a city", 14: "a quarter", 16: "a street"}
FILTERS = {"everything": "", "one category": "?category=cafe", "deals at least 30 % off": "?discount_min_percent=30"}


def answer(connection: HTTPConnection, path: str) -> tuple[float, bytes]:
    """(milliseconds, body)."""
    began = time.perf_counter()
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise SystemExit(f"{path}: {response.status} {body[:300]!r}")
    return (time.perf_counter() - began) * 1_000, body


def check_sums(ask: Callable[[str], dict[str, Any]]) -> int:
    """The total of the world, which the clusters of every zoom must sum to."""
    total = ask(f"/v1/search?{WORLD}&limit=1")["total"]["value"]
    for zoom in (0, 2, 4):
        cells = ask(f"/v1/clusters?{WORLD}&zoom={zoom}")["cells"]
        if sum(cell["count"] for cell in cells) != total:
            raise SystemExit(f"clusters of zoom {zoom} do not sum to {total}")
    return int(total)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--offers", type=int, default=1_000_000)
    parser.add_argument("--places", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    prepare(options.offers, seed=options.seed)
    places: list[Point] = centres_to_ask(options.places, seed=options.seed)
    off = {"RATE_LIMIT_SEARCH": "off", "RATE_LIMIT_TILES": "off", "STATEMENT_TIMEOUT_MS": "30000"}
    ours = {"DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "WARNING", "SEARCH_BACKEND": "postgis", **off}
    product = Contestant("Vicinity", "config.wsgi:application", "/", len(places), ours)
    with product.serving():
        connection = product.connection()
        print(f"Clusters of every zoom sum to {check_sums(lambda path: orjson.loads(answer(connection, path)[1])):,}.")
        print("\n| tile of | zoom | filter | p50 ms | p95 ms | kB at most |\n|---|---|---|---|---|---|")
        for zoom, seen_as in SEEN_AS.items():
            tiles = [point_to_tile(place, zoom) for place in places[: 10 if zoom == 0 else len(places)]]
            for filter_name, query in FILTERS.items():
                paths = [f"/v1/tiles/offers/{tile.z}/{tile.x}/{tile.y}.mvt{query}" for tile in tiles]
                answer(connection, paths[0])
                took, bodies = zip(*(answer(connection, path) for path in paths), strict=True)
                p95 = quantiles(took, n=20)[-1]
                largest = max(map(len, bodies)) / 1_000
                print(f"| {seen_as} | {zoom} | {filter_name} | {median(took):.1f} | {p95:.1f} | {largest:.1f} |")


if __name__ == "__main__":
    main()
