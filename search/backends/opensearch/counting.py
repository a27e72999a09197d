"""Facets as aggregations, and their answers as counts. Pure. The keys are those of search.results.

Every count is exact: a terms aggregation is asked for more values than there may be, and an answer that left any out is
refused (`Inexact`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from search.query import Facet
from search.results import DISCOUNT_STEPS_PERCENT, PRICE_STEPS_MINOR, RATING_STEPS

Clause = dict[str, Any]

MAX_VALUES = 10_000
"""The most values of one facet: slugs of categories, names of attributes, currencies."""


class Inexact(RuntimeError):
    """The engine left something out of a count. The other engine has to answer."""


@dataclass(frozen=True, slots=True)
class Counting:
    aggregation: Callable[[int], Clause]
    """Given the minute of asking."""
    read: Callable[[Mapping[str, Any]], dict[str, int]]


def _terms(name: str) -> Counting:
    return Counting(lambda _: {"terms": {"field": name, "size": MAX_VALUES}}, _by_key)


def _by_key(answer: Mapping[str, Any]) -> dict[str, int]:
    return {str(bucket["key"]): bucket["doc_count"] for bucket in complete(answer)}


def complete(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The buckets of a terms aggregation. Raises Inexact when some are not among them."""
    if answer["sum_other_doc_count"] or answer["doc_count_error_upper_bound"]:
        raise Inexact("a facet has more values than are counted")
    buckets: list[Mapping[str, Any]] = answer["buckets"]
    return buckets


def _at_least(name: str, steps: Mapping[str, float]) -> Counting:
    ranges = [{"key": key, "from": step} for key, step in steps.items()]
    return Counting(lambda _: {"range": {"field": name, "ranges": ranges}}, _filled)


def _filled(answer: Mapping[str, Any]) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in answer["buckets"] if bucket["doc_count"]}


def _by_price_band() -> Counting:
    ends = [*PRICE_STEPS_MINOR[1:], None]
    ranges = [
        {"key": str(begin), "from": begin, **({} if end is None else {"to": end})}
        for begin, end in zip(PRICE_STEPS_MINOR, ends, strict=True)
    ]
    bands: Clause = {"bands": {"range": {"field": "price_minor", "ranges": ranges}}}

    def read(answer: Mapping[str, Any]) -> dict[str, int]:
        return {
            f"{bucket['key']}:{band}": count
            for bucket in complete(answer)
            for band, count in _filled(bucket["bands"]).items()
        }

    return Counting(lambda _: {"terms": {"field": "currency", "size": MAX_VALUES}, "aggs": bands}, read)


def _by_open_now() -> Counting:
    known: Clause = {"term": {"hours_known": True}}

    def aggregation(minute: int) -> Clause:
        opened: Clause = {"term": {"open_minutes": minute}}
        return {
            "filters": {
                "filters": {
                    "true": opened,
                    "false": {"bool": {"filter": [known], "must_not": [opened]}},
                    "unknown": {"bool": {"must_not": [known]}},
                }
            }
        }

    def read(answer: Mapping[str, Any]) -> dict[str, int]:
        return {key: bucket["doc_count"] for key, bucket in answer["buckets"].items() if bucket["doc_count"]}

    return Counting(aggregation, read)


COUNTING: Mapping[Facet, Counting] = {
    Facet.KIND: _terms("kind"),
    Facet.CATEGORY: _terms("categories"),
    Facet.RATING: _at_least("rating_stars", {f"{step:.1f}": step for step in RATING_STEPS}),
    Facet.PRICE: _by_price_band(),
    Facet.DISCOUNT: _at_least("discount", {str(step): step / 100 for step in DISCOUNT_STEPS_PERCENT}),
    Facet.ATTRIBUTE: _terms("attributes"),
    Facet.OPEN_NOW: _by_open_now(),
}
