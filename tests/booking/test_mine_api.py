"""What is booked by who is signed in is theirs: listed, and acted on without the booking's token."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.services import account_for
from accounts.tokens import issue_token
from booking.contacts import Contact
from booking.models import Booking
from tests.booking.world import lapse, paid, start_in
from tests.factories import ServiceFactory

pytestmark = pytest.mark.django_db
AINO = {"name": "Aino", "email": "aino@elsewhere.example"}


def bearer(user) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token(user=user, label='test', now=timezone.now())[0]}"}


def write(client, path: str, body, **headers):
    headers = {"Idempotency-Key": str(uuid.uuid4()), **headers}
    return client.post(f"/v1/{path}", json.dumps(body), "application/json", headers=headers)


def wanted(**more) -> dict:
    return {"service_id": str(ServiceFactory().id), "starts_at": start_in().isoformat(), **more}


@pytest.fixture
def ada():
    return account_for(email="ada@example.org", password=None)


@pytest.fixture
def page(ada):
    """A browser in which Ada is signed in, and what its script sends with a write."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    client.get("/v1/auth/session")
    return client, {"X-CSRFToken": client.cookies["csrftoken"].value}


def listed(client, **headers) -> list[str]:
    answer = client.get("/v1/me/bookings", headers=headers)
    assert answer.status_code == 200, answer.content
    return [item["id"] for item in answer.json()["items"]]


def test_a_program_holds_books_and_acts_by_its_account_alone(client, ada):
    mine = bearer(ada)
    held = write(client, "holds", wanted(), **mine).json()["booking"]
    assert Booking.objects.get().user == ada
    assert write(client, f"holds/{held['id']}/extend", {}, **mine).status_code == 200
    booked = write(client, "bookings", {"hold_id": held["id"], "contact": AINO}, **mine)
    assert booked.status_code == 201, booked.content
    assert listed(client, **mine) == [held["id"]]
    assert client.get(f"/v1/bookings/{held['id']}", headers=mine).json()["contact"]["name"] == "Aino"
    assert write(client, f"bookings/{held['id']}/payment", {}, **mine).status_code == 201
    assert client.get(f"/v1/bookings/{held['id']}/payment", headers=mine).status_code == 200
    assert client.get(f"/v1/bookings/{held['id']}/calendar", headers=mine).status_code == 200
    assert write(client, f"bookings/{held['id']}/cancel", {}, **mine).json()["state"] == "cancelled"
    assert (Booking.objects.get().user, Booking.objects.get().state) == (ada, "cancelled")


def test_what_an_account_held_stays_its_own_when_the_bookings_token_books(client, ada):
    answer = write(client, "holds", wanted(), **bearer(ada)).json()
    token = {"Authorization": f"Bearer {answer['token']}"}
    write(client, "bookings", {"hold_id": answer["booking"]["id"], "contact": AINO}, **token)
    assert (Booking.objects.get().user, Booking.objects.get().state) == (ada, "awaiting_payment")


def test_a_page_acts_by_its_session_and_its_csrf_token(page, ada):
    client, csrf = page
    held = write(client, "holds", wanted(), **csrf).json()["booking"]
    assert Booking.objects.get().user == ada
    assert write(client, "bookings", {"hold_id": held["id"], "contact": AINO}, **csrf).status_code == 201
    assert listed(client) == [held["id"]]
    assert client.get(f"/v1/bookings/{held['id']}").status_code == 200
    assert write(client, f"bookings/{held['id']}/cancel", {}, **csrf).json()["state"] == "cancelled"


def test_behind_a_proxy_the_pages_own_origin_is_trusted_and_no_other(page, settings):
    client, csrf = page
    csrf |= {"Sec-Fetch-Site": "same-origin"}
    others = {"Origin": "https://evil.example"}
    own = {"Origin": settings.BASE_URL}  # the request itself was sent to another host and scheme
    assert settings.CSRF_TRUSTED_ORIGINS == [settings.BASE_URL]
    first = write(client, "holds", wanted(), **csrf, **own).json()["booking"]
    write(client, "holds", wanted(), **csrf, **others)
    assert [str(each) for each in Booking.objects.exclude(user=None).values_list("id", flat=True)] == [first["id"]]


