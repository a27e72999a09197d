"""The one earth model, and the boxes that hold a circle."""

from math import asin, atan2, cos, degrees, pi, radians, sin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyproj import Geod

from geo.distance import EARTH_RADIUS_METRES, circle_boxes, distance_metres
from geo.types import Box, Circle, Point

WGS84 = Geod(ellps="WGS84")

points = st.builds(Point, st.floats(-180, 180), st.floats(-90, 90))


def destination(start: Point, bearing: float, metres: float) -> Point:
    """The point `metres` away along the great circle of `bearing` (radians clockwise from north)."""
    angle = metres / EARTH_RADIUS_METRES
    lat = radians(start.lat)
    sine = sin(lat) * cos(angle) + cos(lat) * sin(angle) * cos(bearing)
    lon = radians(start.lon) + atan2(sin(bearing) * sin(angle) * cos(lat), cos(angle) - sin(lat) * sine)
    return Point((degrees(lon) + 180) % 360 - 180, degrees(asin(max(-1.0, min(1.0, sine)))))


@given(points, points)
def test_distance_is_near_the_ellipsoid(a, b):
    geodesic = WGS84.inv(a.lon, a.lat, b.lon, b.lat)[2]
    assert distance_metres(a, b) == pytest.approx(geodesic, rel=0.0057, abs=5)


@given(points, points)
def test_distance_is_the_same_both_ways_and_zero_to_itself(a, b):
    assert distance_metres(a, b) == distance_metres(b, a)
    assert distance_metres(a, a) == 0.0


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        (Point(0, 0), Point(180, 0), pi * EARTH_RADIUS_METRES),
        (Point(0, 90), Point(77, -90), pi * EARTH_RADIUS_METRES),
        (Point(30, 45), Point(-150, -45), pi * EARTH_RADIUS_METRES),
        (Point(0, 90), Point(123, 90), 0),
        (Point(-180, 10), Point(180, 10), 0),
        (Point(0, 0), Point(90, 0), pi / 2 * EARTH_RADIUS_METRES),
        (Point(24.9384, 60.1699), Point(24.9384, 60.1799), radians(0.01) * EARTH_RADIUS_METRES),
    ],
)
def test_known_distances(a, b, metres):
    assert distance_metres(a, b) == pytest.approx(metres, abs=0.2 if metres > 2e7 else 1e-6)


def held(boxes: tuple[Box, ...], point: Point) -> bool:
    """In one of the boxes, however the 180th meridian is written."""
    twins = [point] if abs(point.lon) < 180 else [Point(180.0, point.lat), Point(-180.0, point.lat)]
    return all(any(box.contains(twin) for box in boxes) for twin in twins)


radii = st.one_of(st.floats(0, 100), st.floats(0, 50_000), st.floats(0, 20_100_000))
bearings = st.one_of(st.sampled_from([0, pi / 2, pi, -pi / 2]), st.floats(-pi, pi))


@given(points, radii, bearings, st.floats(0, 1))
@example(Point(180.0, 0.0), 5_000.0, 0.0, 1.0)
@example(Point(-180.0, 89.9999), 5.0, 1.5, 1.0)
@example(Point(0.0, 90.0), 1_000.0, 1.5, 1.0)
@example(Point(10.0, -90.0), 0.0, 0.0, 0.0)
@example(Point(179.9999, 60.0), 50.0, pi / 2, 1.0)
@example(Point(0.0, 0.0), 20_015_000.0, pi / 2, 1.0)
def test_the_boxes_hold_every_point_of_the_circle(centre, radius, bearing, share):
    boxes = circle_boxes(Circle(centre, radius))
    assert held(boxes, destination(centre, bearing, radius * share))


@given(points, points, radii)
def test_no_point_outside_the_boxes_is_within_the_radius(centre, point, radius):
    if distance_metres(centre, point) <= radius:
        assert held(circle_boxes(Circle(centre, radius)), point)


@given(points, radii, bearings)
def test_the_widest_points_are_held(centre, radius, bearing):
    """Where a meridian touches the circle, the box is tightest: sin(bearing) = cos(angle) … by a fine sweep."""
    boxes = circle_boxes(Circle(centre, radius))
    assert all(
        held(boxes, destination(centre, pi / 2 - step / 500 + bearing / 1e3, radius)) for step in range(0, 785, 5)
    )


@given(points, st.floats(1, 50_000))
def test_the_boxes_are_tight_away_from_the_poles(centre, radius):
    if abs(centre.lat) > 80:
        return
    boxes = circle_boxes(Circle(centre, radius))
    height = boxes[0].north - boxes[0].south
    width = sum(box.east - box.west for box in boxes)
    metres_per_degree = radians(1) * EARTH_RADIUS_METRES
    assert height * metres_per_degree <= 2 * radius + 2
    assert width * metres_per_degree * cos(radians(centre.lat)) <= 2.01 * radius + 2


@given(points, radii)
def test_the_boxes_are_well_formed(centre, radius):
    boxes = circle_boxes(Circle(centre, radius))
    assert len(boxes) in (1, 2)
    for box in boxes:
        assert -180 <= box.west <= box.east <= 180
        assert -90 <= box.south <= box.north <= 90


@pytest.mark.parametrize(
    "circle",
    [
        Circle(Point(0, 0), 20_015_200),
        Circle(Point(0, 89), 200_000),
        Circle(Point(50, -90), 1),
        Circle(Point(0, 45), 30_000_000),
    ],
)
def test_a_circle_round_a_pole_takes_every_longitude(circle):
    assert [(box.west, box.east) for box in circle_boxes(circle)] == [(-180.0, 180.0)]
