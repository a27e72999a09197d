"""Web map tiles: z/x/y and boxes. Pure.

The square Web Mercator scheme that every map library asks for ("slippy map"; OGC 17-083r4, WebMercatorQuad): at zoom z
there are 2**z columns from 180 degrees west and 2**z rows from latitude 85.0511 north, where the square ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import asinh, atan, degrees, floor, pi, radians, sinh, tan

from config.errors import InvalidParameter
from geo.types import Box, Point

MAX_ZOOM = 22
MAX_LATITUDE = degrees(atan(sinh(pi)))
"""85.0511287798066: no tile reaches nearer to a pole."""

_WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]{0,6}")


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """0 <= x, y < 2**z; y counts from the north."""

    z: int
    x: int
    y: int


def parse_tile(z_text: str, x_text: str, y_text: str) -> Tile:
    """The tile of a path. Raises `InvalidParameter` for what is no number, a zoom above 22, or no tile of its zoom."""
    z = _whole_number(z_text, parameter="z", maximum=MAX_ZOOM)
    last = 2**z - 1
    x = _whole_number(x_text, parameter="x", maximum=last)
    return Tile(z, x, _whole_number(y_text, parameter="y", maximum=last))


def tile_box(tile: Tile) -> Box:
    """Its edges in degrees; neighbours share theirs to the last bit.

    >>> tile_box(Tile(1, 1, 0)).west, round(tile_box(Tile(1, 1, 0)).north, 4)
    (0.0, 85.0511)
    """
    count = 2**tile.z
    return Box(
        tile.x / count * 360 - 180,
        _row_latitude(tile.y + 1, count),
        (tile.x + 1) / count * 360 - 180,
        _row_latitude(tile.y, count),
    )


def point_to_tile(point: Point, zoom: int) -> Tile:
    """The tile that holds the point; one on an edge belongs to the east or south, one beyond the square to its rim.

    >>> point_to_tile(Point(24.9384, 60.1699), 10)
    Tile(z=10, x=582, y=296)
    """
    count = 2**zoom
    lat = max(-MAX_LATITUDE, min(MAX_LATITUDE, point.lat))
    x = floor((point.lon + 180) / 360 * count)
    y = floor((1 - asinh(tan(radians(lat))) / pi) / 2 * count)
    return Tile(zoom, max(0, min(count - 1, x)), max(0, min(count - 1, y)))


def _row_latitude(row: int, count: int) -> float:
    return degrees(atan(sinh(pi * (1 - 2 * row / count))))


def _whole_number(text: str, *, parameter: str, maximum: int) -> int:
    if _WHOLE_NUMBER.fullmatch(text) is None or int(text) > maximum:
        raise InvalidParameter(
            parameter, f"{parameter} must be a whole number from 0 to {maximum}.", limit=f"0 to {maximum}"
        )
    return int(text)
