import math

import pytest

from geo.types import Box, Point
from listings.imports.categories import resolver
from listings.imports.places import BrokenRecord, Finding, Outcome, RawRow, Reason
from listings.imports.rows import LIMITS_CHARACTERS, RowCheck

HELSINKI = Box(24.5, 60.0, 25.5, 60.5)


def _raw(**values) -> RawRow:
    dull = {
        "record": 1,
        "line": 7,
        "external_id": "x1",
        "names": {"": "Kahvila"},
        "lon": 24.94,
        "lat": 60.17,
        "category": "cafe",
    }
    return RawRow(**{**dull, **values})


def _check(box=None, stated_country="", **values):
    return RowCheck(resolver(), box=box, country=stated_country).check(_raw(**values))


def test_a_plain_row_becomes_a_place_with_zone_and_country_found():
    checked = _check(opening_hours="Mo-Fr  08:00-17:00", website="example.org", names={"": " Kahvila\n", "sv": "Kafé"})
    assert checked.findings == ()
    place = checked.place
    assert (place.external_id, place.name, place.names) == ("x1", "Kahvila", {"sv": "Kafé"})
    assert place.point == Point(24.94, 60.17)
    assert (place.zone, place.country) == ("Europe/Helsinki", "FI")
    assert (place.opening_hours, place.website) == ("Mo-Fr 08:00-17:00", "https://example.org")


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"names": {}}, "name", Reason.MISSING_NAME),
        ({"names": {"": "  \t"}}, "name", Reason.MISSING_NAME),
        ({"names": {"": "x" * 201}}, "name", Reason.TEXT_TOO_LONG),
        ({"names": {"": "a\x00b"}}, "name", Reason.CONTROL_CHARACTERS),
        ({"names": {"": "a\u202eb"}}, "name", Reason.CONTROL_CHARACTERS),
        ({"names": {"": "a\ud800b"}}, "name", Reason.CONTROL_CHARACTERS),
        ({"external_id": "y" * 121}, "external_id", Reason.TEXT_TOO_LONG),
        ({"external_id": "y\x07"}, "external_id", Reason.CONTROL_CHARACTERS),
        ({"lat": ""}, "lat", Reason.MISSING_POSITION),
        ({"lon": None}, "lon", Reason.MISSING_POSITION),
        ({"lat": "north"}, "lat", Reason.POSITION_NOT_A_NUMBER),
        ({"lat": "60,17"}, "lat", Reason.POSITION_NOT_A_NUMBER),
        ({"lat": "6_0.1"}, "lat", Reason.POSITION_NOT_A_NUMBER),
        ({"lat": "٦٠"}, "lat", Reason.POSITION_NOT_A_NUMBER),
        ({"lat": "infinity"}, "lat", Reason.POSITION_NOT_A_NUMBER),
        ({"lat": math.nan}, "lat", Reason.POSITION_NOT_A_NUMBER),
        ({"lon": "1e999"}, "lon", Reason.POSITION_NOT_A_NUMBER),
        ({"lon": [24.9]}, "lon", Reason.POSITION_NOT_A_NUMBER),
        ({"lon": True}, "lon", Reason.POSITION_NOT_A_NUMBER),
        ({"lon": 10**400}, "lon", Reason.POSITION_NOT_A_NUMBER),
        ({"lat": 0, "lon": "0.0"}, "lat", Reason.POSITION_AT_ZERO),
        ({"lat": 121.5, "lon": 31.2}, "lat", Reason.POSITION_SWAPPED),
        ({"lat": 200, "lon": 31.2}, "lat", Reason.POSITION_OUT_OF_RANGE),
        ({"lat": 60.17, "lon": 181}, "lat", Reason.POSITION_OUT_OF_RANGE),
        ({"category": "no such thing"}, "category", Reason.UNKNOWN_CATEGORY),
        ({"category": ""}, "category", Reason.MISSING_CATEGORY),
    ],
)
def test_a_row_is_refused_with_its_field_and_reason(values, field, reason):
    checked = _check(**values)
    assert checked.place is None
    (finding,) = checked.findings
    assert (finding.line, finding.field, finding.reason, finding.outcome) == (7, field, reason, Outcome.REFUSED)
    assert finding.detail


@pytest.mark.parametrize(
    ("lat", "lon", "reason"),
    [
        (24.94, 60.17, Reason.POSITION_SWAPPED),
        (61.0, 24.94, Reason.POSITION_OUTSIDE_BOX),
        (0.001, -0.001, Reason.POSITION_AT_ZERO),
    ],
)
def test_inside_a_box_three_mistakes_are_told_apart(lat, lon, reason):
    assert [finding.reason for finding in _check(box=HELSINKI, lat=lat, lon=lon).findings] == [reason]
    assert _check(box=HELSINKI).place is not None


