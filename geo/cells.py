"""H3 cells of points, circles and areas. Pure, and the only importer of h3.

A cell is a 64-bit integer whose top bit is zero, so that it fits PostgreSQL's signed bigint. Its bits, from the top:
1 reserved, 4 mode, 3 reserved, 4 resolution (bits 52-55), 7 base cell, and fifteen 3-bit digits, finest last, each 7
where unused (h3geo.org, "H3 Index bit layout"). So a parent is had by bits alone:

    parent = (cell & PARENT_AND) | parent_or(resolution)

which clears the resolution, writes the new one, and sets the unused digits to 7.
"""

from __future__ import annotations

from itertools import pairwise
from math import cos, degrees, hypot, pi, radians, sin, sqrt, tan
from typing import Any

import h3.api.basic_int as h3
import shapely

from config.errors import InvalidParameter
from geo.areas import Area
from geo.distance import EARTH_RADIUS_METRES, distance_metres
from geo.types import Circle, Point

FINEST = 15
MAX_CELLS = 20_000

_COARSE = 3
_POLAR_LATITUDE = 80.0
"""At these resolutions, and beyond this latitude, neighbours are taken without a closer look."""

_RESOLUTION_BIT = 52
PARENT_AND = ~(0b1111 << _RESOLUTION_BIT)
"""Negative, as SQL writes it too: -67553994410557441."""


class TooManyCells(InvalidParameter):
    """A cover would need more cells than are handled. `members['estimated_cells']` says how many."""

    code = "too_many_cells"
    title = "An area is too large for its cell size"


def point_to_cell(point: Point, resolution: int) -> int:
    return int(h3.latlng_to_cell(point.lat, point.lon, resolution))


def cell_to_parent(cell: int, resolution: int) -> int:
    """The ancestor at a coarser or equal resolution, by bits. Right for pentagons too.

    >>> hex(cell_to_parent(point_to_cell(Point(24.9384, 60.1699), 15), 9))
    '0x891126d338fffff'
    """
    return cell & PARENT_AND | parent_or(resolution)


def parent_or(resolution: int) -> int:
    """What is set to make a parent at `resolution`: its number, and every finer digit to 7."""
    return resolution << _RESOLUTION_BIT | (1 << 3 * (FINEST - resolution)) - 1


def parent_mask(resolution: int) -> tuple[int, int]:
    """(and, or): `cell & and | or` is the parent at `resolution` of any cell that is as fine or finer."""
    return PARENT_AND, parent_or(resolution)


def cell_resolution(cell: int) -> int:
    return cell >> _RESOLUTION_BIT & 0b1111


def is_cell(value: int) -> bool:
    """A well-formed cell of some resolution."""
    return 0 <= value < 1 << 63 and bool(h3.is_valid_cell(value))


def disk(cell: int) -> list[int]:
    """The cell and those that touch it: seven, round a pentagon six."""
    return [int(each) for each in h3.grid_disk(cell, 1)]


def cell_centre(cell: int) -> Point:
    lat, lon = h3.cell_to_latlng(cell)
    return Point(lon, lat)


def cell_boundary(cell: int) -> list[list[float]]:
    """A closed counter-clockwise GeoJSON ring of [lon, lat].

    Longitudes run on past ±180 where the cell crosses the 180th meridian, so that it is drawn in one piece.
    """
    ring = [[lon, lat] for lat, lon in h3.cell_to_boundary(cell)]
    for before, position in pairwise(ring):
        position[0] += 360 * round((before[0] - position[0]) / 360)
    return [*ring, ring[0][:]]


def resolution_for_zoom(zoom: float) -> int:
    """The resolution whose cells are 40 to 120 pixels from corner to corner at the equator of a web map.

    Zoom as vector maps count it, the world 512 pixels wide at zoom 0. A step of zoom halves a pixel's ground; a step of
    resolution divides a cell's edge by sqrt(7), which is 1.4037 steps of zoom.

    >>> [resolution_for_zoom(zoom) for zoom in (0, 3, 10, 12, 15, 22)]
    [0, 1, 6, 8, 10, 15]
    """
    return max(0, min(FINEST, round((zoom - 1.1) / 1.4037)))


def estimated_cells(region: Area | Circle, resolution: int) -> int:
    """About how many cells overlap the region: its area in cells, and half of what its border crosses.

    A border that folds on itself crosses the same cells many times: no part counts for more than its bounding box.
    """
    if isinstance(region, Circle):
        angle = min(pi, region.radius_metres / EARTH_RADIUS_METRES)
        extents = [(4 * pi * (EARTH_RADIUS_METRES * sin(angle / 2)) ** 2, 2 * pi * EARTH_RADIUS_METRES * sin(angle))]
        boxes = extents
        place = region.centre
    else:
        extents = [_extent(part) for part in region.geometry.geoms]
        boxes = [_extent(part.envelope) for part in region.geometry.geoms]
        place = region.box.centre
    # Cells of one resolution differ by a factor of two over the globe: measure one from there.
    cell_square_metres = h3.cell_area(point_to_cell(place, resolution), "m^2")
    # A random chord of a convex shape is pi * area / perimeter long (Cauchy-Crofton): pi / 4 of a hexagon's width.
    chord_metres = pi / 4 * sqrt(2 / sqrt(3) * cell_square_metres)

    def cells(extent: tuple[float, float]) -> float:
        square_metres, border_metres = extent
        return float(square_metres / cell_square_metres + border_metres / chord_metres / 2)

    return int(sum(min(map(cells, both)) for both in zip(extents, boxes, strict=True))) + 1


