"""PostGIS, spelled once: the SQL by which columns of `geometry(Point, 4326)` and H3 cells are asked. Pure.

Each function returns a `Fragment`: SQL with named psycopg placeholders, and their values. The placeholders start with
`name`, so that fragments of different names go into one statement:

    near = within_circle("p.point", circle, name="near")
    cursor.execute(f"SELECT p.id FROM place p WHERE {near.sql}", near.params)

Columns are written by programmers, never by callers; anything but a plain or qualified identifier raises ValueError.

Two spellings of distance. `distance_sphere` is `ST_DistanceSphere` on a geometry; it agrees with `geo.distance` to
1e-6 m up to 100 km (tested): PostGIS takes the radius (2a + b) / 3 unrounded, 1.5e-5 m above ours, and an arctangent
where we take haversine. `distance_of_vectors`, on three columns beside the geometry (`geo.distance.unit_vector`),
needs no trigonometry but one arcsine: 0.08 µs a row, where haversine spelled in SQL takes 0.26 and ST_DistanceSphere
0.4 to 0.5 (100 000 rows, PostgreSQL 15, PostGIS 3.3, one core). It agrees to 1e-7 m up to 10 000 km.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import pi
from typing import Any

from geo.areas import SRID, Area
from geo.cells import parent_mask
from geo.distance import EARTH_RADIUS_METRES, circle_boxes, unit_vector
from geo.types import Box, Circle, Point

_COLUMN = re.compile(r'[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?|"[A-Za-z0-9_ ]+"(\."[A-Za-z0-9_ ]+")?')
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Fragment:
    """SQL with `%(name)s` placeholders, in parentheses where it is a condition, and their values."""

    sql: str
    params: Mapping[str, Any]


def point_value(point: Point, *, name: str) -> Fragment:
    """The point as geometry."""
    return Fragment(
        f"ST_SetSRID(ST_MakePoint(%({_checked_name(name)}_lon)s, %({name}_lat)s), {SRID})",
        {f"{name}_lon": point.lon, f"{name}_lat": point.lat},
    )


def distance_sphere(column: str, point: Point, *, name: str) -> Fragment:
    """Metres from the column to the point. NULL where the column is."""
    value = point_value(point, name=name)
    return Fragment(f"ST_DistanceSphere({_checked_column(column)}, {value.sql})", value.params)


def distance_of_vectors(prefix: str, point: Point, *, name: str) -> Fragment:
    """Metres from the unit vector in the columns x, y and z of the table `prefix` to the point."""
    _checked_name(name)
    x, y, z = (f"({_checked_column(f'{prefix}.{axis}')} - %({name}_{axis})s::float8)" for axis in "xyz")
    return Fragment(
        f"({2 * EARTH_RADIUS_METRES!r}::float8"
        f" * asin(least(1.0::float8, sqrt({x} * {x} + {y} * {y} + {z} * {z}) / 2)))",
        {f"{name}_{axis}": value for axis, value in zip("xyz", unit_vector(point), strict=True)},
    )


def around_circle(column: str, circle: Circle, *, name: str) -> Fragment:
    """The column is in a box around the circle, by index: to go before an exact distance that is compared elsewhere."""
    return _in_boxes(column, circle_boxes(circle), name=name, exactly=False)


def within_boxes(column: str, boxes: Iterable[Box], *, name: str) -> Fragment:
    """The column is in one of the boxes, edges included. A box across the 180th meridian counts as two."""
    return _in_boxes(column, boxes, name=name, exactly=True)


def near_boxes(column: str, boxes: Iterable[Box], *, name: str) -> Fragment:
    """The column is in one of the boxes or less than a metre outside: by the index alone, to narrow what follows."""
    return _in_boxes(column, boxes, name=name, exactly=False)


def within_circle(column: str, circle: Circle, *, name: str) -> Fragment:
    """The column is at most the radius away: boxes by index first, then the exact distance."""
    boxes = _in_boxes(column, circle_boxes(circle), name=f"{name}_box", exactly=False)
    distance = distance_sphere(column, circle.centre, name=name)
    return Fragment(
        f"({boxes.sql} AND {distance.sql} <= %({name}_radius_metres)s)",
        {**boxes.params, **distance.params, f"{name}_radius_metres": circle.radius_metres},
    )


def _in_boxes(column: str, boxes: Iterable[Box], *, name: str, exactly: bool) -> Fragment:
    """`&&` asks the index, but in single precision rounded outwards: it may let a metre of neighbours through."""
    _checked_name(name)
    _checked_column(column)
    conditions = []
    params: dict[str, float] = {}
    for index, half in enumerate(half for box in boxes for half in box.halves()):
        west, south, east, north = (f"%({name}_{index}_{edge})s" for edge in ("west", "south", "east", "north"))
        condition = f"{column} && ST_MakeEnvelope({west}, {south}, {east}, {north}, {SRID})"
        if exactly:
            condition += f" AND ST_X({column}) BETWEEN {west} AND {east} AND ST_Y({column}) BETWEEN {south} AND {north}"
        conditions.append(condition)
        edges = {"west": half.west, "south": half.south, "east": half.east, "north": half.north}
        params |= {f"{name}_{index}_{edge}": degrees for edge, degrees in edges.items()}
    return Fragment(f"({' OR '.join(conditions) or 'FALSE'})", params)


def columns_within(column: str, other: str, *, radius_metres: float) -> str:
    """Two columns are at most so far apart; `column` is the one whose index is asked. Not seen across 180°.

    For joins over short distances: the boxes are widened by a hundredth, which covers what a sphere bends within
    1 km, up to 89° of latitude.
    """
    if not 0 < radius_metres <= 1000:
        raise ValueError("columns_within is for up to 1000 m")
    degrees = radius_metres * 1.01 / (EARTH_RADIUS_METRES * pi / 180)
    wide = f"{degrees!r} / greatest(cos(radians(ST_Y({_checked_column(other)}))), 0.01)"
    return (
        f"({_checked_column(column)} && ST_Expand({other}, {wide}, {degrees!r})"
        f" AND ST_DistanceSphere({column}, {other}) <= {float(radius_metres)!r})"
    )


def area_value(area: Area, *, name: str) -> Fragment:
    """The area as geometry(MultiPolygon, 4326)."""
    return Fragment(f"%({_checked_name(name)}_ewkb)s::geometry", {f"{name}_ewkb": area.ewkb_hex()})


def covered_by_area(column: str, area: Area, *, name: str) -> Fragment:
    """The column is in the area, border included: `ST_Covers`, which uses the column's index."""
    value = area_value(area, name=name)
    return Fragment(f"ST_Covers({value.sql}, {_checked_column(column)})", value.params)


def area_covers_point(column: str, point: Point, *, name: str) -> Fragment:
    """The area in the column has the point in it, border included: the other way round, for "who serves here"."""
    value = point_value(point, name=name)
    return Fragment(f"ST_Covers({_checked_column(column)}, {value.sql})", value.params)


def parent_cell(column: str, resolution: int) -> str:
    """The parent at `resolution` of the H3 cell in a bigint column that is as fine or finer. Can be indexed.

    >>> parent_cell("d.cell", 9)
    '((d.cell & (-67553994410557441)) | 40532396646596607)'
    """
    mask_and, mask_or = parent_mask(resolution)
    return f"(({_checked_column(column)} & ({mask_and})) | {mask_or})"


def _checked_column(column: str) -> str:
    if _COLUMN.fullmatch(column) is None:
        raise ValueError(f"not a column: {column!r}")
    return column


def _checked_name(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"not a placeholder name: {name!r}")
    return name
