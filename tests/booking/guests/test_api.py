"""A guest finds their bookings over HTTP, acts on them, and sees nobody else's."""

from __future__ import annotations

import json
import secrets
import uuid

import pgtrigger
import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking.contacts import Contact
from booking.guests.models import Code, Session
from booking.models import Booking
from tests.booking.guests.world import EMAIL, another, bearer, mailed_code, session_token
from tests.booking.world import booked, held, lapse, paid, start_in
from tests.factories import ServiceFactory

pytestmark = pytest.mark.django_db
EVE = Contact(name="Eve", email="eve@example.com")


def post(client, path: str, body, **headers):
    return client.post(f"/v1/{path}", json.dumps(body), "application/json", headers=headers)


def write(client, path: str, body, token: str):
    return post(client, path, body, **bearer(token), **{"Idempotency-Key": str(uuid.uuid4())})


def listed(client, token: str, query: str = "") -> dict:
    answer = client.get(f"/v1/guests/bookings{query}", headers=bearer(token))
    assert answer.status_code == 200, answer.content
    return answer.json()


def ids(answer: dict) -> list[str]:
    return [item["id"] for item in answer["items"]]


def test_who_lost_the_link_finds_the_booking_by_the_address_and_cancels_it(client):
    booking = paid(ServiceFactory(cancellation=[[1440, 100], [120, 50]]))
    asked = post(client, "guests/codes", {"email": " Aino@Example.com ", "language": "en"})
    assert (asked.status_code, asked.json()) == (202, {"expires_in_seconds": 600})
    opened = post(client, "guests/sessions", {"email": "AINO@example.com", "code": mailed_code().lower()})
    assert opened.status_code == 201, opened.content
    assert (opened.json()["email"], opened["Cache-Control"]) == (EMAIL, "no-store")
    token = opened.json()["token"]
    answer = listed(client, token)
    assert (ids(answer), answer["next_before"]) == ([str(booking.id)], None)
    shown = client.get(f"/v1/bookings/{booking.id}", headers=bearer(token)).json()
    assert {**shown, "as_of": ""} == {**answer["items"][0], "as_of": ""}
    calendar = client.get(f"/v1/bookings/{booking.id}/calendar", headers=bearer(token))
    assert calendar.status_code == 200
    moved = write(client, f"bookings/{booking.id}/move", {"starts_at": start_in(hours=2).isoformat()}, token)
    assert moved.json()["starts_at"] == start_in(hours=2).isoformat().replace("+00:00", "Z")
    cancelled = write(client, f"bookings/{booking.id}/cancel", {}, token).json()
    assert (cancelled["state"], cancelled["price"]["refund_due_minor"]) == ("cancelled", booking.paid_minor)


def test_one_that_awaits_payment_can_be_paid_by_its_guest(client):
    booking = booked(ServiceFactory())
    token = session_token()
    begun = write(client, f"bookings/{booking.id}/payment", {}, token)
    assert begun.status_code == 201, begun.content
    shown = client.get(f"/v1/bookings/{booking.id}/payment", headers=bearer(token))
    assert shown.json()["state"] == "open"


def test_asking_tells_nothing_and_looks_at_no_booking(client):
    """The same statements, whether or not the address has bookings, and for one that was asked for before."""
    paid(ServiceFactory())
    told = []
    for email in (EMAIL, "nobody@example.com", EMAIL):
        with CaptureQueriesContext(connection) as captured:
            answer = post(client, "guests/codes", {"email": email})
        statements = [each["sql"].split("VALUES")[0] for each in captured]
        told.append((answer.status_code, answer.content, statements))
    assert told[0] == told[1] == told[2]
    assert len(told[0][2]) == 1
    assert not any("booking_booking" in each for each in told[0][2])


def test_an_address_without_bookings_has_an_empty_list(client):
    paid(ServiceFactory())
    assert listed(client, session_token("nobody@example.com")) == {"items": [], "next_before": None}


def test_another_guests_bookings_do_not_exist(client):
    mine, others = paid(ServiceFactory()), paid(ServiceFactory(), contact=EVE)
    token = session_token()
    assert ids(listed(client, token)) == [str(mine.id)]
    for path in ("", "/payment", "/calendar"):
        assert client.get(f"/v1/bookings/{others.id}{path}", headers=bearer(token)).status_code == 404
    for path, body in (("cancel", {}), ("move", {"starts_at": start_in(hours=1).isoformat()}), ("payment", {})):
        answer = write(client, f"bookings/{others.id}/{path}", body, token)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    others.refresh_from_db()
    assert others.state == "confirmed"


def test_case_does_not_count_and_nothing_else_is_alike(client):
    for email in ("AINO@Example.COM", "aino@example.com", "aino@example.co", "%@example.com", "aino_example.com@x.fi"):
        paid(ServiceFactory(), contact=Contact(name="A", email=email))
    told = [item["contact"]["email"] for item in listed(client, session_token())["items"]]
    assert sorted(told) == ["AINO@Example.COM", "aino@example.com"]


