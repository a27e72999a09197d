"""A constant number of queries on every list: as many for three things as for one."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.services import account_for
from accounts.tokens import issue_token
from booking.bookable import _starts as bookable_starts
from booking.models import Resource
from listings.models import Category
from listings.roles import Role
from listings.staff.audit import audit
from listings.staff.services import invite
from search.backends.postgis.backend import PostgisBackend
from tests.booking.guests.world import session_token
from tests.booking.world import AINO, paid, start_in
from tests.contracts.documents import band
from tests.factories import (
    BranchFactory,
    BrandFactory,
    CategoryFactory,
    DealFactory,
    MembershipFactory,
    MerchantFactory,
    NamedAreaFactory,
    ServiceAreaFactory,
    ServiceFactory,
    StandingFactory,
    area_version,
)
from tests.search.offers import HERE, deal, place

pytestmark = pytest.mark.django_db


def _queries(client, url: str, params: dict[str, str]) -> tuple[int, dict]:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url, params)
    assert response.status_code == 200, response.content
    return len(captured), response.json()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("url", "params"),
    [
        ("/v1/search", HERE),
        ("/v1/search", {**HERE, "q": "number", "facets": "category,kind,price", "explain": "true", "sort": "rating"}),
        ("/v1/search", {**HERE, "collapse": "chain", "open_at": "2026-11-23T12:00"}),
        ("/v1/suggest", {**HERE, "q": "number"}),
        ("/v1/clusters", {"bbox": "24.9,60.1,25,60.2", "resolution": "9"}),
    ],
)
def test_a_search_is_one(client, url, params, count):
    PostgisBackend().apply([*map(place, range(count)), *map(deal, range(count))], gone=(), version=1)
    with time_machine.travel("2026-11-22T12:00:00+00:00", tick=True):
        queries, answer = _queries(client, url, params)
    assert queries == 1
    if "total" in answer and "open_at" not in params:
        assert answer["total"]["value"] == 2 * count


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("url", "params", "statements"),
    [
        ("/v1/search", {"serves": "60.17,24.94"}, 1),
        ("/v1/search", {"serves": "60.17,24.94", "mode": "visit"}, 1),
        ("/v1/clusters", {"bbox": "24.9,60.1,25,60.2", "resolution": "9", "serves": "60.17,24.94"}, 1),
        ("/v1/coverage", {"lat": "60.17", "lon": "24.94"}, 4),
    ],
)
def test_who_serves_an_address_is_found_in_the_same_statement(client, url, params, statements, count):
    offers = [*(place(number, bands=(band(number),)) for number in range(count)), *map(deal, range(count))]
    PostgisBackend().apply(offers, gone=(), version=1)
    with time_machine.travel("2026-11-22T12:00:00+00:00", tick=True):
        queries, answer = _queries(client, url, params)
    assert queries == statements
    assert {row["mode"]: row["total"]["value"] for row in answer.get("ways", [])} in (
        {},
        {"any": 2 * count, "visit": 2 * count, "delivery": count, "at_home": 0},
    )


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_for_what_can_be_booked_is_three_and_then_two(client, count):
    """The search, what has room, and once for each day the starts of what was not asked for before."""
    for _ in range(count):
        ServiceFactory(name=f"Service {count}", step_minutes=30 + count)
    tomorrow = timezone.now().replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=1)
    bookable_starts.clear()
    asked = {**HERE, "bookable_at": f"{tomorrow:%Y-%m-%dT%H:%MZ}"}
    assert [_queries(client, "/v1/search", asked)[0] for _ in range(2)] == [3, 2]


@pytest.mark.parametrize("count", [1, 3])
def test_a_place_is_three_however_many_deals_it_has(client, count):
    branch = BranchFactory(brand=BrandFactory())
    StandingFactory(branch=branch)
    for _ in range(count):
        DealFactory(merchant=branch.merchant)
    queries, answer = _queries(client, f"/v1/places/{branch.id}", {})
    assert (queries, len(answer["deals"])) == (3, count)


@pytest.mark.parametrize("count", [1, 3])
def test_a_deal_is_three_however_many_places_it_has(client, count):
    merchant = MerchantFactory()
    for _ in range(count):
        BranchFactory(merchant=merchant)
    queries, answer = _queries(client, f"/v1/deals/{DealFactory(merchant=merchant).id}", HERE)
    assert (queries, len(answer["branches"]["items"])) == (3, count)


@pytest.mark.parametrize("count", [1, 3])
def test_categories_are_one(client, count):
    Category.objects.all().delete()
    for n in range(count):
        CategoryFactory(slug=f"c{n}", path=[f"c{n}"])
    queries, answer = _queries(client, "/v1/categories", {})
    assert (queries, len(answer["categories"])) == (1, count)


@pytest.mark.parametrize("count", [1, 3])
def test_availability_is_four_however_many_deals_are_asked_for(client, count):
    services = []
    for _ in range(count):
        deal = DealFactory(fulfilment="reservation", stock=5)
        services.append(ServiceFactory(branch=BranchFactory(merchant=deal.merchant), deal=deal))
    offers = ",".join(f"deal:{each.deal_id}:{each.branch_id}" for each in services)
    queries, answer = _queries(client, "/v1/availability", {"offers": offers, "each": "2"})
    assert (queries, [len(each["starts"]) for each in answer["offers"]]) == (4, [2] * count)


@pytest.mark.parametrize("count", [1, 3])
def test_bookings_of_a_guest_are_two_and_of_an_account_three(client, count):
    """The token, the account's addresses, the list; a page that follows another asks for the one before it."""
    for n in range(count):
        paid(ServiceFactory(), starts_at=start_in(hours=n))
    account = account_for(email=AINO.email, password=None)
    tokens = {"guests": session_token(AINO.email), "me": issue_token(user=account, label="x", now=timezone.now())[0]}
    for whose, queries in (("guests", 2), ("me", 3)):
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {tokens[whose]}"
        url = f"/v1/{whose}/bookings"
        used, answer = _queries(client, url, {})
        assert (used, len(answer["items"])) == (queries, count)
        assert _queries(client, url, {"before": answer["items"][0]["id"]})[0] == queries + 1


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries", "items"),
    [
        ("merchants", 2, "items"),
        ("merchants/{merchant}/branches", 3, "items"),
        ("merchants/{merchant}/members", 6, "members"),
        ("merchants/{merchant}/audit", 3, "items"),
        ("invitations", 3, "items"),
    ],
)
def test_what_staff_lists(client, path, queries, items, count):
    """The first is for the token."""
    account = account_for(email="ada@example.org", password=None)
    member = MembershipFactory(user=account)
    for n in range(count - 1):
        MembershipFactory(user=account)
        MembershipFactory(merchant=member.merchant, role="staff")
        BranchFactory(merchant=member.merchant)
        audit(merchant_id=member.merchant_id, by=account, action="a.b", subject=f"c:{n}")
    BranchFactory(merchant=member.merchant)
    audit(merchant_id=member.merchant_id, by=account, action="a.b", subject="c")
    for _ in range(count):
        invite(
            merchant_id=MembershipFactory().merchant_id,
            by=account,
            email=account.email,
            role=Role.STAFF,
            branch_ids=None,
            now=timezone.now(),
        )
    invite(
        merchant_id=member.merchant_id,
        by=account,
        email="x@y.org",
        role=Role.STAFF,
        branch_ids=None,
        now=timezone.now(),
    )
    token, _ = issue_token(user=account, label="test", now=timezone.now())
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(
            f"/v1/merchant/{path.format(merchant=member.merchant_id)}", headers={"Authorization": f"Bearer {token}"}
        )
    invited = path.endswith("audit")  # the invitation is told there too
    assert (len(captured), len(answer.json()[items])) == (queries, count + invited)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("services", 5), ("resources", 4)])
