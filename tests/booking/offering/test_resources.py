"""Tables, chairs, people: made, changed, removed while nobody to come has them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import Occupancy, Resource
from booking.refusals import SlotFull
from booking.services import cancel_booking
from listings.models import AuditEntry
from tests.booking.world import held, paid, start_in
from tests.factories import BranchFactory, ServiceFactory

pytestmark = pytest.mark.django_db


def created(api, branch, **fields):
    answer = api.post(f"/v1/merchant/branches/{branch.id}/resources", {"name": "Chair", **fields}, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def removed(api, resource, etag=None):
    return api.delete(f"/v1/merchant/resources/{resource['id']}", headers={"If-Match": etag or resource["etag"]})


def change(api, resource, **fields):
    headers = {"If-Match": resource["etag"]}
    return api.patch(f"/v1/merchant/resources/{resource['id']}", fields, format="json", headers=headers)


def service_with(branch, *resources, **fields):
    service = ServiceFactory(branch=branch, **fields)
    service.resources.set([each["id"] for each in resources])
    return service


def test_made_listed_changed_and_removed(api, branch, owner):
    window = created(api, branch, name="Window", seats=4)
    corner = created(api, branch, name=" Corner ")
    created(api, BranchFactory(merchant=branch.merchant), name="Elsewhere")
    url = f"/v1/merchant/branches/{branch.id}/resources"
    assert api.get(url).json() == {"items": [corner, window]}
    assert corner == {
        "id": corner["id"], "branch_id": str(branch.id), "name": "Corner", "seats": 1, "etag": corner["etag"],
    }  # fmt: skip
    answer = change(api, corner, seats=2)
    assert (answer.json()["seats"], answer["ETag"]) == (2, answer.json()["etag"])
    refused = change(api, corner, seats=3)
    assert (refused.status_code, refused.json()["code"], refused.json()["etag"]) == (
        412, "resource_changed", answer["ETag"],
    )  # fmt: skip
    assert removed(api, corner).status_code == 412
    assert removed(api, answer.json()).status_code == 204
    assert [each["name"] for each in api.get(url).json()["items"]] == ["Window"]
    assert removed(api, answer.json()).status_code == 404
    assert list(
        AuditEntry.objects.filter(subject=f"resource:{corner['id']}")
        .order_by("id")
        .values_list("action", "actor", "data")
    ) == [
        ("resource.created", owner.email, {"name": "Corner", "seats": 1}),
        ("resource.changed", owner.email, {"before": {"seats": 1}, "after": {"seats": 2}}),
        ("resource.removed", owner.email, {"name": "Corner"}),
    ]


def test_a_change_of_nothing_is_none(api, branch):
    chair = created(api, branch)
    assert change(api, chair, name="Chair", seats=1).json() == chair
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "parameter", "limit"),
    [
        ({}, "name", None),
        ({"name": "a" * 101}, "name", 100),
        ({"name": 1}, "name", 100),
        ({"name": "x", "seats": 0}, "seats", "1..100"),
        ({"name": "x", "seats": 101}, "seats", "1..100"),
        ({"name": "x", "seats": 2**70}, "seats", "1..100"),
        ({"name": "x", "seats": 1.5}, "seats", "1..100"),
        ({"name": "x", "seats": None}, "seats", "1..100"),
        ({"name": "x", "colour": "red"}, "colour", None),
        ([], "body", None),
    ],
)
def test_what_is_refused_names_its_field_and_limit(api, branch, body, parameter, limit):
    refused = api.post(f"/v1/merchant/branches/{branch.id}/resources", body, format="json")
    told = refused.json()
    assert (refused.status_code, told["parameter"], told.get("limit")) == (400, parameter, limit)
    assert Resource.objects.count() == 0


@pytest.mark.parametrize("wanted", ["0", "-1", "1e3", "9" * 16, "abc", "0x1"])
def test_an_id_is_a_number(api, wanted):
    assert api.patch(f"/v1/merchant/resources/{wanted}", {}, format="json").json()["parameter"] == "resource_id"


def test_a_branch_has_so_many(api, branch, monkeypatch):
    monkeypatch.setattr("booking.offering.resources.MAX_RESOURCES", 1)
    created(api, branch)
    refused = api.post(f"/v1/merchant/branches/{branch.id}/resources", {"name": "x"}, format="json").json()
    assert (refused["code"], refused["limit"]) == ("too_many_resources", 1)


def test_one_that_bookings_to_come_have_stays_and_says_which(api, branch):
    one, other = created(api, branch), created(api, branch)
    service = service_with(branch, one, other)
    booking, hold = paid(service), held(service).booking
    assert {each.resource_id for each in Occupancy.objects.all()} == {one["id"], other["id"]}
    refused = removed(api, one)
    told = refused.json()
    assert (refused.status_code, told["code"], told["total"], told["booking_ids"]) == (
        409, "resource_in_use", 1, [str(booking.id)],
    )  # fmt: skip
    cancel_booking(booking_id=booking.id, by="merchant", now=timezone.now())
    assert removed(api, one).status_code == 204
    assert removed(api, other).json()["booking_ids"] == [str(hold.id)]
    assert [each.id for each in service.resources.all()] == [other["id"]]


def test_one_that_was_used_stays_in_the_history(api, branch):
    one, other = created(api, branch), created(api, branch)
    booking = paid(service_with(branch, one, other))
    past = timezone.now() - timedelta(days=1)
    Occupancy.objects.update(during=(past, past + timedelta(hours=1)))
    assert removed(api, one).status_code == 204
    assert booking.occupancies.get().resource.name == "Chair"


def test_the_only_one_of_a_service_stays(api, branch):
    one = created(api, branch)
    service = service_with(branch, one)
    told = removed(api, one).json()
    assert (told["code"], told["total"], told["service_ids"]) == ("resource_in_use", 1, [str(service.id)])
    service.resources.clear()
    assert removed(api, one).status_code == 204


def test_what_is_removed_is_given_to_nobody(api, branch):
    one, other = created(api, branch), created(api, branch)
    service = service_with(branch, one, other)
    assert removed(api, one).status_code == 204
    held(service, starts_at=start_in())
    with pytest.raises(SlotFull):
        held(service, starts_at=start_in())
