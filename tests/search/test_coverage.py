"""GET /v1/coverage counts as the searches do that it stands for."""

from __future__ import annotations

import pytest
import time_machine

from search.backends.postgis.backend import PostgisBackend
from search.document import Mode
from tests.contracts.documents import CENTRE, band, metres_north
from tests.search.offers import HERE, deal, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def get(client):
    def get(path: str, status: int = 200, **params):
        response = client.get(f"/v1/{path}", params)
        assert response.status_code == status, response.content
        return response.json()

    return get


def test_each_way_with_the_counts_of_its_search(get):
    PostgisBackend().apply(
        [
            place(1, bands=(band(1),)),
            place(2, bands=(band(2, mode=Mode.AT_HOME),), categories=("beauty", "hairdresser")),
            place(3, point=metres_north(5_000), bands=(band(3, radius_metres=6_000.0),)),
            place(4, point=metres_north(5_000)),
            deal(1, mode=Mode.DELIVERY),
            deal(2),
        ],
        gone=(),
        version=1,
    )
    with time_machine.travel("2026-11-22T12:00:00+00:00", tick=False):
        answer = get("coverage", **HERE)
        searched = [
            get("search", serves=f"{CENTRE.lat},{CENTRE.lon}", mode=way["mode"], facets="category,kind")
            for way in answer["ways"]
        ]
    assert answer["ways"][2] == {
        "mode": "delivery",
        "total": {"value": 3, "relation": "eq"},
        "kinds": {"deal": 1, "place": 2},
        "categories": {"cafe": 3, "food": 3},
    }
    assert [way["total"]["value"] for way in answer["ways"]] == [5, 3, 3, 1]
    assert [(way["total"], {"kind": way["kinds"], "category": way["categories"]}) for way in answer["ways"]] == [
        (found["total"], found["facets"]) for found in searched
    ]


@pytest.mark.parametrize(
    ("params", "field"),
    [({}, "lat"), ({"lat": "60"}, "lon"), ({"lat": "91", "lon": "0"}, "lat"), ({**HERE, "q": "a"}, "q")],
)
def test_mistakes_name_the_parameter(get, params, field):
    assert get("coverage", 400, **params)["parameter"] == field
