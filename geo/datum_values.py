"""Positions within JSON values, from one datum into another. Pure: the one place where bodies and answers are turned.

A position is an object's `lat` and `lon`, its `west`, `south`, `east` and `north`, or the coordinates of a GeoJSON
geometry. Whatever is not a position of numbers on the globe is left as it is, for those to refuse who read it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from config.errors import InvalidParameter
from geo.areas import MAX_VERTICES
from geo.datum import Datum, from_wgs84, to_wgs84
from geo.types import Box, Point

_DECIMALS = 9
_CORNERS = ("west", "south", "east", "north")
_GEOMETRIES = frozenset({"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"})

Turn = Callable[[Point], Point]


def parse_datum(text: str, *, parameter: str = "datum") -> Datum:
    """wgs84, gcj02 or bd09.

    >>> parse_datum("gcj02")
    <Datum.GCJ02: 'gcj02'>
    """
    try:
        return Datum(text)
    except ValueError:
        known = ", ".join(Datum)
        raise InvalidParameter(parameter, f"{parameter} is one of {known}; got {text[:40]!a}.") from None


def into_wgs84(value: Any, datum: Datum, *, most: int | None = MAX_VERTICES) -> Any:
    """A body that was sent in `datum`. No more positions of it are turned than an area may have (`most`): one with more
    is refused for their number, or for a name that nobody reads.
    """
    return value if datum is Datum.WGS84 else _Turning(lambda point: to_wgs84(point, datum), most).value(value)


def shown_in(value: Any, datum: Datum) -> Any:
    """An answer as it is shown in `datum`."""
    return value if datum is Datum.WGS84 else _Turning(lambda point: from_wgs84(point, datum)).value(value)


def box_into_wgs84(box: Box, datum: Datum) -> Box:
    """By its corners: along its sides the shift varies, over a city by up to 35 m of GCJ-02 and 90 m of BD-09."""
    return _box(box, lambda point: to_wgs84(point, datum))


def _box(box: Box, turn: Turn) -> Box:
    south_west, north_east = turn(Point(box.west, box.south)), turn(Point(box.east, box.north))
    return Box(south_west.lon, south_west.lat, north_east.lon, north_east.lat)


class _Turning:
    """One walk through one value. `most`: positions that are turned, a box for one; None: all."""

    def __init__(self, turn: Turn, most: int | None = None) -> None:
        self._turn, self._left = turn, most

    def value(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [self.value(each) for each in value]
        if not isinstance(value, Mapping):
            return value
        kind = value.get("type")
        if isinstance(kind, str) and kind in _GEOMETRIES and isinstance(value.get("coordinates"), list | tuple):
            return {**value, "coordinates": self._coordinates(value["coordinates"])}
        turned = {name: self.value(inner) for name, inner in value.items()}
        if _is_position(value.get("lon"), value.get("lat")) and self._may_turn():
            point = self._turn(Point(value["lon"], value["lat"]))
            turned |= {"lat": round(point.lat, _DECIMALS), "lon": round(point.lon, _DECIMALS)}
        west, south, east, north = (value.get(corner) for corner in _CORNERS)
        if _is_position(west, south) and _is_position(east, north) and self._may_turn():
            box = _box(Box(west, south, east, north), self._turn)  # type: ignore[arg-type]  # numbers, as just asked
            turned |= {corner: round(getattr(box, corner), _DECIMALS) for corner in _CORNERS}
        return turned

    def _may_turn(self) -> bool:
        if self._left is not None:
            self._left -= 1
        return self._left is None or self._left >= 0

    def _coordinates(self, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return value
        if len(value) in (2, 3) and _is_position(value[0], value[1]):
            if not self._may_turn():
                return value
            point = self._turn(Point(value[0], value[1]))
            return [round(point.lon, _DECIMALS), round(point.lat, _DECIMALS), *value[2:]]
        return [self._coordinates(each) for each in value]


def _is_position(lon: object, lat: object) -> bool:
    """Numbers on the globe."""
    for number, most in ((lon, 180), (lat, 90)):
        if not isinstance(number, int | float) or isinstance(number, bool) or not -most <= number <= most:
            return False
    return True
