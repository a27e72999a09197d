"""WGS84, and the shifted coordinates of Chinese maps: GCJ-02 and BD-09. Pure.

Map services in mainland China answer in GCJ-02 (Amap, Tencent) or in BD-09 (Baidu), up to 700 m and 1.3 km away from
WGS84. Neither is published; the series here is the one found by comparison and in common use (github.com/googollee/
eviltransform; Wikipedia, "Restrictions on geographic data in China"). A `Point` says nothing of its datum: convert at
the edge, and everything inside is WGS84.

The way back has no closed form and is found by iteration, to 1e-9 degrees. Outside mainland China, by its time zones
(`geo.zones`), all three are the same. So within a shift of the border (at most 1.3 km) a shifted position may stand for
two places, of which the one inside is taken, or for none, and then it is taken as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from math import atan2, cos, hypot, pi, radians, sin, sqrt

from geo.types import Point
from geo.zones import zone_of

_KRASOVSKY_RADIUS_METRES = 6_378_245.0
_KRASOVSKY_SQUARED_ECCENTRICITY = 0.00669342162296594323
_MAINLAND_ZONES = frozenset({"Asia/Shanghai", "Asia/Urumqi"})
_MOST_STEPS = 30
_CLOSE_DEGREES = 1e-10


class Datum(StrEnum):
    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def to_wgs84(point: Point, datum: Datum) -> Point:
    """The place of a position in `datum`."""
    if datum is Datum.WGS84:
        return point
    return gcj02_to_wgs84(point) if datum is Datum.GCJ02 else bd09_to_wgs84(point)


def from_wgs84(point: Point, datum: Datum) -> Point:
    """The position in `datum` of a place."""
    if datum is Datum.WGS84:
        return point
    return wgs84_to_gcj02(point) if datum is Datum.GCJ02 else wgs84_to_bd09(point)


def in_mainland_china(point: Point) -> bool:
    """By time zone, to within the few hundred metres to which zone borders are drawn."""
    return _is_near(point) and zone_of(point) in _MAINLAND_ZONES


def wgs84_to_gcj02(point: Point) -> Point:
    """What a Chinese map shows the place as.

    >>> wgs84_to_gcj02(Point(24.9384, 60.1699))
    Point(lon=24.9384, lat=60.1699)
    """
    return _shift_to_gcj02(point) if in_mainland_china(point) else point


def gcj02_to_wgs84(point: Point) -> Point:
    """The place that a Chinese map shows there. Within a shift of the border, the place inside is preferred."""
    return _place_inside(point, lambda shifted: _undo(_shift_to_gcj02, shifted))


def wgs84_to_bd09(point: Point) -> Point:
    return _shift_to_bd09(_shift_to_gcj02(point)) if in_mainland_china(point) else point


def bd09_to_wgs84(point: Point) -> Point:
    return _place_inside(point, lambda shifted: _undo(_shift_to_gcj02, _undo(_shift_to_bd09, shifted)))


def _is_near(point: Point) -> bool:
    """In the rectangle outside which nothing is shifted, nor the series made for."""
    return 72 < point.lon < 137 and 3 < point.lat < 55


def _place_inside(point: Point, undo: Callable[[Point], Point]) -> Point:
    if not _is_near(point):
        return point
    place = undo(point)
    return place if in_mainland_china(place) else point


def _shift_to_gcj02(point: Point) -> Point:
    x, y = point.lon - 105, point.lat - 35
    # The same ripple of 6 and 2 cycles per degree runs along both axes.
    ripple = (20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)) * 2 / 3
    root = sqrt(abs(x))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20 * sin(pi * y) + 40 * sin(pi * y / 3)) * 2 / 3
    north += (160 * sin(pi * y / 12) + 320 * sin(pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += (20 * sin(pi * x) + 40 * sin(pi * x / 3)) * 2 / 3
    east += (150 * sin(pi * x / 12) + 300 * sin(pi * x / 30)) * 2 / 3
    lat = radians(point.lat)
    flattening = 1 - _KRASOVSKY_SQUARED_ECCENTRICITY * sin(lat) ** 2
    meridian_radius = _KRASOVSKY_RADIUS_METRES * (1 - _KRASOVSKY_SQUARED_ECCENTRICITY) / flattening**1.5
    parallel_radius = _KRASOVSKY_RADIUS_METRES / sqrt(flattening) * cos(lat)
    return Point(point.lon + east * 180 / pi / parallel_radius, point.lat + north * 180 / pi / meridian_radius)


def _shift_to_bd09(point: Point) -> Point:
    turn = pi * 3000 / 180
    reach = hypot(point.lon, point.lat) + 0.00002 * sin(point.lat * turn)
    bearing = atan2(point.lat, point.lon) + 0.000003 * cos(point.lon * turn)
    return Point(reach * cos(bearing) + 0.0065, reach * sin(bearing) + 0.006)


def _undo(shift: Callable[[Point], Point], shifted: Point) -> Point:
    """The point that `shift` takes to `shifted`: stepped by what is missing, a hundredth after each step."""
    place = shifted
    for _ in range(_MOST_STEPS):
        there = shift(place)
        missing_lon, missing_lat = shifted.lon - there.lon, shifted.lat - there.lat
        place = Point(place.lon + missing_lon, place.lat + missing_lat)
        if abs(missing_lon) < _CLOSE_DEGREES and abs(missing_lat) < _CLOSE_DEGREES:
            break
    return place
