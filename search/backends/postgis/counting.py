"""Facets as SQL: each one a JSON object of counts over `matched m`. Pure. The keys are those of search.results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from search.query import Facet
from search.results import DISCOUNT_STEPS_PERCENT, PRICE_STEPS_MINOR, RATING_STEPS


@dataclass(frozen=True, slots=True)
class Counting:
    """What one facet reads of `search_offer`, and the rows (value, documents) that it makes of them."""

    columns: frozenset[str]
    rows: str
    params: Mapping[str, Any]

    @property
    def sql(self) -> str:
        return f"(SELECT json_object_agg(f.value, f.documents) FROM ({self.rows}) AS f (value, documents))"


def _by(column: str, value: str) -> Counting:
    return Counting(frozenset({column}), f"SELECT {value}, count(*) FROM matched m GROUP BY 1", {})


def _of_each(column: str) -> Counting:
    return Counting(
        frozenset({column}), f"SELECT v, count(*) FROM matched m CROSS JOIN unnest(m.{column}) AS v GROUP BY 1", {}
    )


def _at_least(column: str, steps: Mapping[str, float], *, name: str) -> Counting:
    """One pass over the rows counts every step; then the counts are laid out, those of no document left out."""
    numbers = range(len(steps))
    counts = ", ".join(f"count(*) FILTER (WHERE m.{column} >= %({name}_step_{at})s::float8) AS c{at}" for at in numbers)
    laid_out = ", ".join(f"(%({name}_key_{at})s, t.c{at})" for at in numbers)
    params: dict[str, Any] = {}
    for at, (key, step) in enumerate(steps.items()):
        params |= {f"{name}_key_{at}": key, f"{name}_step_{at}": step}
    return Counting(
        frozenset({column}),
        f"SELECT s.value, s.documents FROM (SELECT {counts} FROM matched m) AS t"
        f" CROSS JOIN LATERAL (VALUES {laid_out}) AS s (value, documents) WHERE s.documents > 0",
        params,
    )


def _by_price_band() -> Counting:
    band = "%(price_steps)s::bigint[]"
    begin = f"({band})[width_bucket(m.price_minor, {band})]"
    return Counting(
        frozenset({"price_minor", "currency"}),
        f"SELECT m.currency || ':' || {begin}, count(*) FROM matched m WHERE m.price_minor IS NOT NULL GROUP BY 1",
        {"price_steps": list(PRICE_STEPS_MINOR)},
    )


def _by_open_now() -> Counting:
    return Counting(
        frozenset({"open_minutes"}),
        "SELECT CASE WHEN m.open_minutes IS NULL THEN 'unknown'"
        " WHEN m.open_minutes @> %(as_of_minute)s::int THEN 'true' ELSE 'false' END,"
        " count(*) FROM matched m GROUP BY 1",
        {},
    )


COUNTING: Mapping[Facet, Counting] = {
    Facet.KIND: _by("kind", "m.kind"),
    Facet.CATEGORY: _of_each("categories"),
    Facet.RATING: _at_least("rating_stars", {f"{step:.1f}": step for step in RATING_STEPS}, name="rating"),
    Facet.PRICE: _by_price_band(),
    Facet.DISCOUNT: _at_least("discount", {str(step): step / 100 for step in DISCOUNT_STEPS_PERCENT}, name="discount"),
    Facet.ATTRIBUTE: _of_each("attributes"),
    Facet.OPEN_NOW: _by_open_now(),
}
