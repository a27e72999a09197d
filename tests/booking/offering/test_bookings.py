"""Who comes when, as staff see it, and what they say of it: came, did not come, called off."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from booking.contacts import Contact
from booking.holds import Holder, Wanted, hold
from booking.letters.sending import send_due
from booking.models import Booking, Resource
from booking.offering.booking_api import SHOWN
from booking.offering.pages import Place, cursor_of, place_of
from booking.services import book, change_time
from config.errors import InvalidParameter
from listings.models import AuditEntry
from tests.booking.payments.world import opened, pays, settle_down
from tests.booking.world import begun, booked, held, paid, start_in
from tests.factories import BranchFactory, DealFactory, MembershipFactory, ServiceFactory

pytestmark = pytest.mark.django_db

SELMA = Contact(name="Selma", email="selma@example.com", phone="+358401234567", note="by the window")


def listed(api, branch, **params) -> list[str]:
    answer = api.get(f"/v1/merchant/branches/{branch.id}/bookings", params)
    assert answer.status_code == 200, answer.content
    return [each["id"] for each in answer.json()["items"]]


def say(api, booking, what, body=None, *, key=None):
    return api.post(
        f"/v1/merchant/bookings/{booking.id}/{what}", body or {}, format="json",
        headers={"Idempotency-Key": key or str(uuid.uuid4())},
    )  # fmt: skip


@pytest.fixture
def service(branch):
    return ServiceFactory(branch=branch, no_show_fee_percent=30)


@pytest.fixture
def staff(api, branch):
    member = MembershipFactory(merchant=branch.merchant, role="staff")
    api.force_authenticate(member.user)
    return api


def timeless(branch):
    deal = DealFactory(merchant=branch.merchant, price_minor=0)
    made = hold(wanted=Wanted(deal_id=deal.id, place_id=branch.id), holder=Holder(), now=timezone.now()).booking
    return book(booking_id=made.id, contact=SELMA, user_id=None, now=timezone.now())


def test_by_start_then_those_without_a_time_and_no_others(api, branch, service):
    late, early = paid(service, starts_at=start_in(hours=5)), booked(service, starts_at=start_in(hours=2))
    free = timeless(branch)
    hold_ = held(service).booking
    paid(ServiceFactory(branch=BranchFactory(merchant=branch.merchant)))
    assert listed(api, branch) == [str(early.id), str(late.id), str(free.id)]
    assert listed(api, branch, state="held") == [str(hold_.id)]
    assert listed(api, branch, state="held,awaiting_payment") == [str(hold_.id), str(early.id)]
    window = {"from": start_in(hours=2).isoformat(), "until": start_in(hours=5).isoformat()}
    assert listed(api, branch, **window) == [str(early.id)]
    assert listed(api, branch, **{"from": window["until"]}) == [str(late.id)]
    assert SHOWN == ["awaiting_payment", "confirmed", "fulfilled", "cancelled", "no_show"]


def test_pages_hold_while_bookings_move_and_go(api, branch, service):
    made = [paid(service, starts_at=start_in(hours=n // 2)) for n in range(5)]
    made.sort(key=lambda booking: (booking.starts_at, booking.id))
    made.append(timeless(branch))
    made.append(timeless(branch))
    made[5:] = sorted(made[5:], key=lambda booking: booking.id)
    url = f"/v1/merchant/branches/{branch.id}/bookings"
    seen, cursor = [], {}
    for _ in range(4):
        page = api.get(url, {"limit": 2, **cursor}).json()
        seen.append([each["id"] for each in page["items"]])
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == [[str(each.id) for each in made[n : n + 2]] for n in (0, 2, 4, 6)]
    first = api.get(url, {"limit": 2}).json()["next_cursor"]
    Booking.objects.filter(id=made[1].id).update(starts_at=start_in(days=9), ends_at=start_in(days=9, hours=1))
    after = api.get(url, {"limit": 2, "cursor": first}).json()
    assert [each["id"] for each in after["items"]] == [str(each.id) for each in made[2:4]]


@pytest.mark.parametrize("cursor", ["x", "a" * 121, "é", "====", cursor_of(Place(None, uuid.UUID(int=1)))[:-1], "AAAA"])
def test_what_is_no_cursor_is_refused(api, branch, cursor):
    told = api.get(f"/v1/merchant/branches/{branch.id}/bookings", {"cursor": cursor}).json()
    assert (told["code"], told["parameter"]) == ("invalid_parameter", "cursor")
    with pytest.raises(InvalidParameter):
        place_of(cursor)


@pytest.mark.parametrize(
    ("params", "parameter"),
    [
        ({"state": "gone"}, "state"),
        ({"state": ""}, "state"),
        ({"state": ",".join(["held"] * 9)}, "state"),
        ({"from": "today"}, "from"),
        ({"from": "2026-12-02T00:00:00Z", "until": "2026-12-02T00:00:00Z"}, "until"),
        ({"limit": "101"}, "limit"),
        ({"after": "1"}, "after"),
    ],
)
def test_what_is_refused_names_its_parameter(api, branch, params, parameter):
    answer = api.get(f"/v1/merchant/branches/{branch.id}/bookings", params)
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)


def test_staff_see_who_comes_and_not_how_to_reach_them(api, staff, branch, owner):
    service = ServiceFactory(branch=branch, name="Dinner", deposit_percent=50, no_show_fee_percent=30)
    service.resources.add(Resource.objects.create(branch=branch, name="Window", seats=4))
    booking = paid(service, contact=SELMA, party=2)
    seen = {
        "id": str(booking.id), "branch_id": str(branch.id), "state": "confirmed", "title": "Dinner",
        "service": {"id": str(service.id), "name": "Dinner"}, "deal": None,
        "starts_at": f"{booking.starts_at:%Y-%m-%dT%H:%M:%SZ}", "ends_at": f"{booking.ends_at:%Y-%m-%dT%H:%M:%SZ}",
        "party": 2, "resources": ["Window"], "name": "Selma", "note": "by the window", "address": "",
        "email": None, "phone": None,
        "price": {
            "price_minor": 2000, "currency": "EUR", "due_minor": 1000, "paid_minor": 1000, "refund_due_minor": 0,
            "no_show_fee_minor": 600,
        },
        "created_at": booking.created_at.isoformat().replace("+00:00", "Z"), "expires_at": None, "ended_at": None,
        "ended_by": None, "reason": "",
    }  # fmt: skip
    url = f"/v1/merchant/bookings/{booking.id}"
    assert staff.get(url).json() == seen
    api.force_authenticate(owner)
    assert api.get(url).json() == {**seen, "email": "selma@example.com", "phone": "+358401234567"}


def test_who_came_is_fulfilled_once(staff, service):
    booking, key = paid(service), str(uuid.uuid4())
    first, again, later = (
        say(staff, booking, "fulfil", key=key),
        say(staff, booking, "fulfil", key=key),
        say(staff, booking, "fulfil"),
    )
    assert (first.status_code, first.json()["state"], first.json()["ended_by"]) == (200, "fulfilled", "merchant")
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    assert later.content == first.content
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject) == ("booking.fulfilled", f"booking:{booking.id}")
    refused = say(staff, booking, "no-show")
    assert (refused.status_code, refused.json()["code"], refused.json()["state"]) == (409, "booking_state", "fulfilled")
    assert staff.post(f"/v1/merchant/bookings/{booking.id}/fulfil", {}, format="json").json()["code"] == (
        "idempotency_key_missing"
    )


def test_who_did_not_come_pays_the_fee_and_gets_the_rest(staff, service):
    early = paid(service)
    assert say(staff, early, "no-show").json()["code"] == "booking_state"
    missed = say(staff, begun(early), "no-show").json()
    assert (missed["state"], missed["price"]["refund_due_minor"]) == ("no_show", 1400)
    assert say(staff, early, "no-show").status_code == 200
    assert [(each.action, each.data) for each in AuditEntry.objects.all()] == [
        ("booking.missed", {"refund_minor": 1400})
    ]


def test_who_is_called_off_gets_all_back_and_a_letter(api, owner):
    payment = opened()
    pays(payment)
    settle_down()
    booking = Booking.objects.get()
    MembershipFactory(user=owner, merchant=booking.branch.merchant)
    answer = say(api, booking, "cancel", {"reason": "The cook is ill"})
    assert (answer.json()["state"], answer.json()["ended_by"], answer.json()["price"]["refund_due_minor"]) == (
        "cancelled", "merchant", 2000,
    )  # fmt: skip
    assert say(api, booking, "cancel", {"reason": "again"}).json()["reason"] == "The cook is ill"
    settle_down()
    send_due(now=timezone.now())
    assert [each.subject.split(":")[0] for each in mail.outbox] == ["Booked", "Cancelled", "Refunded"]
    assert AuditEntry.objects.get().data == {"reason": "The cook is ill", "refund_minor": 2000}


def test_a_hold_is_nobodys_to_call_off(api, service):
    made = held(service).booking
    assert say(api, made, "cancel").json()["code"] == "booking_state"
    assert Booking.objects.get().state == "held"


def test_staff_do_not_call_off_and_a_kept_answer_is_for_who_may(api, staff, branch, service):
    booking, key = paid(service), str(uuid.uuid4())
    assert say(staff, booking, "cancel").json()["code"] == "role_too_small"
    assert say(staff, booking, "fulfil", key=key).status_code == 200
    branch.merchant.memberships.filter(role="staff").delete()
    assert say(staff, booking, "fulfil", key=key).status_code == 404


def test_a_member_of_another_branch_sees_none_of_it(api, branch, service):
    booking = paid(service)
    member = MembershipFactory(merchant=branch.merchant, role="manager", all_branches=False)
    member.branches.add(BranchFactory(merchant=branch.merchant))
    api.force_authenticate(member.user)
    assert api.get(f"/v1/merchant/bookings/{booking.id}").status_code == 404
    assert api.get(f"/v1/merchant/branches/{branch.id}/bookings").status_code == 404
    assert say(api, booking, "fulfil").status_code == 404


def test_the_customers_own_move_is_seen(api, branch, service):
    service.cancellation = [[60, 100]]
    service.save()
    booking = paid(service)
    change_time(booking_id=booking.id, starts_at=start_in(hours=3), now=timezone.now())
    assert api.get(f"/v1/merchant/bookings/{booking.id}").json()["starts_at"] == (
        f"{booking.starts_at + timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}"
    )