def test_what_a_branch_offers(client, path, queries, count):
    """The token, the branch, the membership; the services, and what they use."""
    member = MembershipFactory()
    branch = BranchFactory(merchant=member.merchant)
    for _ in range(count):
        service = ServiceFactory(branch=branch)
        service.resources.add(Resource.objects.create(branch=branch, name="Chair"))
    token, _ = issue_token(user=member.user, label="test", now=timezone.now())
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(f"/v1/merchant/branches/{branch.id}/{path}", headers={"Authorization": f"Bearer {token}"})
    assert (len(captured), len(answer.json()["items"])) == (queries, count)


@pytest.mark.parametrize("count", [1, 3])
def test_who_comes_to_a_branch_is_five(client, count):
    """The token, the branch, the membership; the bookings, and what they were given."""
    member = MembershipFactory(role="staff")
    service = ServiceFactory(branch=BranchFactory(merchant=member.merchant))
    for _ in range(count):
        service.resources.add(Resource.objects.create(branch=service.branch, name="Chair"))
        paid(service)
    token, _ = issue_token(user=member.user, label="test", now=timezone.now())
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(
            f"/v1/merchant/branches/{service.branch_id}/bookings", headers={"Authorization": f"Bearer {token}"}
        )
    assert (len(captured), [each["resources"] for each in answer.json()["items"]]) == (5, [["Chair"]] * count)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [("branches/{branch}/areas", 6), ("areas/{area}/versions", 5), ("named-areas", 2)],
)
def test_what_is_listed_of_service_areas(client, path, queries, count):
    """The first is for the token, the next for the area and the membership."""
    member = MembershipFactory()
    branch = BranchFactory(merchant=member.merchant)
    areas = [
        ServiceAreaFactory(branch=branch, bands=[{"named_area": NamedAreaFactory()} for _ in range(2)])
        for _ in range(count)
    ]
    for _ in range(count - 1):
        area_version(areas[0], [{"radius_metres": 1}])
    token, _ = issue_token(user=member.user, label="test", now=timezone.now())
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(
            f"/v1/merchant/{path.format(branch=branch.id, area=areas[0].id)}",
            headers={"Authorization": f"Bearer {token}"},
        )
    listed = len(answer.json()["items"])
    assert (len(captured), listed) == (queries, 2 * count if path == "named-areas" else count)
