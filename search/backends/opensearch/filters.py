"""The filters of a question as clauses. Pure. What nearly everything meets is said by excluding the few that do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from geo.areas import Area
from geo.types import Box, Circle
from search.backends.opensearch import measuring
from search.document import Kind, Mode
from search.query import OpenAt, SearchQuery, Serves

Clause = dict[str, Any]

NOTHING: Clause = {"match_none": {}}

MARGIN_METRES = 0.5
"""More than the engine's own point and its arithmetic are off: beyond it, its word is taken."""
MARGIN_DEGREES = 1e-6

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Filters:
    """What each document of the answer meets, and what none of them does."""

    must: list[Clause] = field(default_factory=list)
    must_not: list[Clause] = field(default_factory=list)


def filters(query: SearchQuery, *, epoch: int) -> Filters:
    as_of = (query.as_of - _EPOCH) // timedelta(microseconds=1)
    return Filters(
        must=list(_conditions(query)),
        must_not=[
            {"range": {"added": {"gt": epoch}}},
            {"range": {"removed": {"lte": epoch}}},
            {"range": {"valid_from": {"gt": as_of}}},
            {"range": {"valid_until": {"lte": as_of}}},
        ],
    )


def _conditions(query: SearchQuery) -> Iterator[Clause]:
    if query.area is not None:
        yield _in_area(query.area)
    if query.serves is not None:
        yield _serves(query.serves, visited=query.visited)
    if query.kinds != frozenset(Kind):
        yield _any_of("kind", sorted(query.kinds))
    if query.categories:
        yield _any_of("categories", sorted(query.categories))
    for attribute in sorted(query.attributes):
        yield {"term": {"attributes": attribute}}
    if query.chain_id is not None:
        yield _of_chain(query.chain_id)
    if query.open_at is not None:
        yield _open_at(query.open_at)
    if query.bookable is not None:
        yield _any_of("id", sorted(query.bookable.ids))
    if query.has_deals is not None:
        yield {"range": {"deal_count": {"gt": 0} if query.has_deals else {"lte": 0}}}
    if query.discount_min is not None:
        yield {"range": {"discount": {"gte": query.discount_min}}}
    if query.rating_min is not None:
        yield {"range": {"rating_stars": {"gte": query.rating_min}}}
    if query.price_min_minor is not None:
        yield {"range": {"price_minor": {"gte": query.price_min_minor}}}
    if query.price_max_minor is not None:
        yield {"range": {"price_minor": {"lte": query.price_max_minor}}}
    if query.price_min_minor is not None or query.price_max_minor is not None:
        yield NOTHING if query.currency is None else {"term": {"currency": query.currency}}


def _any_of(name: str, values: list[Any]) -> Clause:
    return {"terms": {name: values}}


def _in_area(area: Circle | Box | Area) -> Clause:
    if isinstance(area, Circle):
        return _in_circle(area)
    if isinstance(area, Box):
        return _either([_in_box(half) for half in area.halves()])
    near = [_near_box(half) for half in area.box.halves()]
    return {"bool": {"filter": [_either(near), {"script": {"script": _covers(area)}}]}}


def _in_circle(circle: Circle) -> Clause:
    where = {"lat": circle.centre.lat, "lon": circle.centre.lon}
    reach_metres = circle.radius_metres * (1 + 1e-9) + MARGIN_METRES
    about = {"geo_distance": {"distance": f"{reach_metres!r}m", "point": where}}
    exactly = {"script": {"script": measuring.within(circle.centre, circle.radius_metres)}}
    return {"bool": {"filter": [about, exactly]}}


def _in_box(box: Box) -> Clause:
    edges = [
        {"range": {"lon": {"gte": box.west, "lte": box.east}}},
        {"range": {"lat": {"gte": box.south, "lte": box.north}}},
    ]
    return {"bool": {"filter": [_near_box(box), *edges]}}


def _near_box(box: Box) -> Clause:
    corners = {
        "top": min(90.0, box.north + MARGIN_DEGREES),
        "left": max(-180.0, box.west - MARGIN_DEGREES),
        "bottom": max(-90.0, box.south - MARGIN_DEGREES),
        "right": min(180.0, box.east + MARGIN_DEGREES),
    }
    return {"geo_bounding_box": {"point": corners}}


# A ray to the east, edge by edge; a point on an edge belongs. `rings` holds x, y, x, y … of each closed ring.
_COVERS = """
double px = doc['lon'].value;
double py = doc['lat'].value;
boolean inside = false;
for (List ring : params.rings) {
  double ax = ring[0];
  double ay = ring[1];
  int size = ring.size();
  for (int at = 2; at < size; at += 2) {
    double bx = ring[at];
    double by = ring[at + 1];
    if ((ay > py) != (by > py) || ay == py || by == py) {
      double side = (bx - ax) * (py - ay) - (by - ay) * (px - ax);
      if (side == 0 && Math.min(ax, bx) <= px && px <= Math.max(ax, bx)
          && Math.min(ay, by) <= py && py <= Math.max(ay, by)) {
        return true;
      }
      if ((ay > py) != (by > py) && (side > 0) == (by < ay)) {
        inside = !inside;
      }
    }
    ax = bx;
    ay = by;
  }
}
return inside;
"""


def _covers(area: Area) -> Clause:
    rings = [
        [float(number) for position in ring for number in position] for polygon in area.polygons for ring in polygon
    ]
    return {"lang": "painless", "source": _COVERS, "params": {"rings": rings}}


def _serves(serves: Serves, *, visited: Circle | None) -> Clause:
    ways: list[Clause] = []
    for mode in sorted(serves.modes):
        meets: list[Clause] = [{"term": {"modes": mode.value}}]
        if mode is not Mode.VISIT:
            if not (branches := serves.found.get(mode)):
                continue
            meets.append(_any_of("branch", [str(branch) for branch in branches]))
        elif visited is not None:
            meets.append(_in_circle(visited))
        ways.append({"bool": {"filter": meets}})
    return _either(ways) if ways else NOTHING


def _of_chain(chain_id: str) -> Clause:
    try:
        return {"term": {"chain": str(UUID(chain_id))}}
    except ValueError:
        return NOTHING


def _open_at(open_at: OpenAt) -> Clause:
    if open_at.minute_by_zone is None:
        return NOTHING if open_at.minute is None else {"term": {"open_minutes": open_at.minute}}
    by_minute: dict[int, list[str]] = {}
    for zone, minute in sorted(open_at.minute_by_zone.items()):
        by_minute.setdefault(minute, []).append(zone)
    if not by_minute:
        return NOTHING
    return _either(
        [
            {"bool": {"filter": [_any_of("zone", zones), {"term": {"open_minutes": minute}}]}}
            for minute, zones in by_minute.items()
        ]
    )


def _either(clauses: list[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": clauses, "minimum_should_match": 1}}