def cover(
    region: Area | Circle, resolution: int, *, parameter: str = "area", limit: int = MAX_CELLS
) -> tuple[int, ...]:
    """Every cell that overlaps the region, ascending: the cell of any point of the region is among them.

    A few cells that only come near may be among them too. Raises `TooManyCells`, before any work where the estimate
    says so.
    """
    estimate = estimated_cells(region, resolution)
    if estimate > limit:
        raise _too_many(parameter, estimate, resolution, limit)
    cells = _cover_circle(region, resolution) if isinstance(region, Circle) else _cover_area(region, resolution)
    if len(cells) > limit:
        raise _too_many(parameter, len(cells), resolution, limit)
    return tuple(sorted(cells))


def _cover_circle(circle: Circle, resolution: int) -> set[int]:
    """Flooded from the centre: a cell is in where the disc round its corners meets the circle."""
    start = point_to_cell(circle.centre, resolution)
    kept, frontier, seen = {start}, [start], {start}
    edge_metres = h3.average_hexagon_edge_length(resolution, "m")
    while frontier:
        for cell in h3.grid_disk(frontier.pop(), 1):
            if cell in seen:
                continue
            seen.add(cell)
            centre = cell_centre(cell)
            beyond = distance_metres(circle.centre, centre) - circle.radius_metres
            if beyond <= 0 or (beyond <= 2 * edge_metres and beyond <= _corner_metres(cell, centre)):
                kept.add(cell)
                frontier.append(cell)
    return kept


def _corner_metres(cell: int, centre: Point) -> float:
    return max(distance_metres(centre, Point(lon, lat)) for lat, lon in h3.cell_to_boundary(cell))


def _cover_area(area: Area, resolution: int) -> set[int]:
    """H3's overlapping cover, and the neighbours that it leaves out though a sliver of the area is theirs.

    H3 takes the edges of cells for straight in degrees, where they are great circles: the bulge between is some metres
    at resolution 5 and millimetres at 9, and points in it were missed. What is in the bulge of a cell is next to it.
    """
    cells: set[int] = set()
    for polygon in area.polygons:
        rings = [[(lat, lon) for lon, lat in ring] for ring in polygon]
        cells.update(h3.h3shape_to_cells_experimental(h3.LatLngPoly(*rings), resolution, "overlap"))
    if not cells:
        cells = {point_to_cell(Point(*ring[0]), resolution) for polygon in area.polygons for ring in polygon}
    around = {near for cell in cells for near in h3.grid_disk(cell, 1)} - cells
    cells.update(cell for cell in around if _may_overlap(area, cell, resolution))
    return cells


def _may_overlap(area: Area, cell: int, resolution: int) -> bool:
    corners = cell_boundary(cell)
    west, east = min(lon for lon, _ in corners), max(lon for lon, _ in corners)
    farthest_lat = max(abs(lat) for _, lat in corners)
    if resolution <= _COARSE or farthest_lat > _POLAR_LATITUDE or west < -180 or east > 180:
        return True
    edge = h3.average_hexagon_edge_length(resolution, "m") / EARTH_RADIUS_METRES
    bulge = degrees(edge**2 / 4 * tan(radians(farthest_lat))) + 1e-9  # the bulge is edge² / 8 · tan(lat): twice that
    hexagon = shapely.Polygon(corners).buffer(bulge, quad_segs=2)
    return bool(shapely.intersects(area.geometry, hexagon))


def _extent(part: Any) -> tuple[float, float]:
    """(square metres, metres of border) of a shapely polygon, each edge scaled at its own latitude."""
    metres_per_degree = radians(1) * EARTH_RADIUS_METRES
    border_degrees = sum(
        hypot((b[0] - a[0]) * cos(radians((a[1] + b[1]) / 2)), b[1] - a[1])
        for ring in (part.exterior, *part.interiors)
        for a, b in pairwise(ring.coords)
    )
    _, south, _, north = part.bounds
    square_degrees = part.area * cos(radians((south + north) / 2))
    return square_degrees * metres_per_degree**2, border_degrees * metres_per_degree


def _too_many(parameter: str, cells: int, resolution: int, limit: int) -> TooManyCells:
    return TooManyCells(
        parameter,
        f"{parameter} needs about {cells} cells at resolution {resolution}; at most {limit} are taken.",
        limit=f"{limit} cells",
        estimated_cells=cells,
    )
