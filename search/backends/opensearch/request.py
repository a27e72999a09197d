"""A question compiled to the bodies of requests. Pure. Only the clauses written here and in its parts are ever sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search.backends.opensearch.counting import COUNTING
from search.backends.opensearch.filters import filters
from search.backends.opensearch.mapping import MAX_GROUPS
from search.backends.opensearch.ordering import sort_of, values_of
from search.backends.opensearch.words import tiers
from search.query import SearchQuery
from search.results import SortKey

Body = dict[str, Any]

CELLS_AT_ONCE = 10_000


def page(query: SearchQuery, *, epoch: int, after: SortKey | None, best: Sequence[int] | None, timeout_ms: int) -> Body:
    """The first `limit` + 1 hits behind `after`, the exact total, the facets. `best`: see `best_of_chains`."""
    body: Body = {
        "query": _matching(query, epoch=epoch, best=best),
        "sort": sort_of(query),
        "size": query.limit + 1,
        "track_total_hits": True,
        "track_scores": query.text is not None,
        "timeout": f"{timeout_ms}ms",
    }
    if after is not None:
        body["search_after"] = values_of(query, after)
    if query.facets:
        body["aggs"] = {facet.value: COUNTING[facet].aggregation(query.as_of_minute) for facet in sorted(query.facets)}
    return body


def best_of_chains(query: SearchQuery, *, epoch: int, timeout_ms: int) -> Body:
    """The best-ranked row of each (chain, kind) that matches, as `fields.row`; of MAX_GROUPS there may be more.

    The engine's own collapse neither pages by key nor counts its groups: so it is asked for the best of each chain
    first, and the question then goes over those and what has no chain.
    """
    body = page(query, epoch=epoch, after=None, best=None, timeout_ms=timeout_ms)
    body["query"]["bool"]["filter"].append({"exists": {"field": "group"}})
    body |= {"size": MAX_GROUPS, "collapse": {"field": "group"}, "_source": False, "docvalue_fields": ["row"]}
    body["track_total_hits"] = False
    body.pop("aggs", None)
    return body


def clusters(
    query: SearchQuery,
    *,
    epoch: int,
    resolution: int,
    best: Sequence[int] | None,
    after: Mapping[str, Any] | None,
    timeout_ms: int,
) -> Body:
    """Cells in order, with the sums of the unit vectors in them; `after` the last cell of the part before."""
    composite: Body = {"size": CELLS_AT_ONCE, "sources": [{"cell": {"terms": {"field": f"cell_{resolution}"}}}]}
    if after is not None:
        composite["after"] = after
    return {
        "query": _matching(query, epoch=epoch, best=best),
        "size": 0,
        "track_total_hits": False,
        "timeout": f"{timeout_ms}ms",
        "aggs": {"cells": {"composite": composite, "aggs": {axis: {"sum": {"field": axis}} for axis in "xyz"}}},
    }


def _matching(query: SearchQuery, *, epoch: int, best: Sequence[int] | None) -> Body:
    parts = filters(query, epoch=epoch)
    if best is not None:
        alone: Body = {"bool": {"must_not": [{"exists": {"field": "group"}}]}}
        chosen: Body = {"terms": {"row": list(best)}}
        parts.must.append({"bool": {"should": [alone, chosen], "minimum_should_match": 1}} if best else alone)
    body: Body = {"filter": parts.must, "must_not": parts.must_not}
    if query.text is not None:
        body["must"] = [tiers(query.text)]
    return {"bool": body}
