"""How each contestant of benchmarks.engines is asked the one question: the 20 best within 5 km, and how many there are.

An asker is made once for each client that asks and takes a place to an `Answer`, read into Python. What it is made of
is as lean as its library lets it be: connections stay open, nothing is asked that is not told.
"""

from __future__ import annotations

import http.client
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

from geo.types import Point

RADIUS_METRES = 5_000
HITS = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What is compared: `total` is None where an engine does not count."""

    ids: tuple[str, ...]
    total: int | None
    engine: str = ""


Asker = Callable[[Point], Answer]


def over_http(port: int, path: str, read: Callable[[Any], Answer]) -> Asker:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)

    def ask(place: Point) -> Answer:
        target = f"{path}?lat={place.lat}&lon={place.lon}&radius_metres={RADIUS_METRES}"
        try:
            connection.request("GET", target)
            response = connection.getresponse()
        except ConnectionError:  # servers hang up on who was silent for some time
            connection.close()
            connection.request("GET", target)
            response = connection.getresponse()
        body = response.read()
        if response.status != http.HTTPStatus.OK:
            raise SystemExit(f"{path} answered {response.status}: {body[:500]!r}")
        return read(orjson.loads(body))

    return ask


def read_product(told: Any) -> Answer:
    return Answer(tuple(hit["id"] for hit in told["hits"]), told["total"]["value"], told["backend"])


def read_handwritten(told: Any) -> Answer:
    return Answer(tuple(hit["id"] for hit in told["hits"]), told["total"])


def read_tutorial(told: Any) -> Answer:
    return Answer(tuple(hit["key"] for hit in told["results"]), told["count"])


def backend() -> Asker:
    """The product's own engine, asked as the view asks it, and nothing of HTTP. Django is set up."""
    from django.utils import timezone  # noqa: PLC0415  after django.setup

    from geo.types import Circle  # noqa: PLC0415
    from search.backends.registry import backend_for  # noqa: PLC0415
    from search.query import SearchQuery  # noqa: PLC0415
    from search.ranking import spec_for  # noqa: PLC0415

    engine, ranking = backend_for("opensearch"), spec_for("balanced")

    def ask(place: Point) -> Answer:
        query = SearchQuery(
            as_of=timezone.now(), ranking=ranking, area=Circle(place, RADIUS_METRES), origin=place, limit=HITS
        )
        page = engine.search(query)
        return Answer(tuple(hit.id for hit in page.hits), page.total, "opensearch")

    return ask


SCORE = (
    "0.45 * 800 / (800 + 1000 * haversin(lat, lon, doc['point'].lat, doc['point'].lon))"
    " + 0.25 * (doc['rating_stars'].empty ? 0.7 : (doc['rating_stars'].value - 1) / 4)"
    " + 0.15 * (doc['discount'].empty ? 0 : min(1, doc['discount'].value / 0.7)) + 0.1 * doc['popularity'].value"
    " + 0.05 * 30 / (30 + max(0, (now - doc['listed'].value) / 86400))"
)


def raw(index: str) -> Asker:
    """OpenSearch's own client and a lean request by hand: the engine's circle, validity, one expression to sort by."""
    engine = opensearch()

    def ask(place: Point) -> Answer:
        now = time.time()
        about = {"geo_distance": {"distance": f"{RADIUS_METRES}m", "point": {"lat": place.lat, "lon": place.lon}}}
        over = [{"range": {"valid_from": {"gt": int(now * 1e6)}}}, {"range": {"valid_until": {"lte": int(now * 1e6)}}}]
        params = {"lat": place.lat, "lon": place.lon, "now": now}
        score = {"type": "number", "script": {"lang": "expression", "source": SCORE, "params": params}, "order": "desc"}
        body = {
            "query": {"bool": {"filter": [about], "must_not": over}},
            "sort": [{"_script": score}],
            "size": HITS,
            "track_total_hits": True,
        }
        found = engine.search(index=index, body=body)["hits"]
        return Answer(tuple(hit["_source"]["hit"]["id"] for hit in found["hits"]), found["total"]["value"])

    return ask


@cache
def opensearch() -> Any:
    import logging  # noqa: PLC0415

    from opensearchpy import OpenSearch  # noqa: PLC0415

    logging.getLogger("opensearch").setLevel(logging.ERROR)
    return OpenSearch(os.environ["OPENSEARCH_URL"], pool_maxsize=8, timeout=60)


def geosearch(key: str) -> Asker:
    """Redis: the nearest alone, by distance; it ranks by nothing else, counts nothing and shows nothing."""
    engine = redis()

    def ask(place: Point) -> Answer:
        found = engine.geosearch(
            key, longitude=place.lon, latitude=place.lat, radius=RADIUS_METRES, unit="m", sort="ASC", count=HITS,
            withdist=True,
        )  # fmt: skip
        return Answer(tuple(name.decode() for name, _ in found), None)

    return ask


@cache
def redis() -> Any:
    from redis import Redis  # noqa: PLC0415

    return Redis.from_url(os.environ["REDIS_URL"])
