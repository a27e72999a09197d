"""A merchant's way through its services over HTTP: offer, look, change, shrink, stop."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from booking.models import Booking, Resource, Service, Slot
from booking.services import cancel_booking
from listings.models import AuditEntry
from tests.booking.world import held, paid, start_in
from tests.factories import BranchFactory, DealFactory, MembershipFactory, ServiceFactory

pytestmark = pytest.mark.django_db

LEAST = {"name": "Haircut", "duration_minutes": 45, "price_minor": 3500, "currency": "EUR"}


def created(api, branch, **fields):
    answer = api.post(f"/v1/merchant/branches/{branch.id}/services", {**LEAST, **fields}, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def change(api, service, etag=None, **fields):
    headers = {"If-Match": etag or service["etag"]}
    return api.patch(f"/v1/merchant/services/{service['id']}", fields, format="json", headers=headers)


def changed(api, service, **fields):
    answer = change(api, service, **fields)
    assert answer.status_code == 200, answer.content
    return answer.json()


def starts(client, service) -> list[str]:
    """Of the next seven days, as a guest sees them."""
    answer = client.get(
        f"/v1/deals/{service['deal_id']}/availability", {"place_id": service["branch_id"], "party": "1"}
    )
    return [start["starts_at"] for start in answer.json()["starts"]]


def test_what_is_offered_can_be_booked_changed_and_stopped(api, client, branch, owner):
    deal = DealFactory(merchant=branch.merchant, fulfilment="reservation")
    offered = created(api, branch, deal_id=str(deal.id), price_minor=None, currency=None)
    assert len(starts(client, offered)) == 7 * 15  # from nine to five, each half hour that three quarters fit in
    start = starts(client, offered)[-1]
    hold = {"deal_id": str(deal.id), "place_id": str(branch.id), "starts_at": start}
    made = client.post("/v1/holds", json.dumps(hold), "application/json", headers={"Idempotency-Key": "k" * 20})
    assert made.status_code == 201, made.content
    offered = changed(api, offered, weekly=[[day, 600, 645] for day in range(1, 8)], hold_seconds=120)
    assert {each[10:] for each in starts(client, offered)} == {"T08:00:00Z"}
    stopped = changed(api, offered, is_offered=False)
    refused = client.post("/v1/holds", json.dumps(hold), "application/json", headers={"Idempotency-Key": "l" * 20})
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_unavailable")
    assert Booking.objects.get().state == "held"
    assert api.get(f"/v1/merchant/services/{offered['id']}").json() == stopped
    assert [(entry.action, entry.actor, entry.subject) for entry in AuditEntry.objects.order_by("id")] == [
        (f"service.{what}", owner.email, f"service:{offered['id']}") for what in ("created", "changed", "changed")
    ]
    assert AuditEntry.objects.order_by("id")[1].data == {
        "changed": ["hold_seconds", "weekly"],
        "before": {"hold_seconds": None},
        "after": {"hold_seconds": 120},
    }


def test_what_is_given_is_answered_and_kept(api, branch):
    chair = Resource.objects.create(branch=branch, name="Chair")
    given = {
        "name": "Massage", "names": {"fi": "Hieronta"}, "is_offered": False, "mode": "at_home", "price_minor": 9900,
        "currency": "SEK", "price_is_per_person": True, "duration_minutes": 90, "step_minutes": 15,
        "buffer_before_minutes": 5, "buffer_after_minutes": 10, "travel_minutes": 30, "travel_radius_metres": 5000,
        "lead_minutes": 120, "horizon_days": 60, "hold_seconds": 1800, "capacity": 3, "counts_people": True,
        "party_min": 2, "party_max": 4, "weekly": [[1, 540, 1020]], "exceptions": {"2030-12-24": []},
        "deposit_percent": 25, "no_show_fee_percent": 50, "cancellation": [[1440, 100], [120, 50]],
        "discount_funder": "merchant", "resource_ids": [chair.id],
    }  # fmt: skip
    made = created(api, branch, **given)
    service = Service.objects.get()
    assert made == {
        "id": str(service.id), "branch_id": str(branch.id), "deal_id": None, **given, "commission_bps": 0,
        "over_capacity": [], "over_capacity_total": 0, "etag": made["etag"],
    }  # fmt: skip
    kept = {name: getattr(service, name) for name in given if name != "resource_ids"}
    assert {**kept, "resource_ids": [chair.id]} == given
    listed = api.get(f"/v1/merchant/branches/{branch.id}/services").json()
    alone = {name: value for name, value in made.items() if not name.startswith("over")}
    assert listed == {"items": [alone], "next_after": None}


def test_nothing_is_half_written(api, branch):
    made = created(api, branch)
    refused = change(api, made, name="Other", capacity=0)
    assert (refused.status_code, refused.json()["parameter"], refused.json()["limit"]) == (400, "capacity", "1..10000")
    refused = change(api, made, name="Other", resource_ids=[77])
    assert refused.json()["parameter"] == "resource_ids[0]"
    assert api.get(f"/v1/merchant/services/{made['id']}").json() == made
    assert AuditEntry.objects.count() == 1


def test_a_change_of_nothing_is_none(api, branch):
    made = created(api, branch)
    assert changed(api, made, name="Haircut") == made == changed(api, made)
    assert AuditEntry.objects.count() == 1


def test_a_change_says_which_state_it_is_about(api, branch):
    made = created(api, branch)
    url = f"/v1/merchant/services/{made['id']}"
    assert api.patch(url, {}, format="json").json()["code"] == "precondition_required"
    assert api.get(url)["ETag"] == made["etag"]
    now = changed(api, made, capacity=2)
    refused = change(api, made, capacity=3)
    assert (refused.status_code, refused.json()["code"], refused.json()["etag"]) == (
        412, "service_changed", now["etag"],
    )  # fmt: skip
    assert changed(api, made, etag="*", capacity=3)["capacity"] == 3


def test_pages_follow_each_other_by_name(api, branch):
    ids = [created(api, branch, name=name)["id"] for name in ("b", "a", "a", "c")]
    url, seen, after = f"/v1/merchant/branches/{branch.id}/services", [], {}
    while after is not None:
        page = api.get(url, {"limit": 3, **after}).json()
        seen += [each["id"] for each in page["items"]]
        after = {"after": page["next_after"]} if page["next_after"] else None
    assert seen == [*sorted(ids[1:3]), ids[0], ids[3]]
    assert api.get(url, {"after": str(ServiceFactory().id)}).json()["parameter"] == "after"


def test_a_branch_has_so_many_services(api, branch, monkeypatch):
    monkeypatch.setattr("booking.offering.services.MAX_SERVICES", 1)
    created(api, branch)
    refused = api.post(f"/v1/merchant/branches/{branch.id}/services", LEAST, format="json").json()
    assert (refused["code"], refused["limit"]) == ("too_many_services", 1)


@pytest.mark.parametrize(
    "deal",
    [{}, {"merchant": "own", "all_branches": False}, {"merchant": "own", "state": "ended"}],
    ids=["another merchant's", "not good here", "ended"],
)
def test_a_deal_that_is_not_good_here_is_refused(api, branch, deal):
    if deal.get("merchant"):
        deal = {**deal, "merchant": branch.merchant}
    body = {"name": "x", "duration_minutes": 30, "deal_id": str(DealFactory(**deal).id)}
    refused = api.post(f"/v1/merchant/branches/{branch.id}/services", body, format="json")
    assert (refused.status_code, refused.json()["parameter"]) == (400, "deal_id")
    assert Service.objects.count() == 0


def test_a_deal_has_one_service_at_a_branch(api, branch):
    deal = DealFactory(merchant=branch.merchant)
    mine = {"deal_id": str(deal.id), "price_minor": None, "currency": None}
    made, other = created(api, branch, **mine), created(api, branch)
    assert change(api, other, **mine).json()["parameter"] == "deal_id"
    assert changed(api, made, name="Same deal")["deal_id"] == str(deal.id)


def test_what_the_platform_pays_for_is_one_deal(api, branch):
    deals = [DealFactory(merchant=branch.merchant) for _ in range(2)]
    made = created(api, branch, deal_id=str(deals[0].id), price_minor=None, currency=None)
    Service.objects.update(discount_funder="platform", commission_bps=1500)
    made = changed(api, made, etag="*", capacity=2)
    assert (made["discount_funder"], made["commission_bps"]) == ("platform", 1500)
    assert change(api, made, commission_bps=0).json()["code"] == "unknown_parameter"
    made = changed(api, made, deal_id=str(deals[1].id))
    assert (made["discount_funder"], made["commission_bps"]) == ("merchant", 1500)


def test_a_resource_of_another_branch_is_not_there(api, branch):
    other = Resource.objects.create(branch=BranchFactory(merchant=branch.merchant), name="Chair")
    body = {**LEAST, "resource_ids": [other.id]}
    refused = api.post(f"/v1/merchant/branches/{branch.id}/services", body, format="json").json()
    assert refused["parameter"] == "resource_ids[0]"


def test_what_is_sold_above_a_lowered_capacity_stays_sold_and_is_not_sold_again(api, branch):
    made = created(api, branch, capacity=4, weekly=[[day, 0, 1440] for day in range(1, 8)], step_minutes=60)
    service = Service.objects.get()
    sold = [paid(service) for _ in range(3)]
    held(service, starts_at=start_in(hours=1))
    made = changed(api, made, capacity=1)
    assert (made["over_capacity_total"], made["over_capacity"]) == (
        1,
        [{"starts_at": f"{start_in():%Y-%m-%dT%H:%M:%SZ}", "taken": 3}],
    )
    seen = []
    for booking in sold:
        cancel_booking(booking_id=booking.id, by="merchant", now=timezone.now())
        slot = Slot.objects.get(starts_at=start_in())
        seen.append((slot.taken, slot.capacity, slot.surplus))
    assert seen == [(2, 2, 1), (1, 1, 0), (0, 1, 0)]
    assert Booking.objects.filter(state="cancelled").count() == 3
    made = changed(api, made, capacity=5)
    assert made["over_capacity_total"] == 0
    assert set(Slot.objects.values_list("capacity", "surplus")) == {(5, 0)}


def test_a_party_that_goes_gives_back_its_surplus_first(api, branch):
    week = [[day, 0, 1440] for day in range(1, 8)]
    made = created(api, branch, capacity=8, counts_people=True, party_max=6, weekly=week, step_minutes=60)
    service = Service.objects.get()
    large, _ = held(service, party=5).booking, held(service, party=2)
    changed(api, made, capacity=4)
    cancel_booking(booking_id=large.id, by="merchant", now=timezone.now())
    assert list(Slot.objects.values_list("taken", "capacity", "surplus")) == [(2, 4, 0)]


def test_a_hold_lasts_as_long_as_its_service_says(branch):
    service = ServiceFactory(branch=branch, hold_seconds=120)
    booking = Booking.objects.get(id=held(service).booking.id)
    assert booking.expires_at - booking.created_at == timedelta(minutes=2)


@pytest.mark.parametrize(
    ("role", "seen", "done"), [("nobody", 401, 401), ("stranger", 404, 404), ("staff", 200, 403), ("manager", 200, 200)]
)
def test_who_may(api, branch, role, seen, done):
    made = created(api, branch)
    if role == "nobody":
        api.force_authenticate(None)
    else:
        belongs = {} if role == "stranger" else {"merchant": branch.merchant, "role": role}
        api.force_authenticate(MembershipFactory(**belongs).user)
    reads = [f"branches/{branch.id}/services", f"services/{made['id']}"]
    assert [api.get(f"/v1/merchant/{path}").status_code for path in reads] == [seen] * 2
    assert change(api, made, capacity=7).status_code == done
    assert Service.objects.get().capacity == (7 if done == 200 else 1)


DEEP = "[" * 31 + "]" * 31
HOSTILE = {
    "deep": ('{"weekly": ' + DEEP + "}", "invalid_parameter"),
    "deeper": ('{"weekly": ' + "[" * 5000 + "]" * 5000 + "}", "malformed_body"),
    "40,000 spans": ('{"weekly": [' + ",".join(["[1,0,1]"] * 30_000) + "]}", "invalid_parameter"),
    "20,000 days": (
        '{"exceptions": {' + ",".join(f'"{n}": []' for n in range(20_000)) + "}}",
        "invalid_parameter",
    ),
    "too large": ('{"name": "' + "a" * 300_000 + '"}', "body_too_large"),
    "a long name": ('{"name": "' + "a" * 260_000 + '"}', "invalid_parameter"),
    "NaN": ('{"capacity": NaN}', "malformed_body"),
    "infinite": ('{"capacity": 1e999}', "malformed_body"),
    "out of 64 bits": ('{"capacity": 340282366920938463463374607431768211456}', "invalid_parameter"),
    "negative": ('{"capacity": -1}', "invalid_parameter"),
    "half": ('{"capacity": 1.5}', "invalid_parameter"),
    "text": ('{"capacity": "1"}', "invalid_parameter"),
    "a key twice": ('{"capacity": 1, "capacity": 2}', "malformed_body"),
    "20,000 fields": ("{" + ",".join(f'"f{n}": 1' for n in range(20_000)) + "}", "unknown_parameter"),
    "a list": ("[]", "invalid_parameter"),
    "100,000 ids": ('{"resource_ids": [' + ",".join(["1"] * 100_000) + "]}", "invalid_parameter"),
    "NUL": ('{"name": "a\\u0000"}', "malformed_body"),
}


@pytest.mark.parametrize(("body", "code"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_body_is_refused_at_little_cost(api, branch, body, code):
    made = created(api, branch)
    costs = []
    for _ in range(3):
        began = time.process_time()
        answer = api.patch(
            f"/v1/merchant/services/{made['id']}", body, content_type="application/json", headers={"If-Match": "*"}
        )
        costs.append(time.process_time() - began)
        assert answer.json()["code"] == code, answer.content[:300]
        if costs[-1] < 0.1:
            break
    assert min(costs) < 0.1
    assert Service.objects.get(id=UUID(made["id"])).name == "Haircut"
