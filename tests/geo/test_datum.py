"""WGS84, GCJ-02 and BD-09: published pairs, and the way back."""

import random

import pytest

from geo.datum import (
    Datum,
    bd09_to_wgs84,
    from_wgs84,
    gcj02_to_wgs84,
    in_mainland_china,
    to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from geo.distance import distance_metres
from geo.types import Point


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        (Point(121.5272106, 31.1774276), Point(121.531541859215, 31.17530398364597)),
        (Point(113.912316, 22.543847), Point(113.9171764808363, 22.540796131694766)),
        (Point(116.377817, 39.911954), Point(116.38404722455657, 39.91334545536069)),
        (Point(116.404, 39.915), Point(116.41024449916938, 39.91640428150164)),
    ],
)
def test_pairs_of_wgs84_and_gcj02(wgs84, gcj02):
    assert distance_metres(wgs84_to_gcj02(wgs84), gcj02) < 1e-6
    assert distance_metres(gcj02_to_wgs84(gcj02), wgs84) < 1e-3


def test_a_pair_of_gcj02_and_bd09():
    bd09 = wgs84_to_bd09(gcj02_to_wgs84(Point(116.404, 39.915)))
    assert distance_metres(bd09, Point(116.41036949371029, 39.92133699351021)) < 1e-3


def _in_china(count):
    rnd = random.Random(2)
    while count:
        point = Point(rnd.uniform(73, 136), rnd.uniform(17, 54))
        if in_mainland_china(point):
            count -= 1
            yield point


def test_there_and_back_is_within_a_tenth_of_a_metre():
    for point in _in_china(2_000):
        shifted = wgs84_to_gcj02(point)
        assert 1 < distance_metres(point, shifted) < 800
        assert distance_metres(point, gcj02_to_wgs84(shifted)) < 0.1
        assert distance_metres(point, bd09_to_wgs84(wgs84_to_bd09(point))) < 0.1


@pytest.mark.parametrize(
    "place",
    [
        Point(24.9384, 60.1699),
        Point(126.978, 37.5665),
        Point(139.6917, 35.6895),
        Point(135.5023, 34.6937),
        Point(77.209, 28.6139),
        Point(105.8342, 21.0278),
        Point(106.9, 47.9),
        Point(73.0, 30.0),
        Point(121.5654, 25.033),
        Point(0.0, 0.0),
        Point(180.0, -90.0),
        Point(-180.0, 90.0),
    ],
    ids=str,
)
def test_outside_mainland_china_all_are_the_same(place):
    assert [convert(place) for convert in (wgs84_to_gcj02, gcj02_to_wgs84, wgs84_to_bd09, bd09_to_wgs84)] == [place] * 4


def _at_the_border(count, *, within_degrees):
    """Pairs (inside, outside) of places so near to each other, found by halving."""
    rnd = random.Random(3)
    while count:
        inside, outside = (Point(rnd.uniform(73, 136), rnd.uniform(17, 54)) for _ in range(2))
        if not in_mainland_china(inside) or in_mainland_china(outside):
            continue
        while max(abs(inside.lon - outside.lon), abs(inside.lat - outside.lat)) > within_degrees:
            middle = Point((inside.lon + outside.lon) / 2, (inside.lat + outside.lat) / 2)
            inside, outside = (middle, outside) if in_mainland_china(middle) else (inside, middle)
        count -= 1
        yield inside, outside


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_at_the_border(datum):
    """Inside it is there and back. Outside nothing is shifted, and the way back finds no place but a true one."""
    back_elsewhere = 0
    for inside, outside in _at_the_border(300, within_degrees=1e-5):
        assert distance_metres(to_wgs84(from_wgs84(inside, datum), datum), inside) < 0.1
        assert from_wgs84(outside, datum) == outside
        back = to_wgs84(outside, datum)
        if back != outside:
            back_elsewhere += 1
            assert in_mainland_china(back)
            assert distance_metres(from_wgs84(back, datum), outside) < 0.1
    assert back_elsewhere  # two places of one shifted position: the one inside is told