def test_holds_of_nobody_are_nobodys(client):
    token = session_token()
    hold = held(ServiceFactory()).booking
    assert listed(client, token)["items"] == []
    for path in (f"holds/{hold.id}/release", f"holds/{hold.id}/extend"):
        assert write(client, path, {}, token).status_code == 404
    contact = {"name": "Eve", "email": "eve@example.com"}
    assert write(client, "bookings", {"hold_id": str(hold.id), "contact": contact}, token).status_code == 404


def test_pages_are_newest_first_and_follow_each_other(client):
    made = [str(paid(ServiceFactory(), starts_at=start_in(hours=n)).id) for n in range(3)]
    lapse(booked(ServiceFactory()))
    token = session_token()
    assert ids(listed(client, token))[1:] == made[::-1]  # the lapsed one was booked, and is told
    first = listed(client, token, "?limit=2")
    assert first["next_before"] == ids(first)[-1] == made[2]
    second = listed(client, token, f"?limit=2&before={first['next_before']}")
    assert (ids(second), second["next_before"]) == (made[1::-1], None)


def test_bookings_of_one_instant_are_each_told_once(client):
    made = {str(booked(ServiceFactory()).id) for _ in range(3)}
    with pgtrigger.ignore("booking.Booking:keeps_what_was_agreed"):
        Booking.objects.update(created_at=timezone.now())
    token = session_token()
    seen, query = [], "?limit=1"
    while True:
        page = listed(client, token, query)
        seen += ids(page)
        if page["next_before"] is None:
            break
        query = f"?limit=1&before={page['next_before']}"
    assert (len(seen), set(seen)) == (3, made)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("?limit=0", "limit"), ("?limit=101", "limit"), ("?before=1", "before"), (f"?before={uuid.UUID(int=1)}", "before"),
     ("?after=1", "after")],
)  # fmt: skip
def test_bad_paging_names_the_parameter(client, query, parameter):
    answer = client.get(f"/v1/guests/bookings{query}", headers=bearer(session_token()))
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({}, "email"),
        ({"email": ""}, "email"),
        ({"email": 1}, "email"),
        ({"email": "no"}, "email"),
        ({"email": "a@b.fi\nBcc: c@d.fi"}, "email"),
        ({"email": f"{'a' * 250}@b.fi"}, "email"),
        ({"email": EMAIL, "language": 1}, "language"),
        ({"email": EMAIL, "language": "e_n"}, "language"),
        ({"email": EMAIL, "phone": "+358401234567"}, "phone"),
    ],
)
def test_bad_input_names_the_field_and_asks_for_nothing(client, body, parameter):
    answer = post(client, "guests/codes", body)
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)
    assert Code.objects.count() == 0


def test_each_refusal_has_its_code(client):
    code = mailed_code()

    def opened(typed):
        answer = post(client, "guests/sessions", {"email": EMAIL, "code": typed})
        return answer.status_code, answer.json().get("code"), answer.json().get("tries_left")

    assert opened("123456") == (400, "invalid_parameter", None)
    assert [opened(another(code)) for _ in range(5)] == [(400, "code_refused", left) for left in (4, 3, 2, 1, 0)]
    assert opened(code) == (409, "code_used_up", None)
    Code.objects.all().delete()
    assert opened(code) == (410, "code_expired", None)
    assert Session.objects.count() == 0


def test_a_session_that_is_over_is_told_so_wherever_it_is_sent(client):
    booking = paid(ServiceFactory())
    token = session_token()
    assert client.delete("/v1/guests/session", headers=bearer(token)).status_code == 204
    answers = [
        client.get("/v1/guests/bookings", headers=bearer(token)),
        client.get(f"/v1/bookings/{booking.id}", headers=bearer(token)),
        write(client, f"bookings/{booking.id}/cancel", {}, token),
        write(client, "holds", {}, token),
        client.delete("/v1/guests/session", headers=bearer(token)),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "not_authenticated")}
    booking.refresh_from_db()
    assert booking.state == "confirmed"


@pytest.mark.parametrize("path", ["guests/codes", "guests/sessions"])
def test_tries_of_one_network_are_counted(client, settings, path):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "sign_in": "3/minute"}
    body = {"email": "no"}
    client.defaults["REMOTE_ADDR"] = f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"
    codes = [post(client, path, body, **{"X-Forwarded-For": f"10.0.0.{n}"}).status_code for n in range(4)]
    assert codes == [400, 400, 400, 429]


def test_letters_to_one_address_are_counted_from_wherever(client, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "address": "2/hour"}
    body = {"email": f"{uuid.uuid4().hex}@example.com"}
    answers = [post(client, "guests/codes", body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert answers[2].json()["limit"] == 2
    assert post(client, "guests/codes", {"email": f"{uuid.uuid4().hex}@example.com"}).status_code == 202


def test_uncounted_nobody_is_mailed(client, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "address": "2/hour"}
    settings.REDIS_URL = ""
    answer = post(client, "guests/codes", {"email": EMAIL})
    assert (answer.status_code, answer.json()["code"]) == (503, "sign_in_unavailable")
    assert (Code.objects.count(), len(mail.outbox)) == (0, 0)
