"""Points with facts into a vector tile (Mapbox Vector Tile 2.1), by PostGIS, whoever found them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.db import connection

from geo.base_tiles import BUFFER, EXTENT
from geo.tiles import Tile
from geo.types import Point

_LAYER = """
SELECT ST_AsMVT(pinned, %({name})s, %(extent)s, 'shape') FROM (
  SELECT ST_AsMVTGeom(
      ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 3857),
      ST_TileEnvelope(%(z)s, %(x)s, %(y)s), %(extent)s, %(buffer)s
    ) AS shape, facts
  FROM unnest(%({name}_lon)s::float8[], %({name}_lat)s::float8[], %({name}_facts)s::jsonb[]) AS given (lon, lat, facts)
) AS pinned WHERE shape IS NOT NULL
"""


def point_tile(tile: Tile, layers: Mapping[str, Iterable[tuple[Point, Mapping[str, Any]]]]) -> bytes:
    """The tile's bytes: a source layer for each name, its points in the order given, facts as properties.

    Facts are text, numbers and booleans. A point beyond the tile and its margin is left out. One statement.
    """
    values: dict[str, Any] = {"z": tile.z, "x": tile.x, "y": tile.y, "extent": EXTENT, "buffer": BUFFER}
    cuts = []
    for number, (layer, points) in enumerate(layers.items()):
        given, name = list(points), f"layer_{number}"
        values[name] = layer
        values[f"{name}_lon"] = [point.lon for point, _ in given]
        values[f"{name}_lat"] = [point.lat for point, _ in given]
        values[f"{name}_facts"] = [orjson.dumps(dict(facts)).decode() for _, facts in given]
        cuts.append(f"coalesce(({_LAYER.replace('{name}', name)}), '')")
    with connection.cursor() as cursor:
        cursor.execute(" ".join(["SELECT", " || ".join(cuts)]), values)
        (cut,) = cursor.fetchone()
    return bytes(cut)
