"""From a hold to a booking and its end, as a client sees it."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import Booking, Event
from booking.presentation import booking_data
from booking.services import settle_paid
from tests.booking.world import lapse, start_in
from tests.factories import BranchFactory, DealFactory, ServiceFactory

pytestmark = pytest.mark.django_db

CONTACT = {"name": "Aino", "email": "aino@example.com", "language": "fi"}


def post(client, url: str, body: dict, *, token: str = ""):
    headers = {"Idempotency-Key": str(uuid.uuid4()), **({"Authorization": f"Bearer {token}"} if token else {})}
    return client.post(url, json.dumps(body), "application/json", headers=headers)


def get(client, booking_id: str, token: str):
    return client.get(f"/v1/bookings/{booking_id}", headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def service():
    deal = DealFactory(fulfilment="reservation")
    return ServiceFactory(
        branch=BranchFactory(merchant=deal.merchant), deal=deal, cancellation=[[1440, 100], [120, 50]]
    )


def hold(client, service, **more) -> tuple[dict, str]:
    body = {"deal_id": str(service.deal_id), "place_id": str(service.branch_id), "starts_at": start_in().isoformat()}
    response = post(client, "/v1/holds", {**body, **more})
    assert response.status_code == 201, response.content
    return response.json()["booking"], response.json()["token"]


def pay(booking: dict) -> None:
    settle_paid(
        booking_id=uuid.UUID(booking["id"]),
        amount_minor=booking["price"]["due_minor"],
        currency=booking["price"]["currency"],
        now=timezone.now(),
    )


def test_the_whole_way(client, service):
    held, token = hold(client, service, trace_id="search-1", channel="widget", partner="bank")
    assert (held["state"], held["price"]["due_minor"], held["can_extend"]) == ("held", 1500, True)
    assert [line["refund_percent"] for line in held["cancellation"]["deadlines"]] == [100, 50]
    booked = post(client, "/v1/bookings", {"hold_id": held["id"], "contact": CONTACT}, token=token)
    assert (booked.status_code, booked.json()["state"]) == (201, "awaiting_payment")
    pay(held)
    shown = get(client, held["id"], token).json()
    assert (shown["state"], shown["price"]["paid_minor"], shown["contact"]["name"]) == ("confirmed", 1500, "Aino")
    assert shown["price"]["refund_if_cancelled_minor"] == 1500
    cancelled = post(client, f"/v1/bookings/{held['id']}/cancel", {"reason": "ill"}, token=token).json()
    assert (cancelled["state"], cancelled["price"]["refund_due_minor"]) == ("cancelled", 1500)
    assert cancelled["price"]["refund_if_cancelled_minor"] is None
    events = Event.objects.values_list("kind", "trace_id", "channel", "partner")
    assert list(events) == [
        (kind, "search-1", "widget", "bank") for kind in ("held", "awaiting_payment", "confirmed", "cancelled")
    ]


def test_what_would_come_back_is_told_as_the_tiers_pass(client, service):
    held, token = hold(client, service)
    assert held["price"]["refund_if_cancelled_minor"] == 0
    post(client, "/v1/bookings", {"hold_id": held["id"], "contact": CONTACT}, token=token)
    pay(held)
    mine = Booking.objects.select_related("branch", "service", "deal").get(id=held["id"])
    at = [mine.starts_at - timedelta(minutes=minutes) for minutes in (1441, 1439, 119, 0)]
    told = [booking_data(mine, now=now)["price"]["refund_if_cancelled_minor"] for now in at]
    assert told == [1500, 750, 0, None]


def test_the_trace_is_the_requests_own_where_no_search_is_named(client, service):
    held, _ = hold(client, service)
    assert len(held["trace_id"]) == 36


def test_a_booking_is_shown_to_its_token_alone(client, service):
    held, token = hold(client, service)
    assert get(client, held["id"], token).status_code == 200
    _, other_token = hold(client, service)
    for response in (get(client, held["id"], other_token), get(client, str(uuid.uuid4()), token)):
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert client.get(f"/v1/bookings/{held['id']}").status_code == 401
    stolen = post(client, f"/v1/bookings/{held['id']}/cancel", {}, token=other_token)
    assert (stolen.status_code, Booking.objects.get(id=held["id"]).state) == (404, "held")


def test_a_hold_is_extended_and_released(client, service):
    held, token = hold(client, service)
    longer = post(client, f"/v1/holds/{held['id']}/extend", {}, token=token).json()
    assert (longer["can_extend"], longer["expires_at"] > held["expires_at"]) == (False, True)
    twice = post(client, f"/v1/holds/{held['id']}/extend", {}, token=token)
    assert (twice.status_code, twice.json()["code"]) == (409, "hold_extended_already")
    gone = post(client, f"/v1/holds/{held['id']}/release", {}, token=token).json()
    assert (gone["state"], gone["expires_at"]) == ("cancelled", None)


def test_a_booking_moves_and_stays_where_the_other_time_is_full(client, service):
    service.capacity = 1
    service.save()
    held, token = hold(client, service)
    post(client, "/v1/bookings", {"hold_id": held["id"], "contact": CONTACT}, token=token)
    pay(held)
    hold(client, service, starts_at=start_in(hours=1).isoformat())
    move = f"/v1/bookings/{held['id']}/move"
    refused = post(client, move, {"starts_at": start_in(hours=1).isoformat()}, token=token)
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_full")
    moved = post(client, move, {"starts_at": start_in(hours=2).isoformat()}, token=token).json()
    assert moved["starts_at"] == start_in(hours=2).isoformat().replace("+00:00", "Z")
    hold(client, service)  # the first time is free again


def test_a_lapsed_hold_cannot_be_booked(client, service):
    held, token = hold(client, service)
    lapse(Booking.objects.get())
    late = post(client, "/v1/bookings", {"hold_id": held["id"], "contact": CONTACT}, token=token)
    assert (late.status_code, late.json()["code"]) == (410, "hold_expired")


@pytest.mark.parametrize(
    ("more", "code", "parameter"),
    [
        ({"party": 0}, "invalid_parameter", "party"),
        ({"party": 9}, "invalid_parameter", "party"),
        ({"party": True}, "invalid_parameter", "party"),
        ({"starts_at": "2026-11-25T18:00"}, "invalid_parameter", "starts_at"),
        ({"starts_at": "tomorrow"}, "invalid_parameter", "starts_at"),
        ({"starts_at": None}, "invalid_parameter", "starts_at"),
        ({"starts_at": "9999-12-31T23:59:59-23:59"}, "invalid_parameter", "starts_at"),
        ({"deal_id": "1"}, "invalid_parameter", "deal_id"),
        ({"place_id": None}, "invalid_parameter", "deal_id"),
        ({"service_id": str(uuid.uuid4())}, "invalid_parameter", "service_id"),
        ({"lat": 60}, "invalid_parameter", "lon"),
        ({"lat": 1e400, "lon": 0}, "malformed_body", None),
        ({"trace_id": "a b"}, "invalid_parameter", "trace_id"),
        ({"channel": "A"}, "invalid_parameter", "channel"),
        ({"start_at": 1}, "unknown_parameter", "start_at"),
    ],
)
def test_bad_input_names_the_field(client, service, more, code, parameter):
    body = {"deal_id": str(service.deal_id), "place_id": str(service.branch_id), "starts_at": start_in().isoformat()}
    response = post(client, "/v1/holds", {**body, **more})
    assert (response.status_code, response.json()["code"], response.json().get("parameter")) == (400, code, parameter)
    assert Booking.objects.count() == 0


@pytest.mark.parametrize(
    "contact",
    [{}, {"name": "A"}, {"name": "", "email": "a@b.fi"}, {"name": "A", "email": "a"}, {"name": "A", "phone": "1"}],
)
def test_a_contact_that_reaches_nobody_is_refused(client, service, contact):
    held, token = hold(client, service)
    response = post(client, "/v1/bookings", {"hold_id": held["id"], "contact": contact}, token=token)
    assert response.status_code == 400, response.content
    assert response.json()["parameter"].startswith("contact.")


@pytest.mark.parametrize("body", ["[]", "1", '"x"', "", "{", "[" * 40, '{"a": 1, "a": 2}'])
def test_a_body_that_is_no_object_is_refused(client, body):
    response = client.post("/v1/holds", body, "application/json", headers={"Idempotency-Key": str(uuid.uuid4())})
    assert response.status_code == 400, response.content


def test_lead_time_is_counted_from_now(client, service):
    service.lead_minutes = int(timedelta(days=9).total_seconds() // 60)
    service.save()
    body = {"deal_id": str(service.deal_id), "place_id": str(service.branch_id), "starts_at": start_in().isoformat()}
    response = post(client, "/v1/holds", body)
    assert (response.status_code, response.json()["code"]) == (409, "slot_unavailable")
