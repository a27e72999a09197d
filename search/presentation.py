"""Pages into plain data, ready for JSON: what a reader sees of an answer. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from config.attributions import attributions_of
from config.instants import instant_text
from config.languages import name_in
from geo.cells import cell_boundary
from search.explanation import why
from search.highlight import highlighted
from search.params import SearchRequest
from search.query import SearchQuery
from search.results import Clusters, Hit, Page
from search.serving import served_data
from search.text import TextQuery, Tier

EMPTY = Page(hits=(), total=0, epoch=0, next_after=None)
"""The answer to an impossible question."""


def page_data(
    request: SearchRequest, page: Page, *, languages: Sequence[str], next_cursor: str | None, backend: str
) -> dict[str, Any]:
    """The body of `GET /v1/search`."""
    query = request.query
    cards = [orjson.loads(hit.card) for hit in page.hits]
    return {
        "hits": [_hit(request, hit, card, languages=languages) for hit, card in zip(page.hits, cards, strict=True)],
        "total": {"value": page.total, "relation": "eq" if page.total_is_exact else "gte"},
        "facets": {facet.value: dict(page.facets.get(facet, {})) for facet in sorted(query.facets)},
        "next_cursor": next_cursor,
        "as_of": instant_text(query.as_of),
        "origin": None if query.origin is None else {"lat": query.origin.lat, "lon": query.origin.lon},
        "ranking": {
            "profile": query.ranking.profile,
            "sort": query.ranking.sort.value,
            "weights": {signal.value: round(weight, 8) for signal, weight in query.ranking.weights.items()},
            "half_distance_metres": query.ranking.half_distance_metres,
        },
        "backend": backend,
        "degraded": page.degraded,
        "attribution": _attribution(cards),
    }


def _hit(request: SearchRequest, hit: Hit, card: dict[str, Any], *, languages: Sequence[str]) -> dict[str, Any]:
    kind, *ids = hit.id.split(":")
    distance = hit.facts.distance_metres
    _say_names(card, languages)
    _say_rating(card, hit)
    shown = {
        "id": hit.id,
        "kind": kind,
        "place_id": ids[-1],
        **card,
        "distance_metres": None if distance is None else round(distance, 1),
        "open_now": hit.open_now,
        "score": round(hit.score, 6),
        "tier": None if hit.tier is Tier.NONE_ASKED else hit.tier.name.lower(),
        "serves": None if request.query.serves is None else [served_data(served) for served in hit.served],
    }
    if request.fields is not None:
        shown = {name: value for name, value in shown.items() if name in request.fields}
    if request.explain:
        count = (card.get("rating") or {}).get("count", 0)
        shown["why"] = why(request.query.ranking, hit.facts, tier=hit.tier, rating_count=count)
    if request.highlight:
        shown["highlights"] = [] if request.query.text is None else list(_highlights(request.query.text, card))
    return shown


def _highlights(text: TextQuery, card: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What is shown first, then the other names, of which a part was met."""
    deal = card.get("deal") or {}
    texts = [
        *(("deal.title", title) for title in (deal.get("title"), *(deal.get("titles") or {}).values())),
        *(("name", name) for name in (card.get("name"), *(card.get("names") or {}).values())),
        ("brand", (card.get("brand") or {}).get("name")),
    ]
    readings = card.get("readings") or {}
    for field, value in dict.fromkeys(each for each in texts if each[1]):
        parts = highlighted(value, text, syllables=readings.get(value, "").split(" "))
        if parts is not None:
            yield {
                "field": field,
                "text": value,
                "parts": [{"text": part.text, "matched": part.matched} for part in parts],
            }


def _say_names(card: dict[str, Any], languages: Sequence[str]) -> None:
    """`name`, the category's and the deal's as the reader wants them."""
    if "name" in card:
        card["name"] = name_in(card.get("names") or {}, languages, fallback=card["name"])
    category = card.get("category")
    if category:
        names = category.get("names") or {}
        category["name"] = name_in(names, (*languages, "en"), fallback=category["slug"])
    deal = card.get("deal")
    if deal:
        deal["title"] = name_in(deal.get("titles") or {}, languages, fallback=deal["title"])


def _say_rating(card: dict[str, Any], hit: Hit) -> None:
    """The rating that ranks and filters beside the plain mean."""
    rating = card.get("rating")
    if rating is not None:
        rating["weighted"] = hit.facts.rating_stars


def _attribution(cards: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    return attributions_of(card.get("source") for card in cards)


def clusters_data(
    query: SearchQuery, clusters: Clusters, *, resolution: int, boundary: bool, backend: str
) -> dict[str, Any]:
    """The body of `GET /v1/clusters`."""
    cells = []
    for each in clusters.cells:
        cell: dict[str, Any] = {
            "cell": f"{each.cell:x}",
            "count": each.count,
            "lat": round(each.lat, 7),
            "lon": round(each.lon, 7),
        }
        if boundary:
            cell["boundary"] = {
                "type": "Polygon",
                "coordinates": [[[round(lon, 7), round(lat, 7)] for lon, lat in cell_boundary(each.cell)]],
            }
        cells.append(cell)
    return {
        "cells": cells,
        "total": {"value": clusters.total, "relation": "eq"},
        "resolution": resolution,
        "as_of": instant_text(query.as_of),
        "backend": backend,
        "degraded": clusters.degraded,
    }
