"""What a tile of a branch's areas shows: the bands without their shapes first, then what of the shapes is in the tile.

The first read is what a tag is made of, so that who has the tile already costs no geometry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from geo.area_tiles import area_tile, drawn_circle, reaches
from geo.tiles import Tile
from geo.types import Circle, Point

LAYER = "bands"

# Of a named area its row's version: it changes with every write, whoever writes. A published band never changes.
_BANDS = """
SELECT band.id, band.radius_metres, coalesce(named.xmin::text, ''), area.id, area.name, area.mode, band.rank,
  band.fee_minor, band.minimum_minor, band.currency, band.eta_min_minutes, band.eta_max_minutes
FROM listings_servicearea AS area
JOIN listings_serviceareaversion AS version ON version.area_id = area.id AND version.state = 'published'
JOIN listings_areaband AS band ON band.version_id = version.id
LEFT JOIN listings_namedarea AS named ON named.id = band.named_area_id
WHERE area.branch_id = %(branch)s AND (version.valid_from IS NULL OR version.valid_from <= %(now)s)
  AND (version.valid_until IS NULL OR version.valid_until > %(now)s)
ORDER BY area.mode, area.position, area.id, band.rank
"""

_SHAPES = """
SELECT wanted.position, coalesce(wanted.circle::geometry, band.geometry, named.geometry) AS shape, wanted.facts
FROM unnest(%(bands)s::uuid[], %(circles)s::text[], %(facts)s::jsonb[])
  WITH ORDINALITY AS wanted (band_id, circle, facts, position)
JOIN listings_areaband AS band ON band.id = wanted.band_id
LEFT JOIN listings_namedarea AS named ON named.id = band.named_area_id
"""


@dataclass(frozen=True, slots=True)
class DrawnBand:
    band_id: UUID
    circle: Circle | None
    named_area_version: str
    """Of the shape, where it is that of a named area; else empty."""
    facts: Mapping[str, Any]
    """What the tile says of it."""


def drawn_bands(branch_id: UUID, *, centre: Point | None, now: datetime) -> list[DrawnBand]:
    """Those that are published and valid, in the order in which they count. No circle without a centre. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_BANDS, {"branch": branch_id, "now": now})
        rows = cursor.fetchall()
    found = []
    for band_id, radius_metres, named_area_version, area_id, *told in rows:
        circle = None
        if radius_metres is not None:
            if centre is None:
                continue
            circle = Circle(centre, float(radius_metres))
        facts = dict(zip(_FACTS, (str(area_id), *told), strict=True))
        known = {name: value for name, value in facts.items() if value is not None}
        found.append(DrawnBand(band_id, circle, named_area_version, known))
    return found


_FACTS = (
    "area_id", "area", "mode", "rank", "fee_minor", "minimum_minor", "currency", "eta_min_minutes", "eta_max_minutes",
)  # fmt: skip


def draw(tile: Tile, bands: Sequence[DrawnBand]) -> bytes:
    """The tile. One statement, none where there is nothing to draw. TileTooDetailed."""
    near = [band for band in bands if band.circle is None or reaches(tile, band.circle)]
    if not near:
        return b""
    values = {
        "bands": [band.band_id for band in near],
        "circles": [None if band.circle is None else drawn_circle(band.circle).ewkb_hex() for band in near],
        "facts": [orjson.dumps(dict(band.facts)).decode() for band in near],
    }
    return area_tile(tile, LAYER, _SHAPES, values)
