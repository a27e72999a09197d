"""How much of a deal may be sold: read, raised, lowered to what is taken and no further."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from booking.holds import release_hold
from booking.models import DealStock
from booking.refusals import CustomerCapReached, SoldOut
from booking.upkeep import drifts
from deals.services import end_deal
from listings.models import AuditEntry
from tests.booking.world import booked, held
from tests.factories import DealFactory, MembershipFactory, ServiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(branch):
    return DealFactory(merchant=branch.merchant, fulfilment="reservation", stock=5)


@pytest.fixture
def service(branch, deal):
    return ServiceFactory(branch=branch, deal=deal, price_minor=None, currency="")


def read(api, deal):
    return api.get(f"/v1/merchant/deals/{deal.id}/limits").json()


def change(api, deal, etag="*", **limits):
    return api.patch(f"/v1/merchant/deals/{deal.id}/limits", limits, format="json", headers={"If-Match": etag})


def test_read_raised_lowered_and_lifted(api, deal, service, owner):
    for _ in range(2):
        held(service)
    seen = read(api, deal)
    assert seen == {
        "deal_id": str(deal.id), "title": deal.title, "state": "live", "stock": 5, "per_customer_cap": None, "taken": 2,
        "left": 3, "etag": seen["etag"],
    }  # fmt: skip
    answer = change(api, deal, seen["etag"], stock=2, per_customer_cap=1)
    assert (answer.json()["left"], answer["ETag"]) == (0, answer.json()["etag"])
    with transaction.atomic(), pytest.raises(SoldOut):
        held(service)
    refused = change(api, deal, seen["etag"], stock=9)
    assert (refused.status_code, refused.json()["code"], refused.json()["etag"]) == (
        412, "limits_changed", answer["ETag"],
    )  # fmt: skip
    refused = change(api, deal, stock=1)
    assert (refused.status_code, refused.json()["code"], refused.json()["taken"]) == (409, "stock_below_taken", 2)
    assert change(api, deal, stock=3).json()["left"] == 1
    held(service)
    assert change(api, deal, stock=None).json()["left"] is None
    held(service)
    assert (DealStock.objects.get().taken, DealStock.objects.get().stock, drifts()) == (3, None, [])
    assert [(each.action, each.actor, each.data) for each in AuditEntry.objects.order_by("id")] == [
        ("deal.limits_changed", owner.email, {"before": before, "after": after})
        for before, after in [
            ({"stock": 5, "per_customer_cap": None}, {"stock": 2, "per_customer_cap": 1}),
            ({"stock": 2}, {"stock": 3}),
            ({"stock": 3}, {"stock": None}),
        ]
    ]


def test_a_stock_counts_from_when_it_is_set(api, branch):
    deal = DealFactory(merchant=branch.merchant, fulfilment="reservation")
    service = ServiceFactory(branch=branch, deal=deal)
    held(service)
    assert change(api, deal, stock=1).json()["taken"] == 0
    held(service)
    with pytest.raises(SoldOut):
        held(service)


def test_who_has_more_than_a_lowered_cap_keeps_it(api, deal, service):
    for _ in range(2):
        booked(service)
    assert change(api, deal, per_customer_cap=1).json()["per_customer_cap"] == 1
    booked(service)  # what was booked while there was no cap is not counted
    with pytest.raises(CustomerCapReached):
        booked(service)


def test_a_change_of_nothing_is_none_and_an_ended_deal_stays(api, deal):
    assert change(api, deal, stock=5).json() == read(api, deal)
    assert AuditEntry.objects.count() == 0
    end_deal(deal_id=deal.id)
    assert change(api, deal, stock=6).json()["code"] == "deal_state"
    assert read(api, deal)["stock"] == 5


def test_what_the_operator_lowers_below_what_is_taken_sells_no_more(deal, service):
    first = held(service).booking
    held(service)
    deal.stock = 1
    deal.save()
    with transaction.atomic(), pytest.raises(SoldOut):
        held(service)
    release_hold(booking_id=first.id, now=timezone.now())
    with pytest.raises(SoldOut):
        held(service)


@pytest.mark.parametrize("value", [0, -1, 1_000_001, 2**70, 1.5, "1", True, []])
@pytest.mark.parametrize("name", ["stock", "per_customer_cap"])
def test_what_is_refused_names_its_field_and_limit(api, deal, name, value):
    refused = change(api, deal, **{name: value})
    told = refused.json()
    assert (refused.status_code, told["parameter"], told["limit"]) == (400, name, "1..1000000")
    assert change(api, deal, price_minor=1).json()["code"] == "unknown_parameter"


@pytest.mark.parametrize(
    ("member", "done"),
    [({"role": "staff"}, 403), ({"role": "manager"}, 200), ({"role": "manager", "all_branches": False}, 403)],
)
def test_a_deal_is_the_merchants_as_a_whole(api, branch, deal, member, done):
    api.force_authenticate(MembershipFactory(merchant=branch.merchant, **member).user)
    assert read(api, deal)["stock"] == 5
    assert change(api, deal, stock=7).status_code == done
