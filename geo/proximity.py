"""Who of the same name is near: points held in memory by key, asked within one fixed radius. Pure.

The earth is cut into bands as high as the radius and each band into columns at least as wide, so whatever lies within
the radius of a point is in its column, the ones beside it, or those of the bands next to it; also across 180° and at
the poles. The answer is decided by `distance_metres`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from math import ceil, cos, floor, pi, radians
from typing import Generic, TypeVar

from geo.distance import EARTH_RADIUS_METRES, distance_metres
from geo.types import Point

Label = TypeVar("Label")


class NearbyPoints(Generic[Label]):
    """`add` and `find` cost the same however many points there are of other keys or elsewhere."""

    def __init__(self, radius_metres: float) -> None:
        self._radius_metres = radius_metres
        self._bands = floor(pi * EARTH_RADIUS_METRES / radius_metres)
        self._held: dict[tuple[Hashable, int, int], list[tuple[Point, Label]]] = {}

    def add(self, key: Hashable, point: Point, label: Label) -> None:
        band = self._band(point)
        self._held.setdefault((key, band, self._column(point, band)), []).append((point, label))

    def find(self, key: Hashable, point: Point) -> tuple[Label, float] | None:
        """One of the key within the radius, and how many metres away; None: there is none."""
        for cell in self._cells(point):
            for other, label in self._held.get((key, *cell), ()):
                if (metres := distance_metres(point, other)) <= self._radius_metres:
                    return label, metres
        return None

    def _cells(self, point: Point) -> Iterator[tuple[int, int]]:
        middle = self._band(point)
        for band in range(max(0, middle - 1), min(self._bands - 1, middle + 1) + 1):
            columns = self._columns(band)
            column = self._column(point, band)
            for near in {(column + step) % columns for step in (-1, 0, 1)}:
                yield band, near

    def _band(self, point: Point) -> int:
        return min(self._bands - 1, floor((point.lat + 90) / 180 * self._bands))

    def _column(self, point: Point, band: int) -> int:
        columns = self._columns(band)
        return floor((point.lon + 180) / 360 * columns) % columns

    def _columns(self, band: int) -> int:
        """Columns of a band, counted where it is narrowest."""
        edges = ((band + step) * 180 / self._bands - 90 for step in (0, 1))
        narrowest = min(cos(radians(edge)) for edge in edges)
        around_metres = 2 * pi * EARTH_RADIUS_METRES * max(0.0, narrowest)
        return max(1, ceil(around_metres / self._radius_metres) - 1)
