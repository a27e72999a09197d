"""Positions within bodies and answers, turned from one datum into another."""

import time

import pytest

from config.errors import InvalidParameter
from geo.areas import MAX_VERTICES
from geo.datum import Datum, from_wgs84
from geo.datum_values import into_wgs84, parse_datum, shown_in
from geo.params import parse_box, parse_point, parse_point_pair, parse_polygon
from geo.types import Point

BEIJING = Point(116.377817, 39.911954)
IN_GCJ02 = from_wgs84(BEIJING, Datum.GCJ02)
SHAPES = {
    "hits": [{"id": "a", "lat": 39.9, "lon": 116.4, "names": {"lat": "Latin"}}, {"lat": None, "lon": None}],
    "box": {"west": 116.3, "south": 39.8, "east": 116.5, "north": 40.0},
    "bands": [{"area": {"type": "Polygon", "coordinates": [[[116.3, 39.8], [116.5, 39.8, 7], [116.5, 40.0]]]}}],
    "feature": {
        "type": "Feature",
        "properties": {"lat": 1},
        "geometry": {"type": "Point", "coordinates": [116.4, 39.9]},
    },
    "many": {"type": "MultiPolygon", "coordinates": [[[[116.3, 39.8], [116.5, 39.8]]]]},
    "total": 7,
    "type": ["Point"],
}


def numbers(value):
    if isinstance(value, dict):
        return [number for inner in value.values() for number in numbers(inner)]
    if isinstance(value, list):
        return [number for inner in value for number in numbers(inner)]
    return [value]


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_every_position_is_turned_and_comes_back(datum):
    shown = shown_in(SHAPES, datum)
    corner = from_wgs84(Point(116.3, 39.8), datum)
    assert shown["bands"][0]["area"]["coordinates"][0][0] == pytest.approx([corner.lon, corner.lat], abs=1e-9)
    assert shown["box"]["west"] == pytest.approx(corner.lon, abs=1e-9)
    assert shown["many"]["coordinates"][0][0][0] == shown["bands"][0]["area"]["coordinates"][0][0]
    moved = sum(a != b for a, b in zip(numbers(SHAPES), numbers(shown), strict=True))
    assert moved == 2 + 4 + 6 + 2 + 4
    back = numbers(into_wgs84(shown, datum))
    assert [value for value in back if isinstance(value, float)] == pytest.approx(
        [value for value in numbers(SHAPES) if isinstance(value, float)], abs=1e-8
    )


def test_wgs84_is_the_value_itself():
    assert into_wgs84(SHAPES, Datum.WGS84) is SHAPES
    assert shown_in(SHAPES, Datum.WGS84) is SHAPES


@pytest.mark.parametrize(
    "value",
    [
        None, 7, "lat", [], {}, {"lat": "39.9", "lon": 116.4}, {"lat": 39.9}, {"lat": True, "lon": 116.4},
        {"lat": 139.9, "lon": 116.4}, {"lat": float("nan"), "lon": 116.4}, {"type": "Polygon", "coordinates": 7},
        {"type": "Polygon", "coordinates": [["116", "39"], [], [None], {}]}, {"type": "Polygon"},
        {"type": "Circle", "coordinates": [116.4, 39.9]},
    ],
)  # fmt: skip
def test_what_is_no_position_is_left_for_others_to_refuse(value):
    assert repr(into_wgs84(value, Datum.GCJ02)) == repr(value)


def test_no_more_positions_are_turned_than_an_area_may_have():
    body = {"type": "Polygon", "coordinates": [[[116.3, 39.8]] * 30_000]}
    began = time.process_time()
    turned = into_wgs84(body, Datum.BD09)["coordinates"][0]
    assert sum(position != [116.3, 39.8] for position in turned) == MAX_VERTICES
    assert time.process_time() - began < 2  # some 0.2 s; all of them would take 3


@pytest.mark.parametrize(
    "position", [{"lat": 39.8, "lon": 116.3}, {"west": 116.3, "south": 39.8, "east": 116.4, "north": 39.9}]
)
def test_nor_more_under_a_name_that_nobody_reads(position):
    turned = into_wgs84({"x": [position] * (MAX_VERTICES + 10)}, Datum.BD09)["x"]
    assert sum(each != position for each in turned) == MAX_VERTICES


def test_parameters_are_read_in_their_datum():
    lat, lon = f"{IN_GCJ02.lat:.9f}", f"{IN_GCJ02.lon:.9f}"
    for point in (
        parse_point(lat, lon, datum=Datum.GCJ02),
        parse_point_pair(f"{lat},{lon}", parameter="serves", datum=Datum.GCJ02),
    ):
        assert (point.lon, point.lat) == pytest.approx((BEIJING.lon, BEIJING.lat), abs=1e-8)
    box = parse_box(f"{lon},{lat},116.6,40.1", datum=Datum.GCJ02)
    assert (box.west, box.south) == pytest.approx((BEIJING.lon, BEIJING.lat), abs=1e-8)
    ring = parse_polygon(f"{lat},{lon};40.1,{lon};40.1,116.6", datum=Datum.GCJ02)
    geojson = parse_polygon(
        f'{{"type": "Polygon", "coordinates": [[[{lon}, {lat}], [116.6, 40.1], [{lon}, 40.1], [{lon}, {lat}]]]}}',
        datum=Datum.GCJ02,
    )
    assert ring.contains(Point(116.4, 39.95))
    for area in (ring, geojson):
        assert (area.box.south, area.box.west) == pytest.approx((BEIJING.lat, BEIJING.lon), abs=1e-4)


def test_an_unknown_datum_is_refused():
    with pytest.raises(InvalidParameter) as refused:
        parse_datum("cgcs2000")
    assert (refused.value.parameter, "wgs84, gcj02, bd09" in str(refused.value)) == ("datum", True)