def test_a_page_without_the_csrf_token_is_a_guest(page):
    client, csrf = page
    held = write(client, "holds", wanted(), **csrf).json()["booking"]
    forged = write(client, f"bookings/{held['id']}/cancel", {})
    assert (forged.status_code, forged.json()["code"]) == (401, "not_authenticated")
    assert Booking.objects.get().state == "held"
    anonymous = write(client, "holds", wanted())
    assert anonymous.status_code == 201
    assert Booking.objects.get(id=anonymous.json()["booking"]["id"]).user is None


def test_a_key_of_one_session_repeats_nothing_for_another(page):
    client, csrf = page
    key, body = {"Idempotency-Key": str(uuid.uuid4())}, wanted()
    first = write(client, "holds", body, **csrf, **key)
    assert write(client, "holds", body, **csrf, **key).content == first.content
    stranger = write(Client(), "holds", body, **key)
    assert stranger.json()["booking"]["id"] != first.json()["booking"]["id"]


def test_bookings_of_a_proved_address_are_the_accounts_and_of_another_are_not(client, ada):
    EmailAddress.objects.create(user=ada, email="proved@example.org", verified=True)
    EmailAddress.objects.create(user=ada, email="claimed@example.org", verified=False)
    made = {
        email: paid(ServiceFactory(), contact=Contact(name="A", email=email))
        for email in ("ada@example.org", "Proved@Example.org", "claimed@example.org", "eve@example.org")
    }
    theirs = [str(made[email].id) for email in ("Proved@Example.org", "ada@example.org")]
    assert sorted(listed(client, **bearer(ada))) == sorted(theirs)
    seen = {
        email: client.get(f"/v1/bookings/{booking.id}", headers=bearer(ada)).status_code
        for email, booking in made.items()
    }
    assert list(seen.values()) == [200, 200, 404, 404]


def test_another_accounts_bookings_do_not_exist(client, ada):
    eve = account_for(email="eve@example.org", password=None)
    held = write(client, "holds", wanted(), **bearer(ada)).json()["booking"]
    theirs = bearer(eve)
    assert listed(client, **theirs) == []
    reads = [client.get(f"/v1/bookings/{held['id']}{path}", headers=theirs) for path in ("", "/payment", "/calendar")]
    writes = [
        write(client, path, body, **theirs)
        for path, body in (
            (f"holds/{held['id']}/extend", {}),
            (f"holds/{held['id']}/release", {}),
            ("bookings", {"hold_id": held["id"], "contact": AINO}),
            (f"bookings/{held['id']}/payment", {}),
            (f"bookings/{held['id']}/move", {"starts_at": start_in(hours=1).isoformat()}),
            (f"bookings/{held['id']}/cancel", {}),
        )
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in (*reads, *writes)} == {(404, "not_found")}
    booking = Booking.objects.get()
    assert (booking.state, booking.extensions, booking.name, booking.user) == ("held", 0, "", ada)


def test_holds_that_came_to_nothing_are_not_told(client, ada):
    mine = bearer(ada)
    released = write(client, "holds", wanted(), **mine).json()["booking"]["id"]
    write(client, f"holds/{released}/release", {}, **mine)
    held = write(client, "holds", wanted(), **mine).json()["booking"]["id"]
    assert listed(client, **mine) == [held]


def test_an_account_holds_five_at_a_time_from_whatever_device(client, ada, settings):
    settings.HOLDS_PER_CUSTOMER = 2
    answers = [write(client, "holds", wanted(device=f"d{n}"), **bearer(ada)) for n in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    lapse(Booking.objects.first())
    assert write(client, "holds", wanted(), **bearer(ada)).status_code == 201


def test_a_token_of_an_account_that_is_no_good_holds_nothing(client, ada):
    token, row = issue_token(user=ada, label="old", now=timezone.now())
    row.expires_at = timezone.now() - timedelta(seconds=1)
    row.save()
    answer = write(client, "holds", wanted(), Authorization=f"Bearer {token}")
    assert (answer.status_code, Booking.objects.count()) == (401, 0)
    ada.is_active = False
    ada.save()
    assert client.get("/v1/me/bookings", headers=bearer(ada)).status_code == 401
