"""Areas from untrusted GeoJSON: what is taken, what is refused with which reason and place, and how soon."""

import math
import random
import time
from itertools import pairwise

import orjson
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from config.errors import InvalidParameter
from geo.areas import (
    MAX_BYTES,
    MAX_VERTICES,
    InvalidArea,
    area_from_box,
    area_from_geojson,
    area_from_rings,
    parse_geojson_area,
)
from geo.params import parse_polygon
from geo.types import Box, Point


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings)}


def multipolygon(*polygons):
    return {"type": "MultiPolygon", "coordinates": list(polygons)}


def square(west, south, size):
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def refusal(value):
    with pytest.raises(InvalidArea) as caught:
        area_from_geojson(value)
    return caught.value


def test_a_square_is_an_area():
    area = area_from_geojson(polygon(square(24, 60, 1)))
    assert area.polygons == ((((24.0, 60.0), (25.0, 60.0), (25.0, 61.0), (24.0, 61.0), (24.0, 60.0)),),)
    assert area.box == Box(24.0, 60.0, 25.0, 61.0)
    assert area.vertex_count == 5
    assert area.square_metres == pytest.approx(6.088e9, rel=0.01)
    assert area.geojson() == multipolygon([square(24, 60, 1)])


def test_border_and_corners_belong_to_it():
    area = area_from_geojson(polygon(square(24, 60, 1), square(24.4, 60.4, 0.2)))
    held = [(24, 60), (24.5, 60), (25, 61), (24.1, 60.1), (24.4, 60.5), (24.6, 60.6)]
    not_held = [(23.999999, 60.5), (24.5, 60.5), (24.41, 60.41), (25.1, 60.5), (-24, 60.5)]
    assert [area.contains(Point(*place)) for place in held] == [True] * len(held)
    assert [area.contains(Point(*place)) for place in not_held] == [False] * len(not_held)


def test_winding_does_not_matter():
    shell, hole = square(24, 60, 1), square(24.4, 60.4, 0.2)
    for s in (shell, shell[::-1]):
        for h in (hole, hole[::-1]):
            (outer, inner) = area_from_geojson(polygon(s, h)).polygons[0]
            assert (_signed_area(outer) > 0, _signed_area(inner) > 0) == (True, False)


def _signed_area(ring):
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2


def test_heights_are_dropped_and_repeated_positions_are_one():
    plain = area_from_geojson(polygon(square(24, 60, 1)))
    high = [[lon, lat, 12.5] for lon, lat in square(24, 60, 1) for _ in range(3)]
    assert area_from_geojson(polygon(high)) == plain


def test_a_feature_is_taken_for_its_geometry():
    feature = {"type": "Feature", "properties": {"name": "x"}, "geometry": polygon(square(24, 60, 1))}
    assert area_from_geojson(feature) == area_from_geojson(polygon(square(24, 60, 1)))


def test_the_old_crs_member_is_taken_where_it_says_wgs84():
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert area_from_geojson(polygon(square(24, 60, 1)) | {"crs": crs}).vertex_count == 5
    other = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    assert refusal(polygon(square(24, 60, 1)) | {"crs": other}).members == {"reason": "other_reference_system"}


def test_many_parts_make_one_area():
    area = area_from_geojson(multipolygon([square(24, 60, 1)], [square(30, 60, 1)]))
    assert [area.contains(Point(lon, 60.5)) for lon in (24.5, 27, 30.5)] == [True, False, True]
    assert area.box == Box(24.0, 60.0, 31.0, 61.0)


