"""Points, boxes, circles. Pure.

Degrees are WGS84, always (lon, lat) in that order inside; `lat` and `lon` by name at the edge. Lengths are metres.
The constructors here refuse nothing: `geo.params` is the door for untrusted text.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """A position. -180 <= lon <= 180, -90 <= lat <= 90."""

    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Box:
    """A viewport, edges included. `west > east` means that it crosses the 180th meridian."""

    west: float
    south: float
    east: float
    north: float

    @property
    def crosses_antimeridian(self) -> bool:
        return self.west > self.east

    def halves(self) -> tuple[Box, ...]:
        """The one or two boxes with west <= east whose union is this box.

        >>> Box(170, -10, -170, 10).halves()
        (Box(west=170, south=-10, east=180.0, north=10), Box(west=-180.0, south=-10, east=-170, north=10))
        """
        if not self.crosses_antimeridian:
            return (self,)
        return (
            Box(self.west, self.south, 180.0, self.north),
            Box(-180.0, self.south, self.east, self.north),
        )

    def contains(self, point: Point) -> bool:
        return any(
            half.west <= point.lon <= half.east and half.south <= point.lat <= half.north for half in self.halves()
        )

    @property
    def centre(self) -> Point:
        east = self.east + 360 if self.crosses_antimeridian else self.east
        lon = (self.west + east) / 2
        return Point(lon - 360 if lon > 180 else lon, (self.south + self.north) / 2)


@dataclass(frozen=True, slots=True)
class Circle:
    """Every point within `radius_metres` of the centre by great-circle distance, border included."""

    centre: Point
    radius_metres: float
