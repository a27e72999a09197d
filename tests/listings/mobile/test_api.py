"""A mobile branch says where it is, over HTTP; who asks where it is knows it, for as long as that counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point as GeometryPoint
from django.core.management import call_command
from django.utils import timezone
from rest_framework.test import APIClient

from booking.holds import Holder, Wanted, hold
from booking.models import Service
from booking.refusals import OutsideArea, SlotUnavailable
from geo.types import Point
from indexing.relay import drain_all
from listings.models import AuditEntry, Branch, Change
from search.backends.postgis.backend import PostgisBackend
from search.params import parse_search
from tests.booking.world import start_in
from tests.factories import BranchFactory, DealFactory, MembershipFactory, ServiceAreaFactory, ServiceFactory

pytestmark = pytest.mark.django_db

HOME, THERE = (60.1699, 24.9384), (60.20, 24.90)


@pytest.fixture
def branch():
    branch = BranchFactory()
    call_command("make_mobile", str(branch.id))
    branch.refresh_from_db()
    return branch


@pytest.fixture
def api(branch):
    client = APIClient()
    client.force_authenticate(MembershipFactory(merchant=branch.merchant, role="staff").user)
    return client


@pytest.fixture
def report(api, branch):
    def report(status=200, *, lat=THERE[0], lon=THERE[1], **body):
        answer = api.put(f"/v1/merchant/branches/{branch.id}/position", {"lat": lat, "lon": lon, **body}, format="json")
        assert answer.status_code == status, answer.content
        return answer.json()

    return report


def found(lat, lon, *, now=None):
    now = now or timezone.now()
    asked = parse_search({"lat": str(lat), "lon": str(lon), "radius_metres": "500"}, now=now)
    return sorted(hit.id.split(":")[0] for hit in PostgisBackend().search(asked.query).hits)


def ago(seconds):
    return (timezone.now() - timedelta(seconds=seconds)).isoformat()


def test_it_is_found_where_it_says_until_that_is_stale(report, branch):
    DealFactory(merchant=branch.merchant)
    drain_all(PostgisBackend())
    assert found(*HOME) == []
    answer = report()
    drain_all(PostgisBackend())
    assert (found(*HOME), found(*THERE)) == ([], ["deal", "place"])
    stale_at = datetime.fromisoformat(answer["stale_at"])
    assert found(*THERE, now=stale_at - timedelta(microseconds=1)) == ["deal", "place"]
    assert found(*THERE, now=stale_at) == []
    report(lat=HOME[0], lon=HOME[1])
    drain_all(PostgisBackend())
    assert (found(*HOME), found(*THERE)) == (["deal", "place"], [])


def test_time_takes_it_out_of_the_index_by_one_change(report, branch):
    for seconds in (30, 20, 10):
        answer = report(at=ago(seconds))
    drain_all(PostgisBackend())
    (waiting,) = Change.objects.filter(due_at__gt=timezone.now())
    assert waiting.due_at == datetime.fromisoformat(answer["stale_at"])
    past = timezone.now() - timedelta(seconds=1)
    Branch.objects.update(position_at=past - timedelta(seconds=300), position_until=past)
    Change.objects.update(due_at=past)
    drain_all(PostgisBackend())
    assert PostgisBackend().held([branch.id]) == {}
    report()
    assert Change.objects.filter(due_at__gt=timezone.now()).count() == 1


def test_the_newest_stays_whatever_comes_first(report):
    assert report(at=ago(10), lat=60.21)["kept"] is True
    older = report(at=ago(20), lat=60.22)
    assert (older["kept"], older["lat"]) == (False, 60.21)
    held = older["reported_at"]
    assert report(at=held, lat=60.23)["kept"] is False
    assert report(at=ago(5), lat=60.24)["lat"] == 60.24


def test_it_is_withdrawn_and_forgotten(api, report, branch):
    path = f"/v1/merchant/branches/{branch.id}/position"
    report()
    drain_all(PostgisBackend())
    assert api.get(path).json()["is_live"] is True
    assert api.delete(path).status_code == 204
    drain_all(PostgisBackend())
    shown = api.get(path).json()
    assert (shown["is_mobile"], shown["is_live"], shown["lat"], shown["reported_at"]) == (True, False, None, None)
    assert found(*THERE) == []
    branch.refresh_from_db()
    assert (branch.point.y, branch.point.x, branch.position_until) == (*HOME, branch.position_at)
    assert api.delete(path).status_code == 204
    assert report()["kept"] is True


def test_a_report_from_before_a_withdrawal_stays_out_however_late_it_comes(api, report, branch):
    path = f"/v1/merchant/branches/{branch.id}/position"

    def late(seconds):
        answer = report(at=ago(seconds))
        return answer["kept"], answer["is_live"], answer["lat"]

    api.delete(path)  # before the first report has come
    assert late(1) == (False, False, None)
    report()
    ahead = report(at=ago(-20))
    api.delete(path)
    assert [late(seconds) for seconds in (200, 1, -15)] == [(False, False, None)] * 3
    assert report(at=ahead["reported_at"])["kept"] is False
    assert api.get(path).json()["is_live"] is False
    assert report(at=ago(-25))["kept"] is True


def test_the_record_says_who_but_not_where(api, report, branch):
    for _ in range(3):
        report()
    api.delete(f"/v1/merchant/branches/{branch.id}/position")
    assert [(entry.action, entry.data) for entry in AuditEntry.objects.order_by("id")] == [
        ("branch.made_mobile", {}), ("position.shared", {}), ("position.withdrawn", {}),
    ]  # fmt: skip


def test_what_is_not_kept(report, branch):
    assert report(400, at=ago(301))["parameter"] == "at"
    assert report(400, at=ago(-60))["parameter"] == "at"
    assert report(400, at=7)["parameter"] == "at"
    assert report(400, lat=91)["parameter"] == "lat"
    assert report(400, lat="60")["parameter"] == "lat"
    assert report(400, lat=0, lon=0)["parameter"] == "point"
    assert report(400, speed=3)["parameter"] == "speed"
    call_command("make_mobile", str(branch.id), undo=True)
    assert report(409)["code"] == "not_mobile"
    branch.refresh_from_db()
    assert (branch.position_at, branch.home_point) == (None, None)


def test_its_place_page_shows_it_there_and_then_at_home(api, report, branch):
    path = f"/v1/places/{branch.id}"
    assert api.get(path).json()["live_position"] == {"is_live": False, "stale_at": None}
    answer = report()
    shown = api.get(path).json()
    assert (shown["lat"], shown["live_position"]) == (THERE[0], {"is_live": True, "stale_at": answer["stale_at"]})
    past = timezone.now() - timedelta(seconds=1)
    Branch.objects.update(position_at=past - timedelta(seconds=300), position_until=past)
    assert api.get(path).json()["lat"] == HOME[0]
    assert api.get(f"/v1/places/{BranchFactory().id}").json()["live_position"] is None


def test_its_last_position_is_nobodys_to_see_when_it_is_stale(api, report, branch):
    deal = DealFactory(merchant=branch.merchant)
    service = ServiceFactory(branch=branch, mode=Service.Mode.AT_HOME, travel_radius_metres=1000)

    def hold_at(place):
        at = Point(place[1], place[0])
        wanted = Wanted(service_id=service.id, starts_at=start_in(), destination=at, address="A 1")
        return hold(wanted=wanted, holder=Holder(), now=timezone.now()).booking.state

    def shown():
        deals = api.get(f"/v1/deals/{deal.id}").json()["branches"]
        one = api.get(f"/v1/merchant/branches/{branch.id}").json()
        (listed,) = api.get(f"/v1/merchant/merchants/{branch.merchant_id}/branches").json()["items"]
        return [each["lat"] for each in deals["items"]], deals["total"]["value"], one["lat"], listed["lat"]

    report()
    assert shown() == ([THERE[0]], 1, THERE[0], THERE[0])
    assert hold_at(THERE) == "held"
    with pytest.raises(OutsideArea):
        hold_at(HOME)
    past = timezone.now() - timedelta(seconds=1)
    Branch.objects.update(position_at=past - timedelta(seconds=300), position_until=past)
    assert shown() == ([], 0, HOME[0], HOME[0])
    for place in (THERE, HOME):
        with pytest.raises(SlotUnavailable):
            hold_at(place)


def test_an_address_near_it_is_served_by_it_while_it_is_there(api, report, branch):
    ServiceAreaFactory(branch=branch, bands=[{"radius_metres": 500}])
    body = {"lat": THERE[0], "lon": THERE[1], "mode": "delivery", "merchant_id": str(branch.merchant_id)}
    home = {**body, "lat": HOME[0], "lon": HOME[1]}

    def served(asked):
        answer = api.post("/v1/assign", asked, format="json").json()
        return answer["branch"] and answer["branch"]["place_id"], answer["others"]

    assert served(home) == (None, [])
    report()
    assert (served(body)[0], served(home)[0]) == (str(branch.id), None)
    past = timezone.now() - timedelta(seconds=1)
    Branch.objects.update(position_at=past - timedelta(seconds=300), position_until=past)
    assert served(body) == (None, [])


def test_its_zone_is_that_of_where_it_is_unless_the_merchant_gave_one(report, branch):
    report(lat=59.437, lon=24.754)
    branch.refresh_from_db()
    assert branch.zone == "Europe/Tallinn"
    Branch.objects.update(zone="Europe/Oslo", zone_is_overridden=True)
    report(at=(timezone.now() + timedelta(seconds=1)).isoformat())
    branch.refresh_from_db()
    assert branch.zone == "Europe/Oslo"


def test_reports_of_a_branch_are_limited_by_account(api, report, branch, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "position": "2/minute"}
    report()
    report()
    refused = report(429)
    assert (refused["code"], refused["limit"], refused["scope"]) == ("rate_limited", 2, "position")
    other = BranchFactory(merchant=branch.merchant, home_point=GeometryPoint(24.9, 60.2, srid=4326))
    answer = api.put(f"/v1/merchant/branches/{other.id}/position", {"lat": 60.2, "lon": 24.9}, format="json")
    assert answer.status_code == 200


def test_who_may_not_report_there_is_limited_like_any_client_that_writes(api, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "position": "2/minute", "write": "3/minute"}

    def put(branch_id):
        answer = api.put(f"/v1/merchant/branches/{branch_id}/position", {"lat": 60.2, "lon": 24.9}, format="json")
        return answer.status_code, answer.json().get("scope")

    assert [put(each) for each in (uuid4(), BranchFactory().id, "none")] == [(404, None), (404, None), (400, None)]
    assert put(uuid4()) == (429, "write")
