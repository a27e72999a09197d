"""Which published bands of a chain, or of a merchant, cover a point: asked of the live tables, so right at once.

Truth is `ST_Covers` on the stored shape and the great-circle distance for a radius (docs/service-areas.md). Drawn and
named shapes are found by their spatial indexes; radii up to 10 km by that of the branches, wider ones by an index of
their own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from geo.db import area_covers_point, around_circle, within_circle
from geo.distance import distance_metres
from geo.types import Circle, Point
from listings.areas.bands import CoveringBand, Neighbour, Owner
from listings.areas.drafts import MAX_RADIUS_METRES
from listings.areas.models import WIDE_METRES

NEIGHBOURS_WITHIN_METRES = 50_000

_BAND = """
SELECT branch.id, branch.name, ST_X(branch.point), ST_Y(branch.point), branch.zone, branch.country,
  branch.opening_hours, branch.closed_at, area.id, area.name, area.position, version.number, version.valid_from,
  version.valid_until, version.hours, band.rank, {named}, band.fee_minor, band.minimum_minor, band.currency,
  band.eta_min_minutes, band.eta_max_minutes
FROM listings_branch AS branch
JOIN listings_servicearea AS area ON area.branch_id = branch.id AND area.mode = %(mode)s
JOIN listings_serviceareaversion AS version ON version.area_id = area.id AND version.state = 'published'
JOIN listings_areaband AS band ON band.version_id = version.id
{join}
WHERE branch.{owner} = %(owner)s AND {covers} AND (branch.home_point IS NULL OR branch.position_until > %(now)s)
"""
_NAMED = "JOIN listings_namedarea AS named ON named.id = band.named_area_id"
# ST_DistanceSphere is what decides for a radius everywhere else too; the box asks the index of the branches.
_RADIUS = "band.radius_metres {which} AND {near} AND ST_DistanceSphere(branch.point, {point}) <= band.radius_metres"

_NEIGHBOURS = """
SELECT near.id, near.name, near.lon, near.lat, EXISTS (
  SELECT FROM listings_servicearea AS area
  JOIN listings_serviceareaversion AS version ON version.area_id = area.id AND version.state = 'published'
  WHERE area.branch_id = near.id AND area.mode = %(mode)s)
FROM (
  SELECT branch.id, branch.name, ST_X(branch.point) AS lon, ST_Y(branch.point) AS lat, {metres} AS metres
  FROM listings_branch AS branch
  WHERE branch.{owner} = %(owner)s AND branch.id <> ALL(%(besides)s) AND {near}
    AND (branch.closed_at IS NULL OR branch.closed_at > %(at)s)
    AND (branch.home_point IS NULL OR branch.position_until > %(now)s)
  ORDER BY metres, branch.id LIMIT %(limit)s
) AS near ORDER BY near.metres, near.id
"""


def covering_bands(owner: Owner, point: Point, *, mode: str, now: datetime) -> list[CoveringBand]:
    """All that cover the point whenever they hold, in no order; none of a mobile branch that tells no position now.

    One query.
    """
    drawn = area_covers_point("band.geometry", point, name="at")
    named = area_covers_point("named.geometry", point, name="at")
    close = around_circle("branch.point", Circle(point, WIDE_METRES), name="close")
    far = around_circle("branch.point", Circle(point, MAX_RADIUS_METRES), name="far")
    at = "ST_SetSRID(ST_MakePoint(%(at_lon)s, %(at_lat)s), 4326)"
    own = {"owner": owner.column, "named": "NULL", "join": ""}
    arms = [
        _BAND.format(**own, covers=drawn.sql),
        _BAND.format(owner=owner.column, named="named.name", join=_NAMED, covers=named.sql),
        _BAND.format(**own, covers=_RADIUS.format(which=f"<= {WIDE_METRES}", near=close.sql, point=at)),
        _BAND.format(**own, covers=_RADIUS.format(which=f"> {WIDE_METRES}", near=far.sql, point=at)),
    ]
    params: dict[str, Any] = {**drawn.params, **close.params, **far.params, "owner": owner.id, "mode": mode, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(arms), params)
        rows = cursor.fetchall()
    return [CoveringBand(id_, name, Point(lon, lat), *rest) for id_, name, lon, lat, *rest in rows]


def neighbours(
    owner: Owner, point: Point, *, mode: str, at: datetime, besides: list[UUID], limit: int, now: datetime
) -> list[Neighbour]:
    """The nearest branches within 50 km, but for `besides` and those closed for good by `at`. One query."""
    near = within_circle("branch.point", Circle(point, NEIGHBOURS_WITHIN_METRES), name="near")
    metres = "ST_DistanceSphere(branch.point, ST_SetSRID(ST_MakePoint(%(near_lon)s, %(near_lat)s), 4326))"
    sql = _NEIGHBOURS.format(owner=owner.column, near=near.sql, metres=metres)
    params = {**near.params, "owner": owner.id, "mode": mode, "at": at, "besides": besides, "limit": limit, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    return [
        Neighbour(id_, name, distance_metres(Point(lon, lat), point), has_area)
        for id_, name, lon, lat, has_area in rows
    ]
