from __future__ import annotations

from uuid import UUID

import pytest

from config.api.values import parse_uuid, parse_whole, whole_of
from config.attributions import attributions_of
from config.errors import InvalidParameter


def test_an_id_is_a_uuid_in_its_long_form_in_any_case():
    assert parse_uuid("7B2C5E0A-0000-4000-8000-0123456789ab") == UUID("7b2c5e0a-0000-4000-8000-0123456789ab")


@pytest.mark.parametrize("text", ["", "7", "7b2c5e0a000040008000 0123456789ab", "urn:uuid:" + "0" * 36, "０" * 36])
def test_anything_else_is_refused(text):
    with pytest.raises(InvalidParameter) as refused:
        parse_uuid(text)
    assert refused.value.parameter == "id"


@pytest.mark.parametrize(("text", "value"), [("1", 1), ("100", 100)])
def test_whole_numbers_within_their_bounds(text, value):
    assert parse_whole(text, parameter="limit", minimum=1, maximum=100) == value


@pytest.mark.parametrize("text", ["", "0", "101", "-1", "+1", "01", "1.0", "1e1", " 1", "１", "1" * 500, "1_0"])
def test_other_numbers_are_refused_with_the_bounds(text):
    with pytest.raises(InvalidParameter) as refused:
        parse_whole(text, parameter="limit", minimum=1, maximum=100)
    assert (refused.value.parameter, refused.value.limit) == ("limit", "1..100")


def test_what_is_not_given_is_the_default():
    assert whole_of({}, "limit", minimum=1, maximum=100, default=20) == 20
    assert whole_of({"limit": "3"}, "limit", minimum=1, maximum=100, default=20) == 3


def test_each_source_is_named_once_and_those_that_ask_for_nothing_not_at_all():
    assert [each["source"] for each in attributions_of(["osm", None, "", "own", "overture", "osm"])] == [
        "osm",
        "overture",
    ]
