"""Signing in over HTTP: by password and by mailed code, as a page and as a program; and what an attacker tries."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import AccessToken, User
from accounts.services import account_for
from accounts.tokens import issue_token, token_hash
from tests.factories import UserFactory

PASSWORD = "correct horse battery"
EMAIL = "ada@example.org"
pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db):
    return account_for(email=EMAIL, password=PASSWORD)


@pytest.fixture
def client():
    return Client(enforce_csrf_checks=True)


def post(client, path, data, **headers):
    return client.post(f"/v1/auth/{path}", data, content_type="application/json", headers=headers)


def csrf(client):
    client.get("/v1/auth/session")
    return {"X-CSRFToken": client.cookies["csrftoken"].value}


def code():
    return re.search(r"^\d{6}$", mail.outbox[-1].body, re.MULTILINE)[0]


def test_a_program_signs_in_with_a_password(client, ada):
    answer = post(client, "app/password", {"email": "Ada@Example.org", "password": PASSWORD})
    assert answer.status_code == 200, answer.content
    token = answer.json()["token"]
    assert token.startswith("vic_")
    assert answer.json()["account"] == {"id": str(ada.uuid), "email": EMAIL, "name": "", "has_password": True}
    assert not client.cookies
    assert not Session.objects.exists()
    assert AccessToken.objects.get().token_hash == token_hash(token)
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/v1/auth/session", headers=bearer).json()["email"] == EMAIL
    assert client.delete("/v1/auth/session", headers=bearer).status_code == 204
    assert client.get("/v1/auth/session", headers=bearer).status_code == 401


def test_a_program_signs_in_with_a_code(client, ada):
    asked = post(client, "app/code", {"email": EMAIL})
    assert asked.status_code == 202, asked.content
    challenge = asked.json()["challenge"]
    wrong = post(client, "app/confirm", {"code": "nonsense", "challenge": challenge})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "code_refused")
    right = post(client, "app/confirm", {"code": code(), "challenge": challenge})
    assert right.status_code == 200, right.content
    assert right.json()["token"].startswith("vic_")
    again = post(client, "app/confirm", {"code": code(), "challenge": challenge})
    assert (again.status_code, again.json()["code"]) == (409, "no_challenge")


def test_a_page_signs_in_and_out(client, ada):
    refused = post(client, "browser/password", {"email": EMAIL, "password": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    answer = post(client, "browser/password", {"email": EMAIL, "password": PASSWORD}, **csrf(client))
    assert answer.status_code == 200, answer.content
    assert answer.json()["token"] is None
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"
    assert client.get("/v1/auth/session").json()["id"] == str(ada.uuid)
    assert client.delete("/v1/auth/session").status_code == 403
    assert client.delete("/v1/auth/session", headers=csrf(client)).status_code == 204
    assert client.get("/v1/auth/session").status_code == 401


def test_a_page_signs_in_with_a_code_and_gets_a_new_session(client, ada):
    headers = csrf(client)
    assert post(client, "browser/code", {"email": EMAIL}, **headers).json()["challenge"] is None
    before = client.cookies["sessionid"].value
    assert post(client, "browser/confirm", {"code": code()}, **headers).status_code == 200
    assert client.cookies["sessionid"].value != before


def test_somebody_signs_up(client):
    asked = post(client, "app/sign-up", {"email": "new@example.org"})
    assert asked.status_code == 202, asked.content
    answer = post(client, "app/confirm", {"code": code(), "challenge": asked.json()["challenge"]})
    assert answer.status_code == 200, answer.content
    user = User.objects.get(email="new@example.org")
    assert not user.has_usable_password()
    assert user.emailaddress_set.get().verified


@pytest.mark.parametrize("step", ["code", "sign-up"])
def test_whether_there_is_an_account_is_not_told(client, ada, step):
    there, not_there = (post(client, f"app/{step}", {"email": email}) for email in (EMAIL, "nobody@example.org"))
    assert (there.status_code, not_there.status_code) == (202, 202)
    assert there.json().keys() == not_there.json().keys()
    assert all(body.json()["challenge"] for body in (there, not_there))


def test_a_password_that_is_wrong_and_an_account_that_is_not_there_answer_alike(client, ada):
    wrong = post(client, "app/password", {"email": EMAIL, "password": "wrong"}).json()
    nobody = post(client, "app/password", {"email": "nobody@example.org", "password": "wrong"}).json()
    assert {**wrong, "request_id": ""} == {**nobody, "request_id": ""}
    assert wrong["code"] == "credentials_refused"


def test_an_address_that_was_never_proved_needs_its_code_first(client):
    User.objects.create_user(EMAIL, PASSWORD)
    asked = post(client, "app/password", {"email": EMAIL, "password": PASSWORD})
    assert asked.status_code == 202, asked.content
    assert (
        post(client, "app/confirm", {"code": code(), "challenge": asked.json()["challenge"]}).json()["account"]["email"]
        == EMAIL
    )


@pytest.mark.django_db(transaction=True)
def test_guesses_at_one_challenge_are_few_even_at_once(ada):
    challenge = post(Client(), "app/code", {"email": EMAIL}).json()["challenge"]
    right = code()

    def guess(number):
        try:
            wrong = f"{(int(right) + 1 + number) % 1_000_000:06}"
            return post(Client(), "app/confirm", {"code": wrong, "challenge": challenge}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(guess, range(24)))
    assert statuses.count(429) == 24 - 5
    assert 200 not in statuses
    assert post(Client(), "app/confirm", {"code": right, "challenge": challenge}).status_code == 429


def test_tries_of_one_address_are_counted_from_wherever(client, ada, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "address": "3/hour"}
    email = f"{uuid.uuid4()}@example.org"
    statuses = [
        client.post(
            "/v1/auth/app/password",
            {"email": email, "password": "wrong"},
            content_type="application/json",
            REMOTE_ADDR=f"192.0.2.{n}",
        ).status_code
        for n in range(5)
    ]
    assert statuses == [401, 401, 401, 429, 429]


def test_tries_of_one_client_are_counted_whomever_they_name(client, ada, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "sign_in": "3/hour"}
    network = f"2001:db8:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}::1"
    statuses = [
        client.post(
            "/v1/auth/app/code", {"email": f"{n}@example.org"}, content_type="application/json", REMOTE_ADDR=network
        ).status_code
        for n in range(5)
    ]
    assert statuses == [202, 202, 202, 429, 429]


def test_nobody_signs_in_uncounted(client, ada, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "sign_in": "3/hour"}
    settings.REDIS_URL = "redis://127.0.0.1:1"
    answer = post(client, "app/password", {"email": EMAIL, "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (503, "sign_in_unavailable")


@pytest.mark.parametrize(
    ("path", "data", "code", "parameter"),
    [
        ("app/password", {"email": EMAIL}, "invalid_parameter", "password"),
        ("app/password", {"email": EMAIL, "password": "x" * 129}, "invalid_parameter", "password"),
        ("app/password", {"email": ["a"], "password": "x"}, "invalid_parameter", "email"),
        ("app/password", {"email": "no address", "password": "x"}, "invalid_parameter", "email"),
        ("app/password", {"email": EMAIL, "pasword": "x"}, "unknown_parameter", "pasword"),
        ("app/code", {"email": "a@" + "b" * 300}, "invalid_parameter", "email"),
        ("app/confirm", {"code": "1"}, "invalid_parameter", "challenge"),
        ("app/code", [], "invalid_parameter", "body"),
    ],
)
def test_refused(client, path, data, code, parameter):
    answer = post(client, path, data)
    assert (answer.status_code, answer.json()["code"], answer.json()["parameter"]) == (400, code, parameter)


def test_a_challenge_that_nobody_was_told(client):
    answer = post(client, "app/confirm", {"code": "123456", "challenge": "x" * 32})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_challenge")


@pytest.mark.parametrize("header", ["Bearer vic_nonsense", "Bearer ", "Basic dTpw", "Bearer vic_" + "x" * 5000, "é"])
def test_a_header_that_is_no_good_is_refused_also_beside_a_session(client, ada, header):
    post(client, "browser/password", {"email": EMAIL, "password": PASSWORD}, **csrf(client))
    assert client.get("/v1/auth/session", headers={"Authorization": header}).status_code == 401


def test_tokens_are_made_listed_and_ended(client, ada):
    first, _ = issue_token(user=ada, label="first", now=timezone.now())
    bearer = {"Authorization": f"Bearer {first}"}
    made = post(client, "tokens", {"label": "till", "days": 1}, **bearer)
    assert made.status_code == 201, made.content
    listed = client.get("/v1/auth/tokens", headers=bearer).json()["items"]
    assert {each["label"] for each in listed} == {"first", "till"}
    assert all(each.keys() == {"id", "label", "created_at", "expires_at"} for each in listed)
    other = UserFactory()
    foreign, row = issue_token(user=other, label="other", now=timezone.now())
    assert client.delete(f"/v1/auth/tokens/{row.id}", headers=bearer).status_code == 404
    assert client.delete(f"/v1/auth/tokens/{made.json()['id']}", headers=bearer).status_code == 204
    assert client.get("/v1/auth/session", headers={"Authorization": f"Bearer {foreign}"}).status_code == 200


def test_a_token_ends_and_goes_with_its_account(client, ada):
    old, _ = issue_token(user=ada, label="old", now=timezone.now() - timedelta(days=91))
    good, _ = issue_token(user=ada, label="good", now=timezone.now())
    assert client.get("/v1/auth/session", headers={"Authorization": f"Bearer {old}"}).status_code == 401
    assert client.get("/v1/auth/session", headers={"Authorization": f"Bearer {good}"}).status_code == 200
    User.objects.update(is_active=False)
    assert client.get("/v1/auth/session", headers={"Authorization": f"Bearer {good}"}).status_code == 401
