"""The parameter `datum`, over HTTP: what is sent and answered in one datum is the same place in another."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.contrib.gis.geos import Point as GeometryPoint
from rest_framework.test import APIClient

from geo.datum import Datum, from_wgs84
from geo.types import Point
from indexing.relay import drain_all
from search.backends.postgis.backend import PostgisBackend
from tests.factories import BranchFactory, DealFactory, MembershipFactory, NamedAreaFactory, ServiceAreaFactory, square

pytestmark = pytest.mark.django_db

PLACE = Point(116.377817, 39.911954)
ADDRESS = Point(116.38, 39.914)
RING = [(116.36, 39.90), (116.40, 39.90), (116.40, 39.93), (116.36, 39.93), (116.36, 39.90)]


@pytest.fixture(params=[Datum.GCJ02, Datum.BD09])
def datum(request):
    return request.param


@pytest.fixture
def branch():
    point = GeometryPoint(PLACE.lon, PLACE.lat, srid=4326)
    return BranchFactory(point=point, zone="Asia/Shanghai", country="CN", opening_hours="24/7")


@pytest.fixture
def api(branch):
    client = APIClient()
    client.force_authenticate(MembershipFactory(merchant=branch.merchant).user)
    return client


def told(api, path, datum=None, **params):
    answer = api.get(f"{path}?{urlencode({**params, **({'datum': datum} if datum else {})})}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def is_at(data, point, datum):
    wanted = from_wgs84(point, datum)
    return (data["lat"], data["lon"]) == pytest.approx((wanted.lat, wanted.lon), abs=1e-6)


def test_places_and_deals(api, branch, datum):
    deal = DealFactory(merchant=branch.merchant)
    assert is_at(told(api, f"/v1/places/{branch.id}", datum), PLACE, datum)
    near = from_wgs84(ADDRESS, datum)
    path = f"/v1/deals/{deal.id}"
    plain = told(api, path, lat=ADDRESS.lat, lon=ADDRESS.lon)["branches"]["items"][0]
    shown = told(api, path, datum, lat=f"{near.lat:.9f}", lon=f"{near.lon:.9f}")["branches"]["items"][0]
    assert is_at(shown, PLACE, datum)
    assert shown["distance_metres"] == pytest.approx(plain["distance_metres"], abs=0.1)


def test_searches_by_point_box_polygon_and_address(api, branch, datum):
    ServiceAreaFactory(branch=branch, bands=[{"radius_metres": 300}])
    drain_all(PostgisBackend())
    here = from_wgs84(PLACE, datum)
    west, south, east, north = here.lon - 0.001, here.lat - 0.001, here.lon + 0.001, here.lat + 0.001
    at = {"lat": f"{here.lat:.9f}", "lon": f"{here.lon:.9f}"}
    for where in (
        {**at, "radius_metres": "20"},
        {"bbox": f"{west},{south},{east},{north}"},
        {"polygon": f"{south},{west};{south},{east};{north},{east};{north},{west}"},
        {"serves": f"{here.lat:.9f},{here.lon:.9f}", "mode": "delivery"},
    ):
        answer = told(api, "/v1/search", datum, **where)
        (hit,) = answer["hits"]
        assert is_at(hit, PLACE, datum)
        assert hit["distance_metres"] == pytest.approx(0, abs=60 if "bbox" in where or "polygon" in where else 0.1)
        assert told(api, "/v1/search", **where)["hits"] == []
    assert is_at(told(api, "/v1/search", datum, **at)["origin"], PLACE, datum)
    cells = told(api, "/v1/clusters", datum, bbox=f"{west},{south},{east},{north}", resolution="11")["cells"]
    assert [cell["lat"] for cell in cells] == [pytest.approx(here.lat, abs=1e-6)]
    assert told(api, "/v1/coverage", datum, **at)["ways"][0]["total"]["value"] == 1
    assert is_at(told(api, "/v1/coverage", datum, **at)["origin"], PLACE, datum)
    refused = api.get(f"/v1/search?{urlencode({**at, 'datum': datum, 'fields': 'id,lat'})}").json()
    assert refused["parameter"] == "fields"


def test_branches_of_a_merchant(api, branch, datum):
    (item,) = told(api, f"/v1/merchant/merchants/{branch.merchant_id}/branches", datum)["items"]
    assert is_at(item, PLACE, datum)
    assert is_at(told(api, f"/v1/merchant/branches/{branch.id}", datum), PLACE, datum)


def test_an_address_is_assigned_alike(api, branch, datum):
    ServiceAreaFactory(branch=branch, bands=[{"radius_metres": 300}, {"radius_metres": 2000}])
    body = {"mode": "delivery", "merchant_id": str(branch.merchant_id)}
    there = from_wgs84(ADDRESS, datum)
    plain = api.post("/v1/assign", {**body, "lat": ADDRESS.lat, "lon": ADDRESS.lon}, format="json").json()
    shifted = api.post(f"/v1/assign?datum={datum}", {**body, "lat": there.lat, "lon": there.lon}, format="json").json()
    assert shifted["branch"]["distance_metres"] == pytest.approx(plain["branch"]["distance_metres"], abs=0.1)
    misread = api.post("/v1/assign", {**body, "lat": there.lat, "lon": there.lon}, format="json").json()
    assert abs(misread["branch"]["distance_metres"] - plain["branch"]["distance_metres"]) > 100


def test_an_area_is_kept_as_drawn_on_another_map(api, branch, datum):
    drawn = [[point.lon, point.lat] for point in (from_wgs84(Point(*corner), datum) for corner in RING)]
    band = {"area": {"type": "Polygon", "coordinates": [drawn]}}
    body = {"mode": "delivery", "name": "Centre", "draft": {"currency": "CNY", "bands": [band]}}
    area = api.post(f"/v1/merchant/branches/{branch.id}/areas?datum={datum}", body, format="json").json()
    path = f"/v1/merchant/areas/{area['id']}"
    shown = [area, told(api, path, datum), told(api, f"{path}/versions/1", datum)]
    for version in [*(each["draft"] for each in shown[:2]), shown[2]]:
        (ring,) = version["bands"][0]["area"]["coordinates"][0]
        assert [number for position in ring for number in position] == pytest.approx(
            [number for position in drawn for number in position], abs=2e-8
        )
    (kept,) = told(api, path)["draft"]["bands"][0]["area"]["coordinates"][0]
    assert [number for position in kept for number in position] == pytest.approx(
        [number for position in RING for number in position], abs=2e-8
    )
    box = told(api, f"{path}/preview", datum)["box"]
    assert (box["west"], box["south"]) == pytest.approx(tuple(drawn[0]), abs=1e-6)


def test_the_place_of_a_fault_is_where_it_was_drawn(api, branch, datum):
    bow_tie = [(116.36, 39.90), (116.40, 39.94), (116.40, 39.90), (116.36, 39.94), (116.36, 39.90)]
    drawn = [[point.lon, point.lat] for point in (from_wgs84(Point(*corner), datum) for corner in bow_tie)]
    body = {
        "mode": "delivery",
        "draft": {"currency": "CNY", "bands": [{"area": {"type": "Polygon", "coordinates": [drawn]}}]},
    }
    answer = api.post(f"/v1/merchant/branches/{branch.id}/area-check?datum={datum}", body, format="json")
    refused = answer.json()
    assert (answer.status_code, refused["reason"]) == (400, "self_intersection")
    assert is_at(refused["place"], Point(116.38, 39.92), datum) or refused["place"]["lat"] == pytest.approx(
        from_wgs84(Point(116.38, 39.92), datum).lat, abs=1e-4
    )


def test_a_named_area(api, datum):
    area = NamedAreaFactory(geometry=square(116.36, 39.90, 116.40, 39.93))
    shown = told(api, f"/v1/merchant/named-areas/{area.id}", datum)["area"]["coordinates"][0][0]
    corners = {tuple(round(number, 6) for number in position) for position in shown}
    south_west = from_wgs84(Point(116.36, 39.90), datum)
    assert (round(south_west.lon, 6), round(south_west.lat, 6)) in corners


def test_outside_china_nothing_moves(api, datum):
    branch = BranchFactory()
    assert told(api, f"/v1/places/{branch.id}", datum)["lat"] == told(api, f"/v1/places/{branch.id}")["lat"] == 60.1699


@pytest.mark.parametrize("path", ["/v1/suggest", "/v1/places/x", "/v1/deals/x"])
def test_an_unknown_datum_is_refused(api, path):
    refused = api.get(f"{path}?datum=wgs72").json()
    assert (refused["parameter"], refused["code"]) == ("datum", "invalid_parameter")
