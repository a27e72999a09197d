"""Great-circle distance: the one earth model of the project. Pure.

The sphere of R = 6 371 008.7714 m, the mean radius (2a + b) / 3 of WGS84, is what PostGIS (`ST_DistanceSphere`) and
Lucene (`SloppyMath.haversinMeters`) use, so that both engines and this module agree to well under a centimetre at city
scale. Against the ellipsoid it is off by up to 0.5 %.
"""

from __future__ import annotations

from math import asin, cos, degrees, pi, radians, sin, sqrt

from geo.types import Box, Circle, Point

EARTH_RADIUS_METRES = 6_371_008.7714

_BOX_MARGIN_METRES = 0.5
"""More than haversine loses near the antipode (arcsine at 1: about 0.1 m) and a pole (about 0.1 m)."""


def distance_metres(a: Point, b: Point) -> float:
    """Haversine (R. W. Sinnott, "Virtues of the Haversine", Sky & Telescope 68, 1984). Exact zero for equal points.

    >>> round(distance_metres(Point(24.9384, 60.1699), Point(24.9384, 60.1799)))
    1112
    """
    half_dlat = radians(b.lat - a.lat) / 2
    half_dlon = radians(b.lon - a.lon) / 2
    h = sin(half_dlat) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(half_dlon) ** 2
    return 2 * EARTH_RADIUS_METRES * asin(min(1.0, sqrt(h)))


def circle_boxes(circle: Circle) -> tuple[Box, ...]:
    """One or two boxes, west <= east each, that surely hold every point of the circle: for an index to filter by.

    The widest longitude of a circle of angular radius d round latitude p is asin(sin d / cos p); a circle that reaches
    a pole takes every longitude. A point on the 180th meridian may be written -180 or 180: a circle that touches it
    holds both.

    >>> [(round(box.west, 3), round(box.east, 3)) for box in circle_boxes(Circle(Point(179.95, 60.0), 5_000))]
    [(179.86, 180.0), (-180.0, -179.96)]
    """
    angle = (circle.radius_metres + _BOX_MARGIN_METRES) * (1 + 1e-9) / EARTH_RADIUS_METRES
    lat = radians(circle.centre.lat)
    south, north = lat - angle, lat + angle
    low, high = max(-90.0, degrees(south)), min(90.0, degrees(north))
    if south <= -pi / 2 or north >= pi / 2:
        return (Box(-180.0, low, 180.0, high),)
    half_width = degrees(asin(min(1.0, sin(angle) / cos(lat))))
    west, east = circle.centre.lon - half_width, circle.centre.lon + half_width
    if half_width >= 180:
        return (Box(-180.0, low, 180.0, high),)
    if west <= -180:
        return Box(west + 360, low, 180.0, high), Box(-180.0, low, east, high)
    if east >= 180:
        return Box(west, low, 180.0, high), Box(-180.0, low, east - 360, high)
    return (Box(west, low, east, high),)


def unit_vector(point: Point) -> tuple[float, float, float]:
    """(x, y, z) of the point on a sphere of radius 1. The distance of two is 2R asin(half their straight distance).

    >>> unit_vector(Point(0.0, 0.0))
    (1.0, 0.0, 0.0)
    """
    lon, lat = radians(point.lon), radians(point.lat)
    return cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)
