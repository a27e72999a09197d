"""The search that the server has the browser ask first is the one that the page's URL says."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from web.addresses import Home, first_search_url

HOME = Home.parse("60.17,24.94,13,1500")
ALWAYS = {"facets", "limit", "explain", "highlight", "lang"}
AT_HOME = {"lat": "60.17", "lon": "24.94", "radius_metres": "1500"}


@pytest.mark.parametrize(
    ("params", "asked"),
    [
        ({}, AT_HOME),
        ({"q": "tea", "unknown": "1"}, {"q": "tea", **AT_HOME}),
        ({"lat": "1"}, AT_HOME),
        ({"lat": "1", "lon": "2"}, {"lat": "1", "lon": "2"}),
        ({"bbox": "1,2,3,4"}, {"bbox": "1,2,3,4"}),
        ({"serves": "60,24", "mode": "delivery"}, {"serves": "60,24", "mode": "delivery"}),
        ({"serves": "60,24", "bbox": "1,2,3,4"}, {"bbox": "1,2,3,4", "serves": "60,24"}),
        ({"mode": "delivery"}, {"mode": "delivery", **AT_HOME}),
    ],
)
def test_a_question_without_an_area_is_asked_round_home(params, asked):
    url = urlsplit(first_search_url(params, home=HOME, language="en"))
    said = {name: value for name, (value,) in parse_qs(url.query).items()}
    assert url.path == "/v1/search"
    assert {name: value for name, value in said.items() if name not in ALWAYS} == asked
