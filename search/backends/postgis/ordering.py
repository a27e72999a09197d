"""A RankingSpec as SQL: the score, and the keys that a sort compares. Pure.

Expressions are over the alias `n`, whose `distance` has been measured before and is 0 where there is no origin. They
spell search.ranking in SQL; the oracle's tests hold them to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from geo.db import Fragment
from search.ranking import FULL_DISCOUNT, HALF_AGE_DAYS, MISSING, RankingSpec, Signal, Sort

SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Key:
    """One value that a sort compares, ascending."""

    name: str
    kind: str
    sql: str


@dataclass(frozen=True, slots=True)
class Ordering:
    """The keys before the last, which is the id, with what their SQL needs."""

    keys: tuple[Key, ...]
    columns: frozenset[str]
    """Of `search_offer`, that the keys are made from."""
    params: Mapping[str, float]


_DISTANCE = Key("distance", "float8", "n.distance")
_HARD = {
    Sort.RATING: ("rating_stars", "-n.rating_stars"),
    Sort.DISCOUNT: ("discount", "-n.discount"),
    Sort.PRICE: ("price_minor", "n.price_minor::float8"),
}


def ordering_of(spec: RankingSpec, *, as_of: datetime, measured: bool, worded: bool) -> Ordering:
    """The keys of a spec. `measured`: there is an origin. `worded`: there is a text, and so a column `n.tier`."""
    if spec.sort is Sort.DISTANCE:
        return Ordering((_DISTANCE,), frozenset(), {})
    if spec.sort is Sort.NEWEST:
        newest = Key("newest", "float8", "-date_part('epoch', n.listed_at)")
        return Ordering((newest, _DISTANCE), frozenset({"listed_at"}), {})
    if spec.sort is Sort.SCORE:
        score = score_of(spec, as_of=as_of, measured=measured)
        tier = Key("tier", "int", "n.tier" if worded else "0")
        return Ordering((tier, Key("minus_score", "float8", f"-({score.sql})"), _DISTANCE), _FACTS, score.params)
    column, sql = _HARD[spec.sort]
    missing = Key("missing", "int", f"(n.{column} IS NULL)::int")
    return Ordering((missing, Key("value", "float8", f"coalesce({sql}, 0)"), _DISTANCE), frozenset({column}), {})


_FACTS = frozenset({"rating_stars", "discount", "popularity", "listed_at"})


def score_of(spec: RankingSpec, *, as_of: datetime, measured: bool) -> Fragment:
    """search.ranking.score, without the signals that weigh nothing."""
    values = {
        Signal.DISTANCE: "%(half_distance)s::float8 / (%(half_distance)s::float8 + n.distance)"
        if measured
        else "%(missing_distance)s::float8",
        Signal.RATING: "coalesce((n.rating_stars - 1) / 4, %(missing_rating)s::float8)",
        # coalesce inside: least() passes over NULL
        Signal.DEAL: "least(1::float8, coalesce(n.discount / %(full_discount)s::float8, %(missing_deal)s::float8))",
        Signal.POPULARITY: "n.popularity",
        Signal.FRESHNESS: "%(half_age)s::float8 / (%(half_age)s::float8"
        " + greatest(0::float8, (%(as_of_seconds)s::float8 - date_part('epoch', n.listed_at)) / %(day)s::float8))",
    }
    parts = [f"%(weight_{signal})s::float8 * ({values[signal]})" for signal in Signal if spec.weights[signal] != 0]
    return Fragment(
        " + ".join(parts),
        {
            "half_distance": spec.half_distance_metres,
            "full_discount": FULL_DISCOUNT,
            "half_age": HALF_AGE_DAYS,
            "as_of_seconds": as_of.timestamp(),
            "day": float(SECONDS_PER_DAY),
            **{f"weight_{signal}": spec.weights[signal] for signal in Signal},
            **{f"missing_{signal}": value for signal, value in MISSING.items()},
        },
    )
