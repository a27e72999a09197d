"""Time zones of points, and zone names from outside."""

import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import InvalidParameter
from geo.types import Point
from geo.zones import parse_zone, zone_names, zone_of


@pytest.mark.parametrize(
    ("lon", "lat", "zone"),
    [
        (24.9384, 60.1699, "Europe/Helsinki"),
        (121.4737, 31.2304, "Asia/Shanghai"),
        (87.6, 43.8, "Asia/Shanghai"),
        (-112.07, 33.45, "America/Phoenix"),
        (85.32, 27.71, "Asia/Kathmandu"),
        (-30.0, 40.0, "Etc/GMT+2"),
        (0.0, 0.0, "Etc/GMT"),
        (179.9, 0.0, "Etc/GMT-12"),
        (-180.0, 0.0, "Etc/GMT+12"),
        (180.0, 0.0, "Etc/GMT-12"),
    ],
)
def test_the_zone_of_a_point(lon, lat, zone):
    assert zone_of(Point(lon, lat)) == zone


@given(st.builds(Point, st.floats(-180, 180), st.floats(-90, 90)))
def test_every_point_has_a_zone_that_the_machine_knows(point):
    assert zoneinfo.ZoneInfo(parse_zone(zone_of(point))).key == zone_of(point)


@pytest.mark.parametrize("name", ["Europe/Helsinki", "UTC", "Etc/GMT+3", "America/Argentina/Buenos_Aires"])
def test_names_that_are_taken(name):
    assert parse_zone(name) == name


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("europe/helsinki", "zone 'europe/helsinki' is no IANA time zone. Did you mean Europe/Helsinki?"),
        ("Mars/Olympus", "zone 'Mars/Olympus' is no IANA time zone. It is a name such as Europe/Helsinki."),
        ("", "zone '' is no IANA time zone. It is a name such as Europe/Helsinki."),
        ("../../etc/passwd", "zone '../../etc/passwd' is no IANA time zone. It is a name such as Europe/Helsinki."),
        ("localtime", "zone 'localtime' is no IANA time zone. It is a name such as Europe/Helsinki."),
        ("Europe/Helsinki\n", "zone 'Europe/Helsinki\\n' is no IANA time zone. It is a name such as Europe/Helsinki."),
        ("+02:00", "zone '+02:00' is no IANA time zone. It is a name such as Europe/Helsinki."),
        ("A" * 100_000, "zone is longer than 63 characters."),
    ],
)
def test_names_that_are_refused(text, detail):
    with pytest.raises(InvalidParameter) as caught:
        parse_zone(text, parameter="zone")
    assert (caught.value.parameter, caught.value.detail) == ("zone", detail)


def test_no_zone_is_listed_that_cannot_be_loaded():
    assert {zoneinfo.ZoneInfo(name).key for name in zone_names()} == zone_names()
