"""A RankingSpec as the engine's sort, and its sort values as the keys of the protocol and back. Pure.

The keys are those of the postgis engine: equal questions have equal keys up to the last bit of an arcsine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from search.backends.base import CursorExpired
from search.backends.opensearch import measuring, ties
from search.backends.opensearch.mapping import MISSING_PRICE, MISSING_RANK
from search.backends.opensearch.words import score_of_tier, tier_of_score
from search.query import SearchQuery
from search.ranking import Sort
from search.results import SortKey

Clause = dict[str, Any]


def sort_of(query: SearchQuery) -> list[Clause]:
    """Best first; last comes the id, as numbers: no two are equal. Without an origin no distance is compared."""
    return [*_leading(query), *_distance(query), *({field: "asc"} for field in ties.FIELDS)]


def _distance(query: SearchQuery) -> list[Clause]:
    return [] if query.origin is None else [_by_script(measuring.distance(query.origin), "asc")]


def _leading(query: SearchQuery) -> list[Clause]:
    match query.ranking.sort:
        case Sort.SCORE:
            made = measuring.score(query.ranking, origin=query.origin, as_of_seconds=query.as_of.timestamp())
            by_tier: list[Clause] = [] if query.text is None else [{"_score": "desc"}]
            return [*by_tier, _by_script(made, "desc")]
        case Sort.RATING:
            return [{"rating_rank": "desc"}]
        case Sort.PRICE:
            return [{"price_rank": "asc"}]
        case Sort.DISCOUNT:
            return [{"discount_rank": "desc"}]
        case Sort.NEWEST:
            return [{"listed": "desc"}]
        case Sort.DISTANCE:
            return []


def _by_script(script: measuring.Script, order: str) -> Clause:
    return {"_script": {"type": "number", "script": script, "order": order}}


def key_of(query: SearchQuery, values: Sequence[Any], *, id_: str) -> SortKey:
    """The key of a hit with these sort values and this id."""
    taken = iter(values)
    leading: tuple[float | int, ...] = ()
    match query.ranking.sort:
        case Sort.SCORE:
            tier = 0 if query.text is None else int(tier_of_score(next(taken)))
            leading = (tier, -float(next(taken)))
        case Sort.RATING | Sort.DISCOUNT:
            rank = float(next(taken))
            leading = (1, 0.0) if rank == MISSING_RANK else (0, -rank)
        case Sort.PRICE:
            rank = float(next(taken))
            leading = (1, 0.0) if rank == MISSING_PRICE else (0, rank)
        case Sort.NEWEST:
            leading = (-float(next(taken)),)
    distance = 0.0 if query.origin is None else float(next(taken))
    return (*leading, distance, id_)


def values_of(query: SearchQuery, key: SortKey) -> list[Any]:
    """The sort values behind a key, for search_after. Raises CursorExpired for a key of another sort."""
    wanted = {Sort.DISTANCE: 0, Sort.NEWEST: 1}.get(query.ranking.sort, 2) + 2
    id_ = key[-1]
    if len(key) != wanted or any(isinstance(value, str) for value in key[:-1]) or not isinstance(id_, str):
        raise CursorExpired
    *leading, distance, _ = key
    first: list[Any] = []
    match query.ranking.sort:
        case Sort.SCORE:
            first = [-float(leading[1])]
            if query.text is not None:
                first.insert(0, score_of_tier(int(leading[0])))
        case Sort.RATING | Sort.DISCOUNT:
            first = [MISSING_RANK if leading[0] else -float(leading[1])]
        case Sort.PRICE:
            first = [MISSING_PRICE if leading[0] else float(leading[1])]
        case Sort.NEWEST:
            first = [-float(leading[0])]
    return [*first, *([] if query.origin is None else [distance]), *ties.ties_of(id_)]