class TestAcrossThe180thMeridian:
    DRAWN_PAST = polygon([[170, -10], [190, -10], [190, 10], [170, 10], [170, -10]])
    DRAWN_PAST_WEST = polygon([[-190, -10], [-170, -10], [-170, 10], [-190, 10], [-190, -10]])
    JUMPING = polygon([[170, -10], [-170, -10], [-170, 10], [170, 10], [170, -10]])
    SPLIT = multipolygon(
        [[[170, -10], [180, -10], [180, 10], [170, 10], [170, -10]]],
        [[[-180, -10], [-170, -10], [-170, 10], [-180, 10], [-180, -10]]],
    )

    @pytest.mark.parametrize("value", [DRAWN_PAST, DRAWN_PAST_WEST, JUMPING, SPLIT])
    def test_however_it_is_drawn_it_is_the_same_two_parts(self, value):
        area = area_from_geojson(value)
        assert area.box == Box(170.0, -10.0, -170.0, 10.0)
        assert {frozenset(part[0]) for part in area.polygons} == {
            frozenset({(170.0, -10.0), (180.0, -10.0), (180.0, 10.0), (170.0, 10.0)}),
            frozenset({(-180.0, -10.0), (-170.0, -10.0), (-170.0, 10.0), (-180.0, 10.0)}),
        }
        held = [area.contains(Point(lon, 0.0)) for lon in (170, 175, 180, -180, -175, -170, 169, -169, 0)]
        assert held == [True] * 6 + [False] * 3

    def test_a_hole_goes_across_too(self):
        hole = [[179, -1], [-179, -1], [-179, 1], [179, 1], [179, -1]]
        area = area_from_geojson(polygon(self.JUMPING["coordinates"][0], hole))
        assert [area.contains(Point(lon, 0.0)) for lon in (178, 179.5, 180, -180, -179.5, -178)] == [
            True,
            False,
            False,
            False,
            False,
            True,
        ]

    def test_a_hole_may_name_the_other_turn_of_the_globe(self):
        hole = [[-178, -1], [-177, -1], [-177, 1], [-178, 1], [-178, -1]]
        area = area_from_geojson(polygon(self.DRAWN_PAST["coordinates"][0], hole))
        assert [area.contains(Point(lon, 0.0)) for lon in (-179, -177.5, -176)] == [True, False, True]

    def test_an_area_wholly_past_180_comes_home(self):
        away, home = area_from_geojson(polygon(square(181, 0, 2))), area_from_geojson(polygon(square(-179, 0, 2)))
        assert away.box == home.box
        assert set(away.polygons[0][0]) == set(home.polygons[0][0])

    def test_parts_that_overlap_once_home_are_refused(self):
        refused = refusal(multipolygon([square(179, 0, 2)], [square(-180, 0.5, 1)]))
        assert refused.members["reason"] == "self_intersection"

    def test_the_whole_world_needs_corners_between(self):
        corners = [[-180, -90], [0, -90], [180, -90], [180, 90], [0, 90], [-180, 90], [-180, -90]]
        world = area_from_geojson(polygon(corners))
        assert world.box == Box(-180.0, -90.0, 180.0, 90.0)
        assert refusal(polygon([corners[i] for i in (0, 2, 3, 5, 6)])).code == "invalid_area"

    def test_a_cap_round_a_pole_follows_the_meridian(self):
        cap = [[-180, 80], [-60, 80], [60, 80], [180, 80], [180, 90], [60, 90], [-60, 90], [-180, 90], [-180, 80]]
        area = area_from_geojson(polygon(cap))
        assert [area.contains(Point(0, lat)) for lat in (79, 80, 90)] == [False, True, True]
        round_it = [[-170, 80], [-60, 80], [60, 80], [170, 80], [-170, 80]]
        assert refusal(polygon(round_it)).members == {
            "reason": "winds_round_pole",
            "place": {"lon": -170.0, "lat": 80.0},
        }

    @given(
        st.floats(-360, 360),
        st.floats(-60, 60),
        st.lists(st.floats(0.05, 1), min_size=3, max_size=40),
        st.floats(0.01, 60),
        st.tuples(st.floats(-1.2, 1.2), st.floats(-1.2, 1.2)),
    )
    def test_a_star_drawn_anywhere_holds_what_it_holds_at_home(self, lon, lat, spokes, size, at):
        """The same star far from the meridian is the oracle."""
        x, y = at
        assume(lon - size >= -360 and lon + size <= 360)
        star = [
            (size * r * math.cos(2 * math.pi * i / len(spokes)), size / 4 * r * math.sin(2 * math.pi * i / len(spokes)))
            for i, r in enumerate(spokes)
        ]
        star.append(star[0])
        there = area_from_rings([[[(lon + dx, lat + dy) for dx, dy in star]]])
        here = area_from_rings([[star]])
        place = Point((lon + size * x + 180) % 360 - 180, lat + size / 4 * y)
        grid_step = 1e-6
        around = [(dx, dy) for dx in (-grid_step, 0, grid_step) for dy in (-grid_step, 0, grid_step)]
        agreed = {here.contains(Point(size * x + dx, size / 4 * y + dy)) for dx, dy in around}
        assume(len(agreed) == 1)
        assert there.contains(place) == agreed.pop()
        planar_there, planar_here = (sum(part.area for part in it.geometry.geoms) for it in (there, here))
        assert planar_there == pytest.approx(planar_here, rel=1e-4)


