"""GET /v1/search?serves=…: what is asked, what is refused, what a hit says."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from search.backends.postgis.backend import PostgisBackend
from search.document import Mode
from tests.contracts.documents import CENTRE, band, metres_north
from tests.search.offers import deal, place

pytestmark = pytest.mark.django_db

ADDRESS = f"{CENTRE.lat},{CENTRE.lon}"


def served(number: int, **changes):
    """Branch `number`, five kilometres away and more, which delivers to the address."""
    far = metres_north(5_000 + number)
    return place(number, point=far, bands=(band(number, radius_metres=9_000.0),), **changes)


@pytest.fixture
def put():
    return lambda *documents: PostgisBackend().apply(documents, gone=(), version=1)


@pytest.fixture
def get(client):
    def get(status: int = 200, path: str = "search", **params):
        response = client.get(f"/v1/{path}", params)
        assert response.status_code == status, response.content
        return response.json()

    return get


def ids(answer) -> list[int]:
    return [UUID(hit["place_id"]).int for hit in answer["hits"]]


def test_each_hit_says_how_it_serves_and_how_far_away_it_is(get, put):
    put(served(1), place(2))
    answer = get(serves=ADDRESS)
    assert answer["origin"] == {"lat": CENTRE.lat, "lon": CENTRE.lon}
    assert {UUID(hit["place_id"]).int: (hit["distance_metres"], hit["serves"]) for hit in answer["hits"]} == {
        1: (
            pytest.approx(5_001, abs=0.2),
            [
                {
                    "mode": "delivery",
                    "area_id": str(UUID(int=0xA)),
                    "area": "Area",
                    "band_id": str(UUID(int=0xB001)),
                    "named_area": None,
                    "fee_minor": 1,
                    "minimum_minor": 1000,
                    "currency": "EUR",
                    "eta_min_minutes": 20,
                    "eta_max_minutes": None,
                }
            ],
        ),
        2: (pytest.approx(20, abs=0.2), [{"mode": "visit"}]),
    }
    assert ids(get(serves=ADDRESS, mode="delivery", sort="distance")) == [1]
    assert [hit["serves"] for hit in get(lat=CENTRE.lat, lon=CENTRE.lon)["hits"]] == [None]
    assert get(serves=ADDRESS, mode="delivery", fields="id,serves")["hits"][0].keys() == {"id", "serves"}


def test_only_an_area_that_is_asked_for_cuts_off(get, put):
    put(served(1))
    beside = {"lat": str(metres_north(5_000).lat), "lon": str(CENTRE.lon)}
    assert ids(get(serves=ADDRESS, mode="delivery")) == [1]
    assert ids(get(serves=ADDRESS, mode="delivery", radius_metres="4000")) == []
    assert ids(get(serves=ADDRESS, mode="delivery", radius_metres="50", **beside)) == [1]
    assert ids(get(serves=ADDRESS, mode="delivery", bbox="24,60,25,60.1")) == []


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"mode": "delivery", "lat": "60", "lon": "24"}, "mode"),
        ({"serves": "60,24", "mode": "pigeon"}, "mode"),
        ({"serves": "60"}, "serves"),
        ({"serves": "91,24"}, "serves"),
        ({"serves": "60,nan"}, "serves"),
        ({"serves": ""}, "serves"),
        ({"serves": "60,24", "lat": "60", "lon": "24"}, "lat"),
        ({"serves": "60,24", "lat": "60", "radius_metres": "10"}, "lon"),
        ({"serves": "60,24", "radius_metres": "0"}, "radius_metres"),
        ({"serves": "60,24", "bbox": "1,2,3,4", "radius_metres": "5"}, "bbox"),
    ],
)
def test_mistakes_name_the_parameter(get, params, field):
    problem = get(400, **params)
    assert (problem["code"], problem["parameter"]) == ("invalid_parameter", field)


def test_pages_clusters_and_tiles_take_it(get, put, client):
    put(*(served(n) for n in range(1, 6)), place(9))
    first = get(serves=ADDRESS, mode="delivery", sort="distance", limit="3")
    rest = get(serves=ADDRESS, mode="delivery", sort="distance", cursor=first["next_cursor"])
    assert (ids(first), ids(rest), first["total"]["value"]) == ([1, 2, 3], [4, 5], 5)
    assert rest["hits"][0]["serves"][0]["fee_minor"] == 4
    refused = get(400, serves="60,24", mode="delivery", sort="distance", cursor=first["next_cursor"])
    assert refused["code"] == "cursor_mismatch"
    boxed = {"path": "clusters", "bbox": "24,60,26,61", "resolution": "3"}
    assert get(serves=ADDRESS, mode="delivery", **boxed)["total"]["value"] == 5
    assert get(**boxed)["total"]["value"] == 6
    tile = "/v1/tiles/offers/6/36/18.mvt"
    assert client.get(tile, {"serves": ADDRESS, "mode": "at_home"}).content == b""
    assert client.get(tile, {"serves": ADDRESS, "mode": "delivery"}).content != b""


def test_it_costs_one_statement_whatever_is_found(put):
    from tests.contracts.serving import who

    put(*(served(n) for n in range(1, 9)), deal(1, mode=Mode.DELIVERY, point=metres_north(5_001)))
    for limit in (1, 9):
        with CaptureQueriesContext(connection) as captured:
            page = PostgisBackend().search(replace(who(), limit=limit))
        assert (page.total, len(captured)) == (9, 1)
