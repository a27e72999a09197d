"""Great-circle distance: the one earth model of the project. Pure.

The sphere of R = 6 371 008.7714 m, the mean radius (2a + b) / 3 of WGS84, is what PostGIS (`ST_DistanceSphere`) and
Lucene (`SloppyMath.haversinMeters`) use, so that both engines and this module agree to well under a centimetre at city
scale. Against the ellipsoid it is off by up to 0.5 %.
"""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

from geo.types import Point

EARTH_RADIUS_METRES = 6_371_008.7714


def distance_metres(a: Point, b: Point) -> float:
    """Haversine (R. W. Sinnott, "Virtues of the Haversine", Sky & Telescope 68, 1984). Exact zero for equal points.

    >>> round(distance_metres(Point(24.9384, 60.1699), Point(24.9384, 60.1799)))
    1112
    """
    half_dlat = radians(b.lat - a.lat) / 2
    half_dlon = radians(b.lon - a.lon) / 2
    h = sin(half_dlat) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(half_dlon) ** 2
    return 2 * EARTH_RADIUS_METRES * asin(min(1.0, sqrt(h)))
