"""A merchant reads and says how many deliveries a branch takes on; no write undoes another, each is kept."""

from __future__ import annotations

import pytest

from booking.deliveries.models import DeliveryCapacity
from listings.models import AuditEntry
from tests.booking.test_reach import delivered
from tests.factories import BranchFactory, DealFactory, MembershipFactory, ServiceAreaFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return BranchFactory()


def path(branch):
    return f"/v1/merchant/branches/{branch.id}/delivery-capacity"


def say(api, branch, etag="*", **said):
    return api.put(path(branch), said, format="json", headers={"If-Match": etag})


def test_said_read_changed_and_lifted(api, branch, owner):
    none = api.get(path(branch)).json()
    assert none == {
        "branch_id": str(branch.id), "most": None, "within_minutes": None, "taken": None, "left": None,
        "etag": none["etag"],
    }  # fmt: skip
    said = say(api, branch, none["etag"], most=2)
    assert said.json() == {
        "branch_id": str(branch.id), "most": 2, "within_minutes": 60, "taken": 0, "left": 2, "etag": said["ETag"],
    }  # fmt: skip
    late = say(api, branch, none["etag"], most=9)
    assert (late.status_code, late.json()["code"], late.json()["etag"]) == (412, "limits_changed", said["ETag"])
    deal = DealFactory(merchant=branch.merchant, fulfilment="delivery")
    ServiceAreaFactory(branch=branch)
    delivered(deal, branch)
    lowered = say(api, branch, said["ETag"], most=0, within_minutes=30).json()
    assert (lowered["taken"], lowered["left"]) == (1, 0)
    assert say(api, branch, most=0, within_minutes=30).json() == lowered
    assert say(api, branch, most=None).json() == none
    assert DeliveryCapacity.objects.count() == 0
    words = [
        (None, None, 2, 60),
        (2, 60, 0, 30),
        (0, 30, None, None),
    ]
    assert [(each.action, each.actor, each.data) for each in AuditEntry.objects.order_by("id")] == [
        (
            "branch.delivery_capacity_changed",
            owner.email,
            {"before": {"most": a, "within_minutes": b}, "after": {"most": c, "within_minutes": d}},
        )
        for a, b, c, d in words
    ]


@pytest.mark.parametrize(
    ("said", "parameter", "limit"),
    [
        ({}, "most", "0..10000"),
        ({"most": -1}, "most", "0..10000"),
        ({"most": 10_001}, "most", "0..10000"),
        ({"most": True}, "most", "0..10000"),
        ({"most": 1.5}, "most", "0..10000"),
        ({"most": "1"}, "most", "0..10000"),
        ({"most": 2**70}, "most", "0..10000"),
        ({"most": 1, "within_minutes": 0}, "within_minutes", "1..1440"),
        ({"most": 1, "within_minutes": 1_441}, "within_minutes", "1..1440"),
        ({"most": 1, "within_minutes": None}, "within_minutes", "1..1440"),
        ({"most": None, "within_minutes": 60}, "within_minutes", None),
    ],
)
def test_what_is_refused_names_its_field_and_limit(api, branch, said, parameter, limit):
    refused = say(api, branch, **said)
    told = refused.json()
    assert (refused.status_code, told["parameter"], told.get("limit")) == (400, parameter, limit)
    assert DeliveryCapacity.objects.count() == 0


def test_a_write_names_the_state_it_is_about(api, branch):
    assert api.put(path(branch), {"most": 1}, format="json").json()["code"] == "precondition_required"
    assert say(api, branch, most=1, of=2).json()["code"] == "unknown_parameter"


def test_who_works_elsewhere_sees_no_branch(api, branch):
    api.force_authenticate(MembershipFactory().user)
    assert api.get(path(branch)).status_code == say(api, branch, most=1).status_code == 404
    assert DeliveryCapacity.objects.count() == 0
