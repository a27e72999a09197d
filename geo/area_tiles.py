"""Areas with facts into a vector tile (Mapbox Vector Tile 2.1), by PostGIS, whoever found them.

What a tile costs is what it shows. A shape whose box misses the tile is not read. One that meets it is cut to the tile
in degrees, thinned to the tile's own unit, and only then projected and drawn: projecting is what costs, and of 5,000
corners a tile of a city shows some hundred. A tile wholly inside a shape is cut to a square of four corners.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import asin, atan2, cos, degrees, pi, radians, sin
from typing import Any

from django.db import connection

from config.errors import CodedError
from geo.areas import Area, InvalidArea, area_from_box, area_from_rings
from geo.base_tiles import BUFFER, EXTENT
from geo.distance import EARTH_RADIUS_METRES
from geo.lattice import circle_box
from geo.tiles import MAX_LATITUDE, Tile, tile_box
from geo.types import Box, Circle

CIRCLE_CORNERS = 128
MAX_DRAWN_CORNERS = 30_000
"""Of all shapes of a tile together, once they are cut to it and thinned. 100,000 corners of borders are some 5,000."""
CIRCLES_KEPT = 1_000
_MERCATOR_LATITUDE = 85.06
_MARGIN = 2 * BUFFER / EXTENT

# Cut in degrees first: nothing of a shape that goes on to a pole reaches the projection, which has no place for it.
# ST_RemoveRepeatedPoints is linear, ST_Simplify may be quadratic: so it is given what the first has left.
_TILE = """
WITH tile AS (
  SELECT ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326) AS box
), thin AS MATERIALIZED (
  SELECT given.position, given.facts, ST_Simplify(
      ST_RemoveRepeatedPoints(ST_ClipByBox2D(given.shape, tile.box::box2d), %(unit)s / 2), %(unit)s
    ) AS shape
  FROM tile, ({given}) AS given WHERE given.shape && tile.box
), counted AS (
  SELECT coalesce(sum(ST_NPoints(shape)), 0) AS corners FROM thin
)
SELECT corners, CASE WHEN corners <= %(limit)s THEN (
  SELECT ST_AsMVT(cut, %(layer)s, %(extent)s, 'shape') FROM (
    SELECT ST_AsMVTGeom(
        ST_Transform(shape, 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), %(extent)s, %(buffer)s
      ) AS shape, facts
    FROM thin ORDER BY position
  ) AS cut WHERE shape IS NOT NULL
) END FROM counted
"""


class TileTooDetailed(CodedError):
    """Even at its resolution the tile would show more than `limit` corners: ask for tiles of a higher zoom."""

    code = "tile_too_detailed"
    status = 422
    title = "The tile has more to show than is drawn"


def area_tile(tile: Tile, layer: str, given: str, values: Mapping[str, Any]) -> bytes:
    """The tile's bytes: one source layer, its areas by position, facts as properties. One statement.

    `given` is SQL for rows of (position, shape geometry(4326), facts jsonb) with `values` for its placeholders; it
    should hand on stored shapes as they are, so that those beyond the tile are told by their boxes alone. Facts are
    text, numbers and booleans. Without areas in the tile and its margin it is empty. TileTooDetailed.
    """
    box = _with_margin(tile)
    lat = min(MAX_LATITUDE, max(abs(box.south), abs(box.north)))
    width = 360 / 2**tile.z
    own: dict[str, Any] = {
        "z": tile.z, "x": tile.x, "y": tile.y, "extent": EXTENT, "buffer": BUFFER, "layer": layer,
        "west": box.west, "south": box.south, "east": box.east, "north": box.north,
        "unit": width / EXTENT * cos(radians(lat)), "limit": MAX_DRAWN_CORNERS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TILE.replace("{given}", given), {**values, **own})
        corners, cut = cursor.fetchone()
    if corners > MAX_DRAWN_CORNERS:
        raise TileTooDetailed(
            f"It would show {corners} corners; at most {MAX_DRAWN_CORNERS} are drawn. Ask for a higher zoom.",
            limit=MAX_DRAWN_CORNERS,
        )
    return bytes(cut or b"")


def reaches(tile: Tile, circle: Circle) -> bool:
    """The box round the circle meets the tile or its margin: else there is nothing of it to draw."""
    box = _with_margin(tile)
    return any(
        half.west <= box.east and half.east >= box.west and half.south <= box.north and half.north >= box.south
        for half in circle_box(circle).halves()
    )


def _with_margin(tile: Tile) -> Box:
    box = tile_box(tile)
    across, up = ((box.east - box.west) * _MARGIN, (box.north - box.south) * _MARGIN)
    return Box(
        max(-180.0, box.west - across),
        max(-_MERCATOR_LATITUDE, box.south - up),
        min(180.0, box.east + across),
        min(_MERCATOR_LATITUDE, box.north + up),
    )


@lru_cache(maxsize=CIRCLES_KEPT)
def drawn_circle(circle: Circle) -> Area:
    """The circle as an area of 128 corners at its great-circle radius; the box round it where it holds a pole.

    For pictures: who is inside is decided by the distance.
    """
    angle, lat = circle.radius_metres / EARTH_RADIUS_METRES, radians(circle.centre.lat)
    ring = []
    for corner in range(CIRCLE_CORNERS):
        bearing = 2 * pi * corner / CIRCLE_CORNERS
        to = asin(sin(lat) * cos(angle) + cos(lat) * sin(angle) * cos(bearing))
        east = atan2(sin(bearing) * sin(angle) * cos(lat), cos(angle) - sin(lat) * sin(to))
        ring.append([circle.centre.lon + degrees(east), degrees(to)])
    try:
        return area_from_rings([[[*ring, ring[0]]]])
    except InvalidArea:
        return area_from_box(circle_box(circle))
