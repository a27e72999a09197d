"""GET /v1/deals/{id}: terms in full, and where it can be used, nearest first."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
import time_machine
from django.contrib.gis.geos import Point

from geo.distance import distance_metres
from geo.types import Point as Position
from tests.factories import BranchFactory, DealFactory, MerchantFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
HERE = {"lat": "60.17", "lon": "24.94"}


@pytest.fixture
def get(client):
    def get(deal_id, status: int = 200, **params):
        with time_machine.travel(NOW, tick=True):
            response = client.get(f"/v1/deals/{deal_id}", params)
        assert response.status_code == status, response.content
        return response.json()

    return get


def _at(lat: float, **changes):
    return BranchFactory(point=Point(24.94, lat, srid=4326), **changes)


def test_a_deal_in_full(get):
    deal = DealFactory(
        merchant=MerchantFactory(name="Owner"),
        title="Lunch",
        titles={"fi": "Lounas"},
        terms="One a table.",
        list_price_minor=2999,
        price_minor=2000,
        weekdays=[5, 1],
        daily_from=time(22),
        daily_until=time(2),
        blackout_dates=[date(2026, 12, 24), date(2026, 12, 6)],
        stock=7,
        per_customer_cap=2,
        new_customers_only=True,
        generated=True,
    )
    answer = get(deal.id, lang="fi")
    assert answer.pop("as_of").startswith("2026-11-20T10:00")
    assert answer == {
        "id": str(deal.id),
        "title": "Lounas",
        "titles": {"fi": "Lounas"},
        "terms": "One a table.",
        "state": "live",
        "is_current": True,
        "merchant": {"id": str(deal.merchant_id), "name": "Owner"},
        "fulfilment": "voucher",
        "price_minor": 2000,
        "list_price_minor": 2999,
        "currency": "EUR",
        "discount_percent": 33,
        "valid_from": "2026-01-01T00:00:00Z",
        "valid_until": "2027-01-01T00:00:00Z",
        "weekdays": [1, 5],
        "daily_from": "22:00",
        "daily_until": "02:00",
        "blackout_dates": ["2026-12-06", "2026-12-24"],
        "stock_left": 7,
        "per_customer_cap": 2,
        "new_customers_only": True,
        "generated": True,
        "branches": {"items": [], "total": {"value": 0, "relation": "eq"}, "next_offset": None},
    }


def test_its_places_come_nearest_first_with_their_distance(get):
    merchant = MerchantFactory()
    lats = (60.19, 60.171, 60.18)
    branches = {lat: _at(lat, merchant=merchant, names={"fi": f"Nimi {lat}"}) for lat in lats}
    places = get(DealFactory(merchant=merchant).id, lang="fi", **HERE)["branches"]["items"]
    assert [place["place_id"] for place in places] == [str(branches[lat].id) for lat in sorted(lats)]
    assert [place["distance_metres"] for place in places] == [
        round(distance_metres(Position(24.94, 60.17), Position(24.94, lat)), 1) for lat in sorted(lats)
    ]
    assert places[0]["name"] == "Nimi 60.171"


def test_without_a_point_places_come_by_name(get):
    merchant = MerchantFactory()
    for name in ("C", "A", "B"):
        BranchFactory(merchant=merchant, name=name)
    places = get(DealFactory(merchant=merchant).id)["branches"]["items"]
    assert [(place["name"], place["distance_metres"]) for place in places] == [("A", None), ("B", None), ("C", None)]


def test_only_places_where_it_is_good_are_told(get):
    merchant = MerchantFactory()
    good, other, closed = (BranchFactory(merchant=merchant) for _ in range(3))
    closed.closed_at = NOW - timedelta(days=1)
    closed.save()
    deal = DealFactory(merchant=merchant, all_branches=False)
    deal.branches.add(good, closed, BranchFactory())
    assert [place["place_id"] for place in get(deal.id)["branches"]["items"]] == [str(good.id)]
    everywhere = get(DealFactory(merchant=merchant).id)["branches"]
    assert {place["place_id"] for place in everywhere["items"]} == {str(good.id), str(other.id)}


def test_places_are_paged(get):
    merchant = MerchantFactory()
    branches = [_at(60.17 + n / 1000, merchant=merchant) for n in range(5)]
    deal, found, offset = DealFactory(merchant=merchant), [], 0
    while offset is not None:
        page = get(deal.id, limit=2, offset=offset, **HERE)["branches"]
        assert page["total"] == {"value": 5, "relation": "eq"}
        found += [place["place_id"] for place in page["items"]]
        offset = page["next_offset"]
    assert found == [str(branch.id) for branch in branches]
    assert get(deal.id, offset=5)["branches"] == {
        "items": [],
        "total": {"value": 5, "relation": "eq"},
        "next_offset": None,
    }


@pytest.mark.parametrize(
    ("changes", "state", "is_current"),
    [
        ({}, "live", True),
        ({"state": "ended"}, "ended", False),
        ({"valid_until": NOW}, "live", False),
        ({"valid_from": NOW + timedelta(minutes=1)}, "live", False),
    ],
)
def test_whether_it_can_be_bought_now_is_said(get, changes, state, is_current):
    answer = get(DealFactory(**changes).id)
    assert (answer["state"], answer["is_current"]) == (state, is_current)


def test_a_draft_is_nobodys_business(get):
    assert get(DealFactory(state="draft").id, 404)["code"] == "not_found"


@pytest.mark.parametrize(
    ("params", "parameter"),
    [
        ({"lat": "60"}, "lon"),
        ({"lat": "95", "lon": "24"}, "lat"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"offset": "10001"}, "offset"),
        ({"offset": "-1"}, "offset"),
        ({"lang": "?"}, "lang"),
        ({"radius_metres": "5"}, "radius_metres"),
    ],
)
def test_mistakes_are_refused_by_name(get, params, parameter):
    assert get(DealFactory().id, 400, **params)["parameter"] == parameter


def test_a_deal_that_is_not_there_and_an_id_that_is_none_are_told_apart(get):
    assert get(UUID(int=5), 404)["code"] == "not_found"
    assert get("5", 400)["parameter"] == "id"
