"""Land lies on the left of a coastline."""

from __future__ import annotations

import pytest
from shapely import LineString, Point, Polygon

from geo.coastline import land_and_water

BOX = (0.0, 0.0, 10.0, 10.0)


def faces(*coasts: LineString) -> dict[str, Polygon]:
    """By kind; each kind may stand for several."""
    found: dict[str, Polygon] = {}
    for kind, face in land_and_water(list(coasts), box=BOX):
        found[kind] = found[kind].union(face) if kind in found else face
    return found


def test_a_box_without_coast_is_land():
    assert {kind: face.area for kind, face in faces().items()} == {"land": 100}


@pytest.mark.parametrize(("coast", "land"), [([(5, -1), (5, 11)], Point(2, 5)), ([(5, 11), (5, -1)], Point(8, 5))])
def test_land_is_on_the_left(coast, land):
    found = faces(LineString(coast))
    assert found["land"].contains(land)
    assert not found["water"].contains(land)
    assert found["land"].area == found["water"].area == 50


def test_a_coast_that_ends_within_the_box_is_drawn_on_to_its_edge():
    found = faces(LineString([(9, 5), (8, 5), (8, 7), (9.5, 7)]))
    assert found["water"].area + found["land"].area == pytest.approx(100)
    assert found["water"].contains(Point(9, 6)) is not found["land"].contains(Point(9, 6))
    assert found["land"].contains(Point(9, 6)) is False


def test_an_island_drawn_counter_clockwise_is_land_in_water():
    island = LineString([(4, 4), (6, 4), (6, 6), (4, 6), (4, 4)])
    found = faces(island, LineString([(1, -1), (1, 11)]))
    assert found["land"].contains(Point(5, 5))
    assert found["water"].contains(Point(8, 8))
    assert found["land"].area == pytest.approx(14)


def test_coasts_in_pieces_are_one():
    whole = faces(LineString([(5, -1), (5, 4), (5, 11)]))
    pieces = faces(LineString([(5, -1), (5, 4)]), LineString([(5, 4), (5, 11)]))
    assert {kind: face.area for kind, face in pieces.items()} == {kind: face.area for kind, face in whole.items()}
