"""From a full time over the waitlist to a booking, as a client sees it."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tokens import issue_token
from booking.letters.sending import send_due
from booking.models import Booking, Event
from booking.waitlist.models import Entry
from booking.waitlist.offering import offer_freed
from tests.booking.waitlist.world import cancel, joined, offers, take
from tests.booking.world import held, paid, start_in
from tests.factories import BranchFactory, DealFactory, ServiceFactory, UserFactory

pytestmark = pytest.mark.django_db

CONTACT = {"name": "Aino", "email": "aino@example.com", "language": "en"}


def post(client, url: str, body: dict, *, token: str = "", key: str = ""):
    headers = {
        "Idempotency-Key": key or str(uuid.uuid4()),
        **({"Authorization": f"Bearer {token}"} if token else {}),
    }
    return client.post(url, json.dumps(body), "application/json", headers=headers)


def entry_of(client, entry_id: str, token: str):
    return client.get(f"/v1/waitlist/{entry_id}", headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def service():
    deal = DealFactory(fulfilment="reservation")
    return ServiceFactory(branch=BranchFactory(merchant=deal.merchant), deal=deal, capacity=1)


def asked(service, **more) -> dict:
    return {
        "deal_id": str(service.deal_id),
        "place_id": str(service.branch_id),
        "starts_from": start_in().isoformat(),
        "starts_until": (start_in() + timedelta(minutes=1)).isoformat(),
        "contact": CONTACT,
        **more,
    }


def test_the_whole_way(client, service):
    hold = held(service)
    joined_answer = post(client, "/v1/waitlist", asked(service, trace_id="search-1", channel="web", partner="bank"))
    assert joined_answer.status_code == 201, joined_answer.content
    entry, token = joined_answer.json()["entry"], joined_answer.json()["token"]
    assert (entry["state"], entry["place_in_queue"], entry["offer"], entry["offers_left"]) == ("waiting", 1, None, 3)
    post(client, f"/v1/holds/{hold.booking.id}/release", {}, token=hold.token)
    assert offers() == ["aino"]
    shown = entry_of(client, entry["id"], token).json()
    assert (shown["state"], shown["place_in_queue"], shown["offers_left"]) == ("offered", None, 2)
    offer = shown["offer"]
    assert (offer["state"], offer["starts_at"]) == ("held", start_in().isoformat().replace("+00:00", "Z"))
    assert offer["expires_at"] > shown["as_of"]
    body = {"hold_id": offer["booking_id"], "contact": CONTACT}
    booked = post(client, "/v1/bookings", body, token=offer["token"])
    assert (booked.status_code, booked.json()["state"]) == (201, "awaiting_payment")
    payment = post(client, f"/v1/bookings/{offer['booking_id']}/payment", {}, token=offer["token"])
    assert (payment.status_code, payment.json()["checkout_url"] is None) == (201, False)
    assert set(Event.objects.filter(trace_id="search-1").values_list("channel", "partner")) == {("web", "bank")}


def test_joining_is_done_once_for_one_key(client, service):
    paid(service)
    key = str(uuid.uuid4())
    first, again = (post(client, "/v1/waitlist", asked(service), key=key) for _ in range(2))
    assert (first.status_code, again.content, again["Idempotent-Replayed"]) == (201, first.content, "true")
    assert Entry.objects.count() == 1
    reused = post(client, "/v1/waitlist", asked(service, party=2), key=key)
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")


def test_where_a_place_is_free_one_is_told_to_book_it(client, service):
    refused = post(client, "/v1/waitlist", asked(service)).json()
    assert (refused["code"], refused["starts_at"]) == ("place_free", start_in().isoformat().replace("+00:00", "Z"))


def test_an_entry_is_shown_to_its_token_alone(client, service):
    paid(service)
    mine, other = joined(service, "aino"), joined(service, "eino")
    assert entry_of(client, str(mine.entry.id), mine.token).status_code == 200
    for answer in (
        entry_of(client, str(mine.entry.id), other.token),
        entry_of(client, str(uuid.uuid4()), mine.token),
        post(client, f"/v1/waitlist/{mine.entry.id}/leave", {}, token=other.token),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert client.get(f"/v1/waitlist/{mine.entry.id}").status_code == 401
    assert Entry.objects.get(id=mine.entry.id).state == "waiting"


def test_leaving_is_answered_alike_twice(client, service):
    paid(service)
    mine = joined(service)
    left = [post(client, f"/v1/waitlist/{mine.entry.id}/leave", {}, token=mine.token) for _ in range(2)]
    assert [(each.status_code, each.json()["state"]) for each in left] == [(200, "left"), (200, "left")]


def test_a_booked_entry_names_its_booking_and_is_not_left(client, service):
    first = paid(service)
    mine = joined(service)
    cancel(first)
    offers()
    booking = take(mine.entry)
    shown = entry_of(client, str(mine.entry.id), mine.token).json()
    assert (shown["state"], shown["offer"]["booking_id"], shown["offer"]["expires_at"]) == (
        "booked", str(booking.id), None,
    )  # fmt: skip
    refused = post(client, f"/v1/waitlist/{mine.entry.id}/leave", {}, token=mine.token)
    assert (refused.status_code, refused.json()["code"], refused.json()["state"]) == (409, "waiting_state", "booked")


@pytest.mark.parametrize(
    ("more", "code", "parameter"),
    [
        ({"starts_from": None}, "invalid_parameter", "starts_from"),
        ({"starts_until": None}, "invalid_parameter", "starts_until"),
        ({"starts_from": "2026-11-25T18:00"}, "invalid_parameter", "starts_from"),
        ({"starts_until": start_in(days=9).isoformat()}, "invalid_parameter", "starts_until"),
        ({"starts_until": start_in(days=1).isoformat()}, "invalid_parameter", "starts_until"),
        ({"party": 0}, "invalid_parameter", "party"),
        ({"party": 9}, "invalid_parameter", "party"),
        ({"contact": None}, "invalid_parameter", "contact.email"),
        ({"contact": {"name": "A"}}, "invalid_parameter", "contact.email"),
        ({"contact": {"name": "A", "email": "a"}}, "invalid_parameter", "contact.email"),
        ({"contact": {"name": "A", "phone": "+358401234567"}}, "unknown_parameter", "contact.phone"),
        ({"contact": 1}, "invalid_parameter", "contact"),
        ({"deal_id": "1"}, "invalid_parameter", "deal_id"),
        ({"place_id": None}, "invalid_parameter", "deal_id"),
        ({"trace_id": "a b"}, "invalid_parameter", "trace_id"),
        ({"starts_at": start_in().isoformat()}, "unknown_parameter", "starts_at"),
    ],
)
def test_bad_input_names_the_field(client, service, more, code, parameter):
    paid(service)
    response = post(client, "/v1/waitlist", asked(service, **more))
    assert (response.status_code, response.json()["code"], response.json().get("parameter")) == (400, code, parameter)
    assert Entry.objects.count() == 0


def test_availability_tells_what_can_be_waited_for(client, service):
    paid(service)
    window = {"from": start_in().isoformat(), "until": (start_in() + timedelta(minutes=60)).isoformat()}
    url, place = f"/v1/deals/{service.deal_id}/availability", {"place_id": str(service.branch_id)}
    answer = client.get(url, {**place, **window}).json()
    shown = start_in().isoformat().replace("+00:00", "Z")
    assert (answer["taken_starts"], len(answer["starts"])) == ([shown], 1)
    answer = client.get(url, {**place, **window, "party": "9"}).json()
    assert (answer["taken_starts"], answer["starts"]) == ([], [])


@pytest.mark.parametrize("ahead", [0, 2])
def test_an_entry_is_read_in_two_queries(client, service, ahead, django_assert_num_queries):
    paid(service)
    for number in range(ahead):
        joined(service, f"guest{number}")
    mine = joined(service)
    with django_assert_num_queries(2):
        answer = entry_of(client, str(mine.entry.id), mine.token)
    assert answer.json()["place_in_queue"] == ahead + 1


def test_a_guest_who_walks_in_and_one_who_waits_do_not_both_have_it(client, service):
    """The place is taken by whoever is first; the other is told, or waits on."""
    hold = held(service)
    mine = joined(service)
    post(client, f"/v1/holds/{hold.booking.id}/release", {}, token=hold.token)
    body = {
        "deal_id": str(service.deal_id),
        "place_id": str(service.branch_id),
        "starts_at": start_in().isoformat(),
    }
    assert post(client, "/v1/holds", body).status_code == 201
    offer_freed(now=timezone.now())
    send_due(now=timezone.now())
    assert entry_of(client, str(mine.entry.id), mine.token).json()["state"] == "waiting"
    assert Booking.objects.filter(state="held").count() == 1


def test_an_account_that_waits_has_the_offer_among_its_bookings(client, service):
    hold = held(service)
    user = UserFactory()
    token, _ = issue_token(user=user, label="app", now=timezone.now())
    answer = post(client, "/v1/waitlist", asked(service), token=token)
    assert answer.status_code == 201, answer.content
    post(client, f"/v1/holds/{hold.booking.id}/release", {}, token=hold.token)
    assert offers() == ["aino"]
    mine = client.get("/v1/me/bookings", headers={"Authorization": f"Bearer {token}"}).json()["items"]
    assert [(item["state"], item["starts_at"]) for item in mine] == [
        ("held", start_in().isoformat().replace("+00:00", "Z"))
    ]
    again = post(client, "/v1/waitlist", asked(service, contact={**CONTACT, "email": "a@example.com"}), token=token)
    assert (again.status_code, again.json()["code"]) == (409, "waiting_already")
    assert entry_of(client, answer.json()["entry"]["id"], token).status_code == 404
