"""Fill the base map from an OpenStreetMap extract (PBF)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import orjson
import osmium
import shapely
from django.db import connection, transaction
from osmium.osm import Area, Node, Way
from shapely.geometry.base import BaseGeometry

from geo.base_features import Drawn, drawn_area, drawn_label, drawn_line, names_of
from geo.coastline import land_and_water
from geo.models import BaseFeature

Row = tuple[Drawn, str, dict[str, str], bytes]
"""How it is drawn, its name, its names by language, and its shape as WKB in degrees."""


_STAGE = (
    "DROP TABLE IF EXISTS pg_temp.base_feature_import;"
    "CREATE TEMP TABLE base_feature_import (layer text, kind text, name text, names jsonb, min_zoom int, rank int,"
    " shape geometry) ON COMMIT DROP"
)
_INTO_STAGE = "COPY base_feature_import (layer, kind, name, names, min_zoom, rank, shape) FROM STDIN"
# Web Mercator ends at 85.05 degrees.
_FROM_STAGE = (
    "INSERT INTO geo_basefeature (source, layer, kind, name, names, min_zoom, rank, shape)"
    " SELECT %s, layer, kind, name, names, min_zoom, rank,"
    "  ST_Transform(ST_ClipByBox2D(ST_SetSRID(shape, 4326), ST_MakeEnvelope(-180, -85, 180, 85, 4326)), 3857)"
    " FROM base_feature_import"
)


def import_base_map(*, path: Path, source: str) -> int:
    """Replace the features of `source` by those of the file, in one transaction; how many there are now."""
    count = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(_INTO_STAGE) as copy:
            for drawn, name, names, wkb in _rows(path):
                names_json = orjson.dumps(names).decode()
                copy.write_row((drawn.layer, drawn.kind, name, names_json, drawn.min_zoom, drawn.rank, wkb.hex()))
                count += 1
        cursor.execute("DELETE FROM geo_basefeature WHERE source = %s", [source])
        cursor.execute(_FROM_STAGE, [source])
    return count


def is_drawn(*, source: str) -> bool:
    """Whether the base map has anything of the source."""
    return BaseFeature.objects.filter(source=source).exists()


def _rows(path: Path) -> Iterator[Row]:
    areas = osmium.geom.WKBFactory()
    coasts: list[BaseGeometry] = []
    west, south, east, north = 180.0, 90.0, -180.0, -90.0
    for thing in osmium.FileProcessor(path).with_areas():
        tags = dict(thing.tags)
        if isinstance(thing, Node):
            west, east = min(west, thing.lon), max(east, thing.lon)
            south, north = min(south, thing.lat), max(north, thing.lat)
            if label := drawn_label(tags):
                yield label, *names_of(tags), shapely.to_wkb(shapely.Point(thing.lon, thing.lat))
        elif isinstance(thing, Way):
            is_coast, line = tags.get("natural") == "coastline", drawn_line(tags)
            for stretch in _stretches(thing) if is_coast or line else ():
                if is_coast:
                    coasts.append(stretch)
                if line:
                    yield line, *names_of(tags), shapely.to_wkb(stretch)
        elif isinstance(thing, Area) and (area := drawn_area(tags)):
            with suppress(osmium.InvalidLocationError):  # it reaches beyond the extract: its outline is not known
                yield area, *names_of(tags), bytes.fromhex(areas.create_multipolygon(thing))
    if west < east:
        for kind, face in land_and_water(coasts, box=(west, south, east, north)):
            yield Drawn(kind, kind, 0), "", {}, shapely.to_wkb(face)


def _stretches(way: Way) -> Iterator[BaseGeometry]:
    """The parts of a way whose nodes are in the extract, in its direction."""
    for known, nodes in groupby(way.nodes, key=lambda node: node.location.valid()):
        corners = [(node.lon, node.lat) for node in nodes] if known else []
        if len(corners) > 1:
            yield shapely.LineString(corners)
