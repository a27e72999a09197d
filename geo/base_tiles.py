"""Cut a vector tile out of the base map (Mapbox Vector Tile 2.1), one source layer for each layer of the map."""

from __future__ import annotations

from django.db import connection

from geo.models import BaseFeature
from geo.tiles import Tile

EXTENT = 4096
BUFFER = 64

# Names travel only where they are drawn, and what is smaller than a quarter of a pixel does not travel at all.
_LAYER = """
SELECT ST_AsMVT(piece, %(layer)s, {extent}, 'shape') FROM (
  SELECT kind, nullif(name, '') AS name, names ->> 'zh' AS name_zh, names ->> 'en' AS name_en, rank,
    ST_AsMVTGeom(shape, square.box, {extent}, {buffer}) AS shape
  FROM geo_basefeature, square
  WHERE layer = %(layer)s AND min_zoom <= %(z)s AND shape && square.wide
    AND (ST_Dimension(shape) < 2 OR ST_Area(shape) > square.speck)
  ORDER BY rank, id
) AS piece WHERE piece.shape IS NOT NULL
"""
_SQUARE = """
WITH square AS (
  SELECT box, ST_Expand(box, width * {buffer} / {extent}) AS wide, (width / 1024) ^ 2 AS speck
  FROM (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box, 40075016.685578488 / 2 ^ %(z)s AS width) AS tile
)
"""


def _statement() -> str:
    layers = " || ".join(
        f"coalesce(({_LAYER.replace('%(layer)s', chr(39) + layer + chr(39))}), '')"
        for layer in BaseFeature.Layer.values
    )
    return (_SQUARE + f"SELECT {layers}").format(extent=EXTENT, buffer=BUFFER)


_TILE = _statement()


def base_tile(tile: Tile) -> bytes:
    """The tile's bytes; empty where nothing is drawn."""
    with connection.cursor() as cursor:
        cursor.execute(_TILE, {"z": tile.z, "x": tile.x, "y": tile.y})
        (cut,) = cursor.fetchone()
    return bytes(cut)


def base_map_version() -> int:
    """A number that every import raises; 0 for an empty map."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM geo_basefeature")
        (version,) = cursor.fetchone()
    return int(version)