REFUSED = {
    "bow tie": (polygon([[24, 60], [25, 61], [25, 60], [24, 61], [24, 60]]), "self_intersection", (24.5, 60.5)),
    "spike": (
        polygon([[0, 0], [4, 0], [4, 4], [2, 2], [0, 4], [2, 2], [0, 0]]),
        "ring_self_intersection",
        (2.0, 2.0),
    ),
    "hole outside": (polygon(square(0, 0, 1), square(5, 5, 1)), "hole_lies_outside_shell", (5.0, 5.0)),
    "parts overlap": (multipolygon([square(0, 0, 2)], [square(1, 1, 2)]), "self_intersection", None),
    "parts share an edge": (multipolygon([square(0, 0, 2)], [square(2, 0, 2)]), "self_intersection", None),
    "part in a part": (multipolygon([square(0, 0, 9)], [square(1, 1, 2)]), "nested_shells", (1.0, 1.0)),
    "zero area": (polygon([[0, 0], [1, 1], [2, 2], [0, 0]]), None, None),
    "zero area, back and forth": (polygon([[0, 0], [1, 0], [0, 0], [1, 0], [0, 0]]), None, None),
    "one point": (polygon([[5, 5]] * 5), "too_few_positions", (5.0, 5.0)),
    "smaller than a square metre": (polygon(square(5, 5, 5e-6)), "too_small", (5.0, 5.0)),
    "below the last decimal": (polygon(square(5, 5, 1e-12)), "too_few_positions", (5.0, 5.0)),
    "subnormal": (polygon([[0, 0], [5e-324, 0], [0, 5e-324], [0, 0]]), "too_few_positions", (0.0, 0.0)),
    "open": (polygon(square(24, 60, 1)[:-1]), "open_ring", (24.0, 61.0)),
    "three positions": (polygon([[0, 0], [1, 1], [0, 0]]), "too_few_positions", (0.0, 0.0)),
    "no ring": (polygon(), "wrong_shape", None),
    "empty ring": (polygon([]), "too_few_positions", None),
    "no part": (multipolygon(), "empty", None),
    "latitude": (polygon(square(24, 89.5, 1)), "out_of_range", None),
    "longitude": (polygon(square(359.5, 0, 1)), "out_of_range", None),
    "a text": (polygon([["24", "60"], [25, 60], [25, 61], ["24", "60"]]), "not_a_number", None),
    "true": (polygon([[True, 60], [25, 60], [25, 61], [True, 60]]), "not_a_number", None),
    "null": (polygon([[None, 60], [25, 60], [25, 61], [None, 60]]), "not_a_number", None),
    "nan": (polygon([[math.nan, 60], [25, 60], [25, 61], [math.nan, 60]]), "not_a_number", None),
    "infinite height": (polygon([[24, 60, math.inf], [25, 60], [25, 61], [24, 60]]), "not_a_number", None),
    "one coordinate": (polygon([[24], [25], [26], [24]]), "wrong_shape", None),
    "four coordinates": (polygon([[24, 60, 0, 0]] * 4), "wrong_shape", None),
    "a position is a text": (polygon(["24,60"] * 4), "wrong_shape", None),
    "coordinates is an object": ({"type": "Polygon", "coordinates": {"0": []}}, "wrong_shape", None),
    "no coordinates": ({"type": "Polygon"}, "wrong_shape", None),
    "one nesting short": (polygon([0, 0], [1, 0], [1, 1], [0, 0]), "wrong_shape", None),
    "a point": ({"type": "Point", "coordinates": [24, 60]}, "not_an_area", None),
    "a collection": ({"type": "FeatureCollection", "features": []}, "not_an_area", None),
    "a list": ([1, 2], "not_an_area", None),
    "nothing": (None, "not_an_area", None),
    "type is a list": ({"type": ["Polygon"]}, "not_an_area", None),
    "feature in a feature": ({"type": "Feature", "geometry": {"type": "Feature"}}, "not_an_area", None),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_shape_says_why_and_where(name):
    value, reason, place = REFUSED[name]
    refused = refusal(value)
    assert (refused.code, refused.status, refused.parameter) == ("invalid_area", 400, "area")
    assert refused.detail.startswith("area")
    if reason is not None:
        assert refused.members["reason"] == reason
    if place is not None:
        assert refused.members["place"] == {"lon": place[0], "lat": place[1]}


def test_the_message_of_a_crossing():
    assert refusal(REFUSED["bow tie"][0]).detail == (
        "area is not a valid area: self-intersection at lon 24.5, lat 60.5."
        " Draw it without crossings; it is not repaired."
    )


def test_swapped_positions_are_told():
    shanghai_as_lat_lon = [[lat, lon] for lon, lat in square(121, 31, 0.1)]
    assert refusal(polygon(shanghai_as_lat_lon)).detail == (
        "area.coordinates[0][0][0] has latitude 121; it must be -90 to 90."
        " lon and lat look swapped: positions are [lon, lat]."
    )


def test_the_limits_themselves_are_taken():
    ring = [
        [math.cos(2 * math.pi * i / (MAX_VERTICES - 1)), math.sin(2 * math.pi * i / (MAX_VERTICES - 1))]
        for i in range(MAX_VERTICES - 1)
    ]
    assert area_from_geojson(polygon([*ring, ring[0]])).vertex_count == MAX_VERTICES
    assert len(area_from_geojson(multipolygon(*([square(i, 0, 0.5)] for i in range(50)))).polygons) == 50
    holes = [square(i + 0.25, 1, 0.5) for i in range(50)]
    assert len(area_from_geojson(polygon(square(0, 0, 60), *holes)).polygons[0]) == 51
    padded = orjson.dumps(polygon(square(24, 60, 1))).ljust(MAX_BYTES)
    assert parse_geojson_area(padded).vertex_count == parse_geojson_area(padded.decode()).vertex_count == 5


def test_one_beyond_a_limit_is_refused_with_the_limit():
    padded = orjson.dumps(polygon(square(24, 60, 1))).ljust(MAX_BYTES + 1)
    with pytest.raises(InvalidArea) as caught:
        parse_geojson_area(padded)
    assert (caught.value.members, caught.value.limit) == ({"reason": "too_large"}, "256000 bytes")
    many = multipolygon(*([square(i, 0, 0.5)] for i in range(51)))
    assert (refusal(many).members, refusal(many).limit) == ({"reason": "too_many_parts"}, "50 parts")
    holed = polygon(square(0, 0, 60), *(square(i + 0.25, 1, 0.5) for i in range(51)))
    assert (refusal(holed).members, refusal(holed).limit) == ({"reason": "too_many_holes"}, "50 holes")
    long = polygon([[math.cos(i), math.sin(i)] for i in range(2_001)])
    assert (refusal(long).members, refusal(long).limit) == ({"reason": "too_many_positions"}, "2000 positions")


def test_bytes_are_counted_as_bytes():
    text = '{"type": "' + "字" * (MAX_BYTES // 2) + '"}'
    assert len(text) < MAX_BYTES
    with pytest.raises(InvalidArea) as caught:
        parse_geojson_area(text)
    assert caught.value.members == {"reason": "too_large"}


def _scribble(corners, lon=24.0):
    rnd = random.Random(corners)
    ring = [[lon + rnd.random(), 60 + rnd.random()] for _ in range(corners)]
    return polygon([*ring, ring[0]])


def _comb(lon):
    teeth = [[[lon, i * 0.05 - 40], [lon + 2.0001, i * 0.05 - 39.975]] for i in range(990)]
    ring = [position for tooth in teeth for position in tooth]
    return polygon([*ring, [lon + 3, 10], [lon + 3, -40.1], ring[0]])


def _text(value):
    return orjson.dumps(value).decode()


HOSTILE = {
    **{f"scribble of {n}": lambda n=n: _text(_scribble(n)) for n in (50, 200, 500, 1_000, 1_999, 4_000)},
    **{f"scribble of {n} across 180": lambda n=n: _text(_scribble(n, 179.5)) for n in (50, 500, 1_999)},
    "a comb of 990 teeth across 180": lambda: _text(_comb(178.5)),
    "20 000 parts": lambda: _text(multipolygon(*([square(i * 0.001, 0, 0.0005)] for i in range(20_000)))),
    "22 000 holes": lambda: _text(polygon(square(0, 0, 80), *(square(i * 0.001, 1, 0.0005) for i in range(22_000)))),
    "depth 5 000": lambda: '{"type":"Polygon","coordinates":' + "[" * 5_000 + "]" * 5_000 + "}",
    "depth 50 000 of objects": lambda: '{"a":' * 50_000,
    "depth 1 000": lambda: '{"type":"Polygon","coordinates":' + "[" * 1_000 + "]" * 1_000 + "}",
    "10 MB": lambda: '{"a":"' + "x" * 10_000_000 + '"}',
    "10 MB of brackets": lambda: "{" + "[" * 10_000_000,
    "a number of 250 000 digits": lambda: '{"type":"Polygon","coordinates":[[[' + "1" * 250_000 + ",1]]]}",
    "250 000 spaces": lambda: " " * 250_000,
    "250 000 semicolons": lambda: ";" * 250_000,
    "25 000 keys": lambda: "{" + ",".join(f'"{i}":0' for i in range(25_000)) + "}",
    "NaN": lambda: '{"type":"Polygon","coordinates":[[[NaN,0],[1,0],[1,1],[NaN,0]]]}',
    "Infinity": lambda: '{"type":"Polygon","coordinates":[[[Infinity,0],[1,0],[1,1],[Infinity,0]]]}',
    "an overflowing exponent": lambda: '{"type":"Polygon","coordinates":[[[1e999,0],[1,0],[1,1],[1e999,0]]]}',
    "a lone surrogate": lambda: '{"\ud800": 1}',
    "a compact scribble": lambda: ";".join(f"{lat},{lon}" for lon, lat in _scribble(1_999)["coordinates"][0])[:256_000],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_every_hostile_text_is_refused_soon(name):
    text = HOSTILE[name]()
    started = time.process_time()
    with pytest.raises(InvalidParameter) as caught:
        parse_polygon(text)
    spent = time.process_time() - started
    assert caught.value.code in ("invalid_area", "invalid_parameter")
    assert len(caught.value.detail) < 400
    # At most 40 ms where it was measured, and make_valid would take seconds to minutes: loose, so as never to flake.
    assert spent < 0.8


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=20,
)


@given(json_values)
def test_no_coordinates_raise_anything_but_a_coded_refusal(value):
    for wrapped in (polygon(value), multipolygon(value), {"type": "Polygon", "coordinates": value}, value):
        assert refusal(wrapped).code == "invalid_area"


@given(st.lists(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), min_size=3, max_size=9))
def test_what_is_taken_is_valid_and_simple(corners):
    """Small integer rings meet every degenerate case: what comes through has no crossing and some area."""
    ring = [list(corner) for corner in [*corners, corners[0]]]
    try:
        area = area_from_geojson(polygon(ring))
    except InvalidArea as refused:
        assert refused.members["reason"]  # noqa: PT017 - both outcomes are stated
        return
    assert area.square_metres > 0
    assert area_from_geojson(area.geojson()) == area


def test_a_box_as_an_area():
    assert area_from_box(Box(24, 60, 25, 61)).box == Box(24, 60, 25, 61)
    across = area_from_box(Box(170, -10, -170, 10))
    assert across.box == Box(170, -10, -170, 10)
    assert [across.contains(Point(lon, 0)) for lon in (169, 175, -175, -169)] == [False, True, True, False]
