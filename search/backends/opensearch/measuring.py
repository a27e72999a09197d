"""Distances and scores as expressions of Lucene, over the exact doubles of the mapping. Pure.

An expression is compiled once for its text and runs as fast as Java; what varies between questions goes in as a
parameter. The arithmetic is that of geo.db.distance_of_vectors and search.ranking, in the same order, in doubles.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import asin, nextafter, sin, sqrt
from typing import Any

from geo.distance import EARTH_RADIUS_METRES, unit_vector
from geo.types import Point
from search.ranking import HALF_AGE_DAYS, MISSING, RankingSpec, Signal

Script = dict[str, Any]

_SQUARE = (
    "(doc['x'].value - px) * (doc['x'].value - px) + (doc['y'].value - py) * (doc['y'].value - py)"
    " + (doc['z'].value - pz) * (doc['z'].value - pz)"
)
"""Of the straight distance between two points of a sphere of radius 1."""
_DISTANCE = f"asin(min(1, sqrt({_SQUARE}) / 2)) * diameter"


def distance(point: Point) -> Script:
    """Metres to the point."""
    return _script(_DISTANCE, _vector(point))


def within(point: Point, metres: float) -> Script:
    """1 at most `metres` from the point, else 0."""
    return _script(f"{_SQUARE} <= largest ? 1 : 0", {**_vector(point), "largest": largest_square(metres)})


def largest_square(metres: float) -> float:
    """The largest square of a straight distance whose distance along the sphere is at most `metres`, to the last bit.

    The distance never falls as the square rises, so comparing squares says the same as comparing distances, without an
    arcsine for each document.
    """
    if _along(4.0) <= metres:
        return 5.0  # beyond the antipode: everything
    square = (2 * sin(metres / (2 * EARTH_RADIUS_METRES))) ** 2
    while _along(square) > metres:
        square = nextafter(square, 0.0)
    while _along(above := nextafter(square, 5.0)) <= metres:
        square = above
    return square


def _along(square: float) -> float:
    return asin(min(1.0, sqrt(square) / 2)) * 2 * EARTH_RADIUS_METRES


def score(spec: RankingSpec, *, origin: Point | None, as_of_seconds: float) -> Script:
    """search.ranking.score, without the signals that weigh nothing."""
    near = "missing_distance" if origin is None else f"half_distance / (half_distance + {_DISTANCE})"
    values = {
        Signal.DISTANCE: near,
        Signal.RATING: "doc['rating_value'].value",
        Signal.DEAL: "doc['deal_value'].value",
        Signal.POPULARITY: "doc['popularity'].value",
        Signal.FRESHNESS: "half_age / (half_age + max(0, (as_of - doc['listed'].value) / 86400))",
    }
    weighing = [signal for signal in Signal if spec.weights[signal] != 0]
    params: dict[str, float] = {f"weight_{signal}": spec.weights[signal] for signal in weighing}
    params |= {
        "missing_distance": MISSING[Signal.DISTANCE],
        "half_distance": spec.half_distance_metres,
        "half_age": HALF_AGE_DAYS,
        "as_of": as_of_seconds,
    }
    if origin is not None:
        params |= _vector(origin)
    return _script(" + ".join(f"weight_{signal} * ({values[signal]})" for signal in weighing), params)


def _vector(point: Point) -> dict[str, float]:
    x, y, z = unit_vector(point)
    return {"px": x, "py": y, "pz": z, "diameter": 2 * EARTH_RADIUS_METRES}


def _script(source: str, params: Mapping[str, float]) -> Script:
    used = {name: value for name, value in params.items() if name in source}
    return {"lang": "expression", "source": source, "params": used}
