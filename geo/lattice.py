"""Shares of areas by an even lattice of points: bounded, whatever the shapes; and which points areas cover. Pure.

What two hostile outlines have in common can have a million corners, so it is never built: points are counted. With 64
by 64 points in the box of a shape that fills half of it, shares are right to about a percent.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, cos, degrees, isclose, pi, radians, sin
from typing import Any, TypeAlias

import numpy as np
import shapely

from geo.areas import Area
from geo.distance import EARTH_RADIUS_METRES
from geo.types import Box, Circle

Region: TypeAlias = Area | Circle
POINTS_A_SIDE = 64


class Lattice:
    """Points spread evenly over the ground of a box: `points_a_side` rows and columns."""

    def __init__(self, box: Box, points_a_side: int = POINTS_A_SIDE) -> None:
        middles = (np.arange(points_a_side) + 0.5) / points_a_side
        width = (box.east - box.west) % 360 or (0.0 if isclose(box.east, box.west) else 360.0)
        lons = (box.west + middles * width + 180) % 360 - 180
        # Even in the sine of the latitude is even on the ground (Archimedes).
        low, high = sin(radians(box.south)), sin(radians(box.north))
        lats = np.degrees(np.arcsin(low + middles * (high - low)))
        grid = np.meshgrid(lons, lats)
        self._lon, self._lat = grid[0].ravel(), grid[1].ravel()
        self.square_metres = radians(width) * (high - low) * EARTH_RADIUS_METRES**2
        """Of the whole box, on the sphere."""

    def inside(self, regions: Sequence[Region]) -> Any:
        """A truth for each point: does any of the regions cover it?"""
        return covered(regions, self._lon, self._lat)

    def share(self, inside: Any) -> float:
        """Of the box, 0..1."""
        return float(np.count_nonzero(inside)) / len(self._lon)


def covered(regions: Sequence[Region], lons: Any, lats: Any) -> Any:
    """A truth for each of the points, given as two arrays of degrees: does any of the regions cover it?"""
    found = np.zeros(len(lons), dtype=bool)
    for region in regions:
        found |= _in_circle(region, lons, lats) if isinstance(region, Circle) else _in_area(region, lons, lats)
    return found


def _in_area(area: Area, lons: Any, lats: Any) -> Any:
    return shapely.intersects_xy(area.geometry, lons, lats)


def _in_circle(circle: Circle, lons: Any, lats: Any) -> Any:
    lon, lat = np.radians(lons), np.radians(lats)
    own_lon, own_lat = radians(circle.centre.lon), radians(circle.centre.lat)
    half = np.sin((lat - own_lat) / 2) ** 2 + cos(own_lat) * np.cos(lat) * np.sin((lon - own_lon) / 2) ** 2
    return 2 * EARTH_RADIUS_METRES * np.arcsin(np.sqrt(np.minimum(half, 1))) <= circle.radius_metres


def circle_box(circle: Circle) -> Box:
    """The smallest box round a circle; all longitudes where it reaches a pole."""
    angle = circle.radius_metres / EARTH_RADIUS_METRES
    lat = radians(circle.centre.lat)
    if abs(lat) + angle >= pi / 2:
        south = -90.0 if lat - angle <= -pi / 2 else degrees(lat - angle)
        north = 90.0 if lat + angle >= pi / 2 else degrees(lat + angle)
        return Box(-180.0, south, 180.0, north)
    reach = degrees(asin(sin(angle) / cos(lat)))
    west, east = ((circle.centre.lon + side * reach + 180) % 360 - 180 for side in (-1, 1))
    return Box(west, degrees(lat - angle), east, degrees(lat + angle))


def square_metres(region: Region) -> float:
    if isinstance(region, Circle):
        return 4 * pi * (EARTH_RADIUS_METRES * sin(region.radius_metres / EARTH_RADIUS_METRES / 2)) ** 2
    return region.square_metres
