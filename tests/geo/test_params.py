"""Untrusted text: what is taken, and what is refused with which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import InvalidParameter
from geo.params import (
    parse_box,
    parse_latitude,
    parse_longitude,
    parse_point,
    parse_point_pair,
    parse_polygon,
    parse_radius_metres,
)
from geo.types import Box, Point

NOT_DECIMAL = [
    "",
    " ",
    "nan",
    "NaN",
    "-nan",
    "inf",
    "-inf",
    "Infinity",
    "1_0",
    "0x1f",
    "1e5",
    "1E+5",
    "1e-9999",
    "+1",
    "--1",
    "-",
    ".5",
    "5.",
    "1.2.3",
    " 1",
    "1 ",
    "1\n",
    "\t1",
    "1\x00",
    "１",
    "٣",
    "१",
    "−1",
    "1,5",
    "60°",
    "null",
    "None",
    "true",
    "[1]",
    "1;drop table place",
    "<b>1</b>",
]


@pytest.mark.parametrize("text", NOT_DECIMAL)
def test_what_is_no_plain_decimal_is_refused_by_every_parser(text):
    attempts = {
        "lat": lambda: parse_latitude(text),
        "lon": lambda: parse_longitude(text),
        "radius": lambda: parse_radius_metres(text, minimum=0, maximum=10),
        "near": lambda: parse_point_pair(f"{text},24", parameter="near"),
        "box": lambda: parse_box(f"24,{text},25,61"),
        "polygon": lambda: parse_polygon(f"{text},24;60,25;61,25"),
    }
    for parameter, attempt in attempts.items():
        with pytest.raises(InvalidParameter) as caught:
            attempt()
        assert (caught.value.parameter, caught.value.code) == (parameter, "invalid_parameter")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("60.1699", 60.1699),
        ("-90", -90.0),
        ("90.000000000", 90.0),
        ("0", 0.0),
        ("007", 7.0),
        ("5e-7", 5e-7),
        ("5.551115123125783e-17", 5.551115123125783e-17),
    ],
)
def test_latitudes_that_are_taken(text, value):
    assert parse_latitude(text) == value


def test_minus_zero_is_zero():
    assert str(parse_latitude("-0.0")) == "0.0"
    assert str(parse_latitude("-1e-999")) == "0.0"


@pytest.mark.parametrize(
    ("lat", "lon", "parameter", "detail", "limit"),
    [
        ("90.000001", "120", "lat", "lat must be -90 to 90 degrees; got 90.000001.", "-90 to 90 degrees"),
        ("-91", "179", "lat", "lat must be -90 to 90 degrees; got -91.", "-90 to 90 degrees"),
        ("60", "180.01", "lon", "lon must be -180 to 180 degrees; got 180.01.", "-180 to 180 degrees"),
        (
            "-122.4194",
            "37.7749",
            "lat",
            "lat must be -90 to 90 degrees; got -122.4194. lat and lon look swapped.",
            "-90 to 90 degrees",
        ),
        ("1" * 33, "24", "lat", "lat is longer than 32 characters.", "32 characters"),
        ("abc", "24", "lat", "lat must be a decimal number such as 36; got 'abc'.", None),
        ("60", "é", "lon", "lon must be a decimal number such as 72; got '\\xe9'.", None),
        (None, "24", "lat", "lat is missing: lat and lon are given together.", None),
        ("60", None, "lon", "lon is missing: lat and lon are given together.", None),
    ],
)
def test_a_refused_point_says_which_and_why(lat, lon, parameter, detail, limit):
    with pytest.raises(InvalidParameter) as caught:
        parse_point(lat, lon)
    assert (caught.value.parameter, caught.value.detail, caught.value.limit) == (parameter, detail, limit)


def test_a_point():
    assert parse_point("60.1699", "24.9384") == Point(lon=24.9384, lat=60.1699)
    assert parse_point_pair("60.1699,24.9384", parameter="near") == Point(lon=24.9384, lat=60.1699)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("60", "near must be 2 numbers, lat,lon; got 1."),
        ("60,24,0", "near must be 2 numbers, lat,lon; got 3."),
        ("60,", "lon of near must be a decimal number such as 72; got ''."),
        ("121.47,31.23", "lat of near must be -90 to 90 degrees; got 121.47. lat and lon look swapped."),
        ("1" * 5000, "near is longer than 66 characters; it is lat,lon."),
    ],
)
def test_a_refused_pair_says_why(text, detail):
    with pytest.raises(InvalidParameter) as caught:
        parse_point_pair(text, parameter="near")
    assert (caught.value.parameter, caught.value.detail) == ("near", detail)


@pytest.mark.parametrize(("text", "metres"), [("10", 10.0), ("50000", 50_000.0), ("1500.5", 1500.5)])
def test_a_radius_includes_its_limits(text, metres):
    assert parse_radius_metres(text, minimum=10, maximum=50_000) == metres


@pytest.mark.parametrize("text", ["9.999", "50000.1", "-10", "0"])
def test_a_radius_beyond_its_limits(text):
    with pytest.raises(InvalidParameter) as caught:
        parse_radius_metres(text, minimum=10, maximum=50_000)
    assert (caught.value.detail, caught.value.limit) == (
        f"radius must be 10 to 50000 metres; got {text}.",
        "10 to 50000 metres",
    )


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("24,60,25", "box must be 4 numbers, west,south,east,north; got 3."),
        ("24,60,25,61,62", "box must be 4 numbers, west,south,east,north; got 5."),
        ("24,60,25,60", "box has no extent: south and north are equal. The order is west,south,east,north."),
        ("24,60,24,61", "box has no extent: west and east are equal. The order is west,south,east,north."),
        ("180,60,-180,61", "box has no extent: west and east are equal. The order is west,south,east,north."),
        ("24,61,25,60", "box has its south (61) above its north (60). The order is west,south,east,north."),
        ("24,60,25,91", "north of box must be -90 to 90 degrees; got 91."),
        ("-181,60,25,61", "west of box must be -180 to 180 degrees; got -181."),
        ("," * 10_000, "box is longer than 132 characters; it is west,south,east,north."),
    ],
)
def test_a_refused_box_says_why(text, detail):
    with pytest.raises(InvalidParameter) as caught:
        parse_box(text)
    assert (caught.value.parameter, caught.value.detail) == ("box", detail)


def test_a_box_across_the_meridian_keeps_west_above_east():
    box = parse_box("170,-10,-170,10")
    assert box == Box(170.0, -10.0, -170.0, 10.0)
    assert [box.contains(Point(lon, 0.0)) for lon in (169.0, 170.0, 180.0, -180.0, -170.0, -169.0, 0.0)] == [
        False,
        True,
        True,
        True,
        True,
        False,
        False,
    ]


def test_the_whole_world_is_a_box():
    assert parse_box("-180,-90,180,90") == Box(-180.0, -90.0, 180.0, 90.0)


edge = st.integers(-1_800_000, 1_800_000).map(lambda n: n / 10_000)
parallel = st.integers(-900_000, 900_000).map(lambda n: n / 10_000)


@given(west=edge, east=edge, parallels=st.lists(parallel, min_size=2, max_size=2, unique=True).map(sorted))
def test_a_box_is_read_as_it_was_written(west, east, parallels):
    if west == east or (west, east) == (180, -180):
        return
    box = Box(west, parallels[0], east, parallels[1])
    assert parse_box(f"{box.west},{box.south},{box.east},{box.north}") == box
    assert box.contains(box.centre)


@given(st.text(max_size=80))
def test_no_text_raises_anything_but_a_coded_refusal_that_can_be_shown(text):
    for parse in (parse_latitude, parse_box, parse_polygon, lambda text: parse_point_pair(text, parameter="near")):
        refusal = _refusal(parse, text)
        assert refusal is None or (refusal.detail.isprintable() and len(refusal.detail) < 400)


def _refusal(parse, text):
    try:
        parse(text)
    except InvalidParameter as refused:
        return refused
    return None


def test_a_compact_ring_closes_itself():
    open_ring = parse_polygon("60,24;60,25;61,25")
    assert open_ring == parse_polygon("60,24;60,25;61,25;60,24") == parse_polygon("60,24;60,25;61,25;")
    assert open_ring.polygons == ((((24.0, 60.0), (25.0, 60.0), (25.0, 61.0), (24.0, 60.0)),),)


def test_geojson_text_is_an_area_too():
    text = ' {"type": "Polygon", "coordinates": [[[24, 60], [25, 60], [25, 61], [24, 60]]]}'
    assert parse_polygon(text) == parse_polygon("60,24;60,25;61,25")


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("60,24;60", "polygon corner 1 must be lat,lon; got '60'. polygon is GeoJSON or lat,lon;lat,lon;lat,lon."),
        ("60,24;60,361;61,25", "lon of polygon corner 1 must be -360 to 360 degrees; got 361."),
        (
            "60,24;60,25",
            "polygon.coordinates[0][0] has 3 different positions in a row; a ring has 4 or more, the last as first.",
        ),
        (";;;;", "polygon corner 0 must be lat,lon; got ''. polygon is GeoJSON or lat,lon;lat,lon;lat,lon."),
    ],
)
def test_a_refused_ring_says_which_corner(text, detail):
    with pytest.raises(InvalidParameter) as caught:
        parse_polygon(text)
    assert (caught.value.parameter, caught.value.detail) == ("polygon", detail)
