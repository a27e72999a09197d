"""Areas with facts into a vector tile (Mapbox Vector Tile 2.1), by PostGIS, whoever found them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import asin, atan2, cos, degrees, pi, radians, sin
from typing import Any

import orjson
from django.db import connection

from geo.areas import Area, InvalidArea, area_from_box, area_from_rings
from geo.base_tiles import BUFFER, EXTENT
from geo.distance import EARTH_RADIUS_METRES
from geo.lattice import circle_box
from geo.tiles import Tile, tile_box
from geo.types import Circle

CIRCLE_CORNERS = 128
_MERCATOR_LATITUDE = 85.06
_MARGIN = 2 * BUFFER / EXTENT

# Cut in degrees first: nothing of a shape that goes on to a pole reaches the projection, which has no place for it.
_TILE = """
SELECT ST_AsMVT(cut, %(layer)s, %(extent)s, 'shape') FROM (
  SELECT ST_AsMVTGeom(
      ST_Transform(
        ST_ClipByBox2D(area::geometry, ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)::box2d), 3857
      ),
      ST_TileEnvelope(%(z)s, %(x)s, %(y)s), %(extent)s, %(buffer)s
    ) AS shape, facts
  FROM unnest(%(areas)s::text[], %(facts)s::jsonb[]) AS given (area, facts)
) AS cut WHERE shape IS NOT NULL
"""


def area_tile(tile: Tile, layer: str, areas: Iterable[tuple[Area, Mapping[str, Any]]]) -> bytes:
    """The tile's bytes: one source layer, its areas in the order given, facts as properties. One statement.

    Facts are text, numbers and booleans. An area beyond the tile and its margin is left out; without any it is empty.
    """
    given = list(areas)
    box = tile_box(tile)
    across, up = ((box.east - box.west) * _MARGIN, (box.north - box.south) * _MARGIN)
    values: dict[str, Any] = {
        "z": tile.z, "x": tile.x, "y": tile.y, "extent": EXTENT, "buffer": BUFFER, "layer": layer,
        "west": max(-180.0, box.west - across), "south": max(-_MERCATOR_LATITUDE, box.south - up),
        "east": min(180.0, box.east + across), "north": min(_MERCATOR_LATITUDE, box.north + up),
        "areas": [area.ewkb_hex() for area, _ in given],
        "facts": [orjson.dumps(dict(facts)).decode() for _, facts in given],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TILE, values)
        (cut,) = cursor.fetchone()
    return bytes(cut or b"")


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