def test_the_edge_of_the_box_is_inside():
    assert _check(box=Box(24.94, 60.17, 25, 61)).place is not None


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"opening_hours": "whenever"}, "opening_hours", Reason.HOURS_UNREADABLE),
        ({"opening_hours": "Mo " * 300}, "opening_hours", Reason.HOURS_UNREADABLE),
        ({"website": "javascript:alert(1)"}, "website", Reason.WEBSITE_NOT_A_URL),
        ({"website": "https://bank.example@evil.example/"}, "website", Reason.WEBSITE_NOT_A_URL),
        ({"website": "https://[oops"}, "website", Reason.WEBSITE_NOT_A_URL),
        ({"website": "https://e.org/" + "x" * 500}, "website", Reason.TEXT_TOO_LONG),
        ({"country": "Finland"}, "country", Reason.COUNTRY_UNKNOWN),
        ({"zone": "-6"}, "zone", Reason.ZONE_UNKNOWN),
        ({"phone": "1" * 41}, "phone", Reason.TEXT_TOO_LONG),
        ({"names": {"": "Kahvila", "sv": "a\x01"}}, "name:sv", Reason.CONTROL_CHARACTERS),
        ({"attributes": {"cuisine": "x" * 101}}, "cuisine", Reason.TEXT_TOO_LONG),
    ],
)
def test_a_bad_optional_field_is_dropped_and_the_place_kept(values, field, reason):
    checked = _check(**values)
    assert checked.place is not None
    assert [(item.field, item.reason, item.outcome) for item in checked.findings] == [
        (field, reason, Outcome.FIELD_DROPPED)
    ]
    assert (checked.place.opening_hours, checked.place.website, checked.place.phone) == ("", "", "")


def test_a_zone_after_an_offset_is_taken():
    assert _check(zone="GMT-04:00 America/New_York").place.zone == "America/New_York"


def test_the_stated_country_goes_between_the_files_and_the_zones():
    assert _check(stated_country="AX").place.country == "AX"
    assert RowCheck(resolver(), country="AX").check(_raw(country="se")).place.country == "SE"


def test_a_name_is_the_main_one_else_english_else_any_else_the_brand():
    assert _check(names={"fi": "Kahvila", "en": "Café"}).place.name == "Café"
    assert _check(names={"fi": "Kahvila"}).place.name == "Kahvila"
    assert _check(names={}, brand="Kahvi Oy").place.name == "Kahvi Oy"


def test_keys_that_are_no_languages_are_left_out():
    place = _check(names={"": "A", "zh-Hant": "甲", "etymology:wikidata": "Q1", "pt-BR": "B", "left": "C"}).place
    assert place.names == {"zh-Hant": "甲", "pt-BR": "B"}


def test_names_are_compared_in_one_form():
    assert _check(names={"": "Cafe\u0301"}).place.name == "Café"


def test_the_same_id_twice_is_refused_the_second_time():
    check = RowCheck(resolver())
    assert check.check(_raw()).place is not None
    (finding,) = check.check(_raw(line=8)).findings
    assert finding == Finding(
        8, "", "external_id", Reason.DUPLICATE_EXTERNAL_ID, Outcome.REFUSED, "“x1” stands earlier in this file."
    )


def test_a_row_without_an_id_gets_one_that_stays():
    first, again = _check(external_id="").place, _check(external_id="", record=5, line=9).place
    assert first.external_id == again.external_id
    assert first.external_id.startswith("derived:")
    assert _check(external_id="", lat=60.18).place.external_id != first.external_id


def test_a_broken_record_is_a_refusal():
    checked = RowCheck(resolver()).broken(BrokenRecord(3, 4, Reason.RECORD_TOO_LARGE, "Too large."))
    assert checked.place is None
    assert checked.findings == (Finding(4, "", "record", Reason.RECORD_TOO_LARGE, Outcome.REFUSED, "Too large."),)


def test_limits_fit_the_columns():
    from listings.models import Branch, Brand

    for name in set(LIMITS_CHARACTERS) - {"attribute", "brand"}:
        assert LIMITS_CHARACTERS[name] == Branch._meta.get_field(name).max_length, name
    assert LIMITS_CHARACTERS["brand"] == Brand._meta.get_field("name").max_length
