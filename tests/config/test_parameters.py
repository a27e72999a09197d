from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import RequestFactory

from config.api.parameters import MAX_PARAMETERS, MAX_VALUE_CHARACTERS, read_query
from config.api.problems import BadRequest
from config.errors import InvalidParameter, UnknownParameter

KNOWN = {"lat", "lon", "radius_metres", "text"}


def read(query: str, **more):
    return read_query(RequestFactory().get("/", QUERY_STRING=query), known=KNOWN, **more)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {}),
        ("lat=60.1&lon=24.9", {"lat": "60.1", "lon": "24.9"}),
        ("text=", {"text": ""}),
        ("text", {"text": ""}),
        ("text=a+b%20c", {"text": "a b c"}),
        ("text=%E6%B1%89", {"text": "汉"}),
        ("text=a%3Db%26c", {"text": "a=b&c"}),
        ("text=100%25", {"text": "100%"}),
        ("&&lat=1&", {"lat": "1"}),
        ("text=a;lat=1", {"text": "a;lat=1"}),
    ],
)
def test_read(query, expected):
    assert read(query) == expected


def test_order_is_kept():
    assert list(read("text=a&lat=1&lon=2")) == ["text", "lat", "lon"]


def test_an_unknown_name_comes_with_the_nearest_and_the_list():
    with pytest.raises(UnknownParameter) as caught:
        read("raduis_metres=5")
    assert caught.value.parameter == "raduis_metres"
    assert caught.value.detail == "There is no parameter 'raduis_metres'. Did you mean 'radius_metres'?"
    assert caught.value.members == {"nearest": "radius_metres", "known": ["lat", "lon", "radius_metres", "text"]}


def test_a_name_like_no_other_comes_with_the_list():
    with pytest.raises(UnknownParameter) as caught:
        read("zzz=5")
    assert caught.value.detail == "There is no parameter 'zzz'. This operation takes: lat, lon, radius_metres, text."
    assert "nearest" not in caught.value.members


def test_names_are_case_sensitive_and_the_right_case_is_suggested():
    with pytest.raises(UnknownParameter) as caught:
        read("LAT=5")
    assert caught.value.members["nearest"] == "lat"


def test_an_operation_without_parameters_says_so():
    with pytest.raises(UnknownParameter) as caught:
        read_query(RequestFactory().get("/?a=1"), known=())
    assert caught.value.detail == "There is no parameter 'a'. This operation takes no parameters."


def test_a_hostile_name_is_echoed_short_and_printable():
    with pytest.raises(UnknownParameter) as caught:
        read("%0d%0aSet-Cookie" + "x" * 5000 + "=1")
    assert caught.value.parameter.startswith("\ufffd\ufffdSet-Cookie")
    assert len(caught.value.parameter) == 64


@pytest.mark.parametrize(
    ("query", "detail", "limit"),
    [
        ("lat=1&lat=1", "lat is given more than once.", None),
        ("text=%ff", "text is not UTF-8.", None),
        ("text=%C0%80", "text is not UTF-8.", None),
        ("text=%ED%A0%80", "text is not UTF-8.", None),
        ("text=a%00b", "text holds a control character.", None),
        ("text=a%0Ab", "text holds a control character.", None),
        ("text=%C2%85", "text holds a control character.", None),
        ("text=" + "a" * (MAX_VALUE_CHARACTERS + 1), "text may have 2000 characters.", MAX_VALUE_CHARACTERS),
    ],
)
def test_a_value_that_is_refused(query, detail, limit):
    with pytest.raises(InvalidParameter) as caught:
        read(query)
    assert (caught.value.detail, caught.value.limit) == (detail, limit)


def test_the_longest_value_passes():
    assert read("text=" + quote("汉") * MAX_VALUE_CHARACTERS)["text"] == "汉" * MAX_VALUE_CHARACTERS


def test_an_operation_may_allow_longer_values():
    assert len(read("text=" + "a" * 9000, max_characters={"text": 10_000})["text"]) == 9000


@pytest.mark.parametrize("query", ["text=%", "text=%2", "text=%zz", "%u0041=1"])
def test_broken_percent_encoding(query):
    with pytest.raises(BadRequest) as caught:
        read(query)
    assert "%25" in caught.value.detail


def test_too_many_parameters():
    with pytest.raises(BadRequest) as caught:
        read("&".join(f"p{n}=1" for n in range(MAX_PARAMETERS + 1)))
    assert caught.value.members["limit"] == MAX_PARAMETERS


def test_bytes_sent_unescaped_are_read_as_utf_8():
    assert read("text=" + "汉".encode().decode("latin-1")) == {"text": "汉"}
