"""Land and sea from coastlines. Pure.

OpenStreetMap draws a coastline with the land on its left (wiki.openstreetmap.org/wiki/Tag:natural=coastline). Within
the box of an extract the lines cut the box into faces, and each face is land or sea by the side on which it lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import hypot

import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

_STEP_DEGREES = 1e-6


def land_and_water(
    coasts: Sequence[BaseGeometry], *, box: tuple[float, float, float, float]
) -> Iterator[tuple[str, BaseGeometry]]:
    """`("land", polygon)` and `("water", polygon)` that together are the box (west, south, east, north).

    All land where there is no coast.
    """
    frame = shapely.box(*box)
    lines = [
        _to_the_frame(line, frame) for line in _lines(shapely.line_merge(shapely.union_all(coasts), directed=True))
    ]
    lines = [part for line in lines for part in _lines(line.intersection(frame))]
    if not lines:
        yield "land", frame
        return
    for face in shapely.get_parts(shapely.polygonize([shapely.unary_union([frame.exterior, *lines])])):
        yield ("land" if _is_land(face, lines) else "water"), face


def _to_the_frame(line: LineString, frame: BaseGeometry) -> LineString:
    """An open coast drawn on, straight, to the nearest edge: an extract ends at its last node, short of its own box."""
    if line.is_closed:
        return line
    first, *_, last = line.coords
    (before, _), (after, _) = (shapely.shortest_line(frame.exterior, Point(end)).coords for end in (first, last))
    return LineString([before, *line.coords, after])


def _lines(geometry: BaseGeometry) -> Iterable[LineString]:
    return [part for part in shapely.get_parts(geometry) if isinstance(part, LineString) and part.length > 0]


def _is_land(face: BaseGeometry, lines: Sequence[LineString]) -> bool:
    """By the first stretch of coast that has the face on one of its sides; a face that touches none is land."""
    for line in lines:
        corners = list(line.coords)
        for (x1, y1), (x2, y2) in pairwise(corners):
            length = hypot(x2 - x1, y2 - y1)
            if length == 0:
                continue
            across_x, across_y = -(y2 - y1) / length * _STEP_DEGREES, (x2 - x1) / length * _STEP_DEGREES
            middle_x, middle_y = (x1 + x2) / 2, (y1 + y2) / 2
            if face.contains(Point(middle_x + across_x, middle_y + across_y)):
                return True
            if face.contains(Point(middle_x - across_x, middle_y - across_y)):
                return False
    return True
