import random

import pytest

from geo.distance import distance_metres
from geo.proximity import NearbyPoints
from geo.types import Point

HOME = Point(24.94, 60.17)


def test_only_the_same_key_within_the_radius_is_found():
    near = NearbyPoints(30.0)
    near.add("café", HOME, "first")
    assert near.find("café", HOME) == ("first", 0.0)
    assert near.find("bar", HOME) is None
    label, metres = near.find("café", Point(24.94, 60.17026))
    assert (label, round(metres)) == ("first", 29)
    assert near.find("café", Point(24.94, 60.17028)) is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Point(180.0, 60), Point(-179.9997, 60)),
        (Point(10, 89.99999), Point(-170, 89.99999)),
        (Point(10, -90), Point(70, -89.9999)),
        (Point(0, 0), Point(0.0002, -0.0001)),
    ],
)
def test_edges_of_the_map_hide_nobody(a, b):
    near = NearbyPoints(30.0)
    near.add(1, a, "a")
    assert near.find(1, b) == ("a", distance_metres(a, b))


@pytest.mark.parametrize("lat", [0, 45, -60.17, 84, 89.9995])
def test_every_pair_within_the_radius_is_found(lat):
    dice = random.Random(lat)
    points = [Point(dice.uniform(0, 0.003), max(-90, min(90, lat + dice.uniform(-0.0005, 0.0005)))) for _ in range(300)]
    for point in points:
        near = NearbyPoints(30.0)
        near.add("", point, "it")
        found = [other for other in points if near.find("", other)]
        assert found == [other for other in points if distance_metres(point, other) <= 30]
