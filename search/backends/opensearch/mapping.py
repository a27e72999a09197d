"""Rows of the projection as documents of OpenSearch, and the closed mapping that they must fit. Pure.

One document of the index is one *row* of `search_offer`: one version of an offer document, there from `added` on and
until before `removed`, epochs of the projection. So both engines can be asked for the same state by the same number.

What is asked for is indexed; what only orders or counts is a doc value; what is shown is `hit`, stored as it is and
nothing else is stored. The engine's point is rounded to about a centimetre: it narrows down, and the exact doubles
(`lon`, `lat`, and the unit vector) decide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from geo.cells import PARENT_AND, parent_or
from search.backends.opensearch import ties
from search.document import Mode
from search.ranking import deal_value, rating_value
from search.results import CELL_RESOLUTION
from search.serving import modes_of

MAPPING_NUMBER = 3
"""Raised when the mapping or the making of a document changes, what `search.ranking` makes of a fact included: an index
of another number does not answer."""

MISSING_PRICE = 2**53
"""Stands in `price_rank` for no price: above any price that can be told apart."""
MISSING_RANK = -1
"""Stands in `rating_rank` and `discount_rank` for none: below any."""

_KEYWORD = {"type": "keyword"}
_ASKED_KEYWORD = {"type": "keyword", "doc_values": False}
_DOUBLE = {"type": "double"}
_VALUE = {"type": "double", "index": False}
_LONG = {"type": "long"}
_COUNTED = {"type": "long", "index": False}

PROPERTIES: Mapping[str, Mapping[str, Any]] = {
    "hit": {"type": "object", "enabled": False},
    "row": _LONG,
    "id": _ASKED_KEYWORD,
    **dict.fromkeys(ties.FIELDS, _COUNTED),
    "added": _LONG,
    "removed": _LONG,
    "content": {"type": "keyword", "index": False},
    "kind": _KEYWORD,
    "branch": _ASKED_KEYWORD,
    "modes": _ASKED_KEYWORD,
    "chain": _KEYWORD,
    "group": _KEYWORD,
    "zone": _ASKED_KEYWORD,
    "categories": _KEYWORD,
    "attributes": _KEYWORD,
    "terms": _ASKED_KEYWORD,
    "point": {"type": "geo_point"},
    "lon": _DOUBLE,
    "lat": _DOUBLE,
    "x": _VALUE,
    "y": _VALUE,
    "z": _VALUE,
    "hours_known": {"type": "boolean"},
    "open_minutes": {"type": "integer_range"},
    "price_minor": _LONG,
    "price_rank": _VALUE,
    "currency": _KEYWORD,
    "discount": _DOUBLE,
    "discount_rank": _VALUE,
    "deal_value": _VALUE,
    "rating_stars": _DOUBLE,
    "rating_rank": _VALUE,
    "rating_value": _VALUE,
    "deal_count": {"type": "integer"},
    "popularity": _VALUE,
    "listed": _VALUE,
    "valid_from": _LONG,
    "valid_until": _LONG,
    **{f"cell_{resolution}": _COUNTED for resolution in range(CELL_RESOLUTION + 1)},
}
"""By field. Times are microseconds since 1970 UTC, `listed` seconds."""

MAPPINGS: Mapping[str, Any] = {
    "dynamic": "strict",
    "_source": {"includes": ["hit"]},
    "properties": PROPERTIES,
    "_meta": {"number": MAPPING_NUMBER},
}

MAX_GROUPS = 10_000
"""The most chains that one collapsed question may find (it is the engine's own largest window)."""


def settings(*, shards: int, replicas: int) -> dict[str, Any]:
    return {
        "number_of_shards": shards,
        "number_of_replicas": replicas,
        "refresh_interval": -1,  # the follower says when: what it has followed is what can be searched
        "max_result_window": MAX_GROUPS,
        "translog.durability": "request",
    }


SELECT = """
SELECT row_id, id, added_epoch, removed_epoch, content::text, kind, branch_id::text, mode, chain_id::text, zone,
       categories, attributes, tsvector_to_array(terms), ST_X(point), ST_Y(point), x, y, z, cell, open_minutes::text,
       price_minor, currency, discount, rating_stars, deal_count, popularity,
       (extract(epoch FROM listed_at) * 1000000)::bigint,
       (extract(epoch FROM nullif(valid_from, '-infinity')) * 1000000)::bigint,
       (extract(epoch FROM nullif(valid_until, 'infinity')) * 1000000)::bigint, card
FROM search_offer JOIN search_card USING (row_id)
"""
"""Reads what `body_of` takes."""

_PART = re.compile(r"\[(-?\d+),(-?\d+)\)")
_PARENTS = tuple((f"cell_{resolution}", parent_or(resolution)) for resolution in range(CELL_RESOLUTION + 1))


@lru_cache(maxsize=10_000)
def _intervals(minutes: str) -> tuple[list[tuple[int, int]], list[dict[str, int]]]:
    """As they are shown and as they are asked for, of a multirange's text. Many shops keep the same hours."""
    parts = [(int(begin), int(end)) for begin, end in _PART.findall(minutes)]
    return parts, [{"gte": begin, "lt": end} for begin, end in parts]


def body_of(row: tuple[Any, ...]) -> dict[str, Any]:
    """The document of one row of SELECT. What is None is left out."""
    (
        row_id, id_, added, removed, content, kind, branch, mode, chain, zone, categories, attributes, terms, lon, lat,
        x, y, z, cell, minutes, price, currency, discount, stars, deal_count, popularity, listed, valid_from,
        valid_until, card,
    ) = row  # fmt: skip
    opened, open_minutes = (None, []) if minutes is None else _intervals(minutes)
    body = {
        "hit": {
            "id": id_,
            "card": card,
            "stars": stars,
            "discount": discount,
            "popularity": popularity,
            "listed": listed,
            "open": opened,
            "mode": mode,
        },
        "row": row_id,
        "id": id_,
        "added": added,
        "removed": removed,
        "content": content,
        "kind": kind,
        "branch": branch,
        "modes": sorted(modes_of(None if mode is None else Mode(mode))),
        "chain": chain,
        "group": f"{kind}:{chain}" if chain else None,
        "zone": zone,
        "categories": categories,
        "attributes": attributes,
        "terms": terms,
        "point": {"lon": lon, "lat": lat},
        "lon": lon,
        "lat": lat,
        "x": x,
        "y": y,
        "z": z,
        "hours_known": opened is not None,
        "open_minutes": open_minutes,
        "price_minor": price,
        "price_rank": MISSING_PRICE if price is None else price,
        "currency": currency,
        "discount": discount,
        "discount_rank": MISSING_RANK if discount is None else discount,
        "deal_value": deal_value(discount),
        "rating_stars": stars,
        "rating_rank": MISSING_RANK if stars is None else stars,
        "rating_value": rating_value(stars),
        "deal_count": deal_count,
        "popularity": popularity,
        "listed": listed / 1e6,
        "valid_from": valid_from,
        "valid_until": valid_until,
    }
    body = {name: value for name, value in body.items() if value is not None}
    body |= zip(ties.FIELDS, ties.ties_of(id_), strict=True)
    base = cell & PARENT_AND
    for name, parent in _PARENTS:
        body[name] = base | parent
    return body
