"""Distances and scores as expressions of Lucene, over the exact doubles of the mapping. Pure.

An expression is compiled once for its text and runs as fast as Java; what varies between questions goes in as a
parameter. The arithmetic is that of geo.db.distance_of_vectors and search.ranking, in the same order, in doubles.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.distance import EARTH_RADIUS_METRES, unit_vector
from geo.types import Point
from search.ranking import FULL_DISCOUNT, HALF_AGE_DAYS, MISSING, RankingSpec, Signal

Script = dict[str, Any]

_DISTANCE = (
    "asin(min(1, sqrt((doc['x'].value - px) * (doc['x'].value - px) + (doc['y'].value - py) * (doc['y'].value - py)"
    " + (doc['z'].value - pz) * (doc['z'].value - pz)) / 2)) * diameter"
)


def distance(point: Point) -> Script:
    """Metres to the point."""
    return _script(_DISTANCE, _vector(point))


def within(point: Point, metres: float) -> Script:
    """1 at most `metres` from the point, else 0."""
    return _script(f"({_DISTANCE}) <= radius ? 1 : 0", {**_vector(point), "radius": metres})


def score(spec: RankingSpec, *, origin: Point | None, as_of_seconds: float) -> Script:
    """search.ranking.score, without the signals that weigh nothing."""
    near = "missing_distance" if origin is None else f"half_distance / (half_distance + {_DISTANCE})"
    values = {
        Signal.DISTANCE: near,
        Signal.RATING: "(doc['rating_stars'].empty ? missing_rating : (doc['rating_stars'].value - 1) / 4)",
        Signal.DEAL: "(doc['discount'].empty ? missing_deal : min(1, doc['discount'].value / full_discount))",
        Signal.POPULARITY: "doc['popularity'].value",
        Signal.FRESHNESS: "half_age / (half_age + max(0, (as_of - doc['listed'].value) / 86400))",
    }
    weighing = [signal for signal in Signal if spec.weights[signal] != 0]
    params: dict[str, float] = {f"weight_{signal}": spec.weights[signal] for signal in weighing}
    params |= {f"missing_{signal}": value for signal, value in MISSING.items()}
    params |= {
        "half_distance": spec.half_distance_metres,
        "full_discount": FULL_DISCOUNT,
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
