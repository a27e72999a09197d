"""The filters of a question as SQL conditions on `search_offer o`. Pure.

What can be asked of an index is there in the form that the index takes. A circle is only its boxes here: its exact
distance is compared once it has been measured, by `statement`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

import orjson

from geo.areas import Area
from geo.db import Fragment, around_circle, covered_by_area, distance_of_vectors, within_boxes
from geo.types import Box, Circle
from search.backends.postgis.words import tier_queries
from search.document import Kind, Mode
from search.query import OpenAt, SearchQuery, Serves

NOTHING = Fragment("FALSE", {})


def conditions(query: SearchQuery) -> Iterator[Fragment]:
    """What each document of the answer meets; all of them with *and*."""
    yield Fragment("o.valid_from <= %(as_of)s AND o.valid_until > %(as_of)s", {"as_of": query.as_of})
    if query.area is not None:
        yield _in_area(query.area)
    if query.serves is not None:
        yield _serves(query.serves, visited=query.visited)
    if query.text is not None:
        yield Fragment("o.terms @@ %(any_tier)s::tsquery", {"any_tier": tier_queries(query.text).any_tier})
    if query.kinds != frozenset(Kind):
        yield _values("o.kind = ANY(%(kinds)s)", kinds=sorted(query.kinds))
    if query.categories:
        yield _values("o.categories && %(categories)s::text[]", categories=sorted(query.categories))
    if query.attributes:
        yield _values("o.attributes @> %(attributes)s::text[]", attributes=sorted(query.attributes))
    if query.chain_id is not None:
        yield _of_chain(query.chain_id)
    if query.open_at is not None:
        yield _open_at(query.open_at)
    if query.bookable is not None:
        yield _bookable(query.bookable.ids)
    if query.has_deals is not None:
        yield Fragment("o.deal_count > 0" if query.has_deals else "o.deal_count = 0", {})
    if query.discount_min is not None:
        yield _values("o.discount >= %(discount_min)s::float8", discount_min=query.discount_min)
    if query.rating_min is not None:
        yield _values("o.rating_stars >= %(rating_min)s::float8", rating_min=query.rating_min)
    if query.price_min_minor is not None:
        yield _values("o.price_minor >= %(price_min)s", price_min=query.price_min_minor)
    if query.price_max_minor is not None:
        yield _values("o.price_minor <= %(price_max)s", price_max=query.price_max_minor)
    if query.price_min_minor is not None or query.price_max_minor is not None:
        yield _values("o.currency = %(currency)s", currency=query.currency)


def _values(sql: str, **params: Any) -> Fragment:
    return Fragment(sql, params)


def _bookable(ids: Collection[str]) -> Fragment:
    """Their branches find them, by index: far fewer rows than lie in the area. As texts, which are quick to write and
    to plan for.
    """
    branches = {each.rpartition(":")[2] for each in ids}
    return _values(
        "o.branch_id = ANY(string_to_array(%(bookable_branches)s, ',')::uuid[])"
        " AND o.id = ANY(string_to_array(%(bookable)s, ','))",
        bookable_branches=",".join(sorted(branches)),
        bookable=",".join(sorted(ids)),
    )


def _in_area(area: Circle | Box | Area) -> Fragment:
    if isinstance(area, Circle):
        return around_circle("o.point", area, name="circle")
    if isinstance(area, Box):
        return within_boxes("o.point", [area], name="box")
    return covered_by_area("o.point", area, name="area")


def _serves(serves: Serves, *, visited: Circle | None) -> Fragment:
    """In one of the modes: each is asked of an index of its own. What its own mode is, is so for a deal alone.

    As an array, `bands` find their rows by an index, however many the planner takes them for.
    """
    ways: list[str] = []
    params: dict[str, Any] = {}
    for mode in sorted(serves.modes):
        meets = f"(o.mode IS NULL OR o.mode = '{mode.value}')"
        if mode is not Mode.VISIT:
            found = f"ARRAY(SELECT b.branch_id FROM bands b WHERE b.mode = '{mode.value}')"
            ways.append(f"(o.branch_id = ANY({found}) AND {meets})")
            continue
        if visited is not None:
            near = around_circle("o.point", visited, name="visited")
            distance = distance_of_vectors("o", visited.centre, name="visited_vector")
            meets = f"({near.sql} AND {distance.sql} <= %(visited_radius)s::float8 AND {meets})"
            params |= {**near.params, **distance.params, "visited_radius": visited.radius_metres}
        ways.append(meets)
    return Fragment(f"({' OR '.join(ways)})", params) if ways else NOTHING


def _of_chain(chain_id: str) -> Fragment:
    try:
        return _values("o.chain_id = %(chain)s", chain=UUID(chain_id))
    except ValueError:
        return NOTHING


def _open_at(open_at: OpenAt) -> Fragment:
    if open_at.minute_by_zone is None:
        return (
            NOTHING if open_at.minute is None else _values("o.open_minutes @> %(minute)s::int", minute=open_at.minute)
        )
    # One look-up a row: a CASE over the 600 zones took 330 ms for 20,000 rows, this 10 ms.
    minutes = orjson.dumps(dict(open_at.minute_by_zone)).decode()
    return _values("o.open_minutes @> (%(minutes)s::jsonb ->> o.zone)::int", minutes=minutes)
