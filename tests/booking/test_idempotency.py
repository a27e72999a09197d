"""One key, one effect, one answer: byte for byte, and nobody else's."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from booking.idempotency import KEPT_DAYS, Answer, InFlight, KeyReused, forget_old_keys, once, parse_key
from booking.models import Booking, IdempotencyKey
from tests.booking.world import start_in
from tests.factories import ServiceFactory

pytestmark = pytest.mark.django_db

KEY = "0f0e5c1c-7a52-4a2e-8f0f-000000000001"


def post(client, url: str, body, *, key: str | None = KEY, token: str = ""):
    headers = {} if key is None else {"Idempotency-Key": key}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return client.post(url, body if isinstance(body, str) else json.dumps(body), "application/json", headers=headers)


def wanted(**more) -> dict:
    return {"service_id": str(ServiceFactory().id), "starts_at": start_in().isoformat(), **more}


def test_the_same_request_has_the_same_answer_and_one_effect(client):
    body = wanted()
    first = post(client, "/v1/holds", body)
    again = post(client, "/v1/holds", json.dumps(dict(reversed(body.items())), indent=3))
    assert (first.status_code, again.status_code, first.content) == (201, 201, again.content)
    assert first.headers.get("Idempotent-Replayed") is None
    assert again["Idempotent-Replayed"] == "true"
    assert Booking.objects.count() == 1


def test_another_body_under_the_same_key_is_refused(client):
    body = wanted()
    post(client, "/v1/holds", body)
    other = post(client, "/v1/holds", {**body, "party": 2})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Booking.objects.count() == 1


def test_a_key_for_another_booking_is_another_request(client):
    one, two = (post(client, "/v1/holds", wanted(), key=KEY + str(n)).json() for n in (1, 2))
    url = "/v1/holds/{}/extend"
    assert post(client, url.format(one["booking"]["id"]), {}, token=one["token"]).status_code == 200
    crossed = post(client, url.format(two["booking"]["id"]), {}, token=one["token"])
    assert crossed.json()["code"] == "idempotency_key_reused"
    # A key belongs to who sends it: the same one is new for another token.
    assert post(client, url.format(two["booking"]["id"]), {}, token=two["token"]).status_code == 200


@pytest.mark.parametrize("key", [None, "", "short", "x" * 256, "spaces in the middle", "ä" * 20])
def test_a_write_without_a_good_key_is_refused(client, key):
    response = post(client, "/v1/holds", wanted(), key=key)
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_missing")
    assert Booking.objects.count() == 0


def test_a_refusal_is_not_kept_and_can_be_tried_again(client):
    body = wanted(party=99)
    assert post(client, "/v1/holds", body).status_code == 400
    assert IdempotencyKey.objects.count() == 0
    assert post(client, "/v1/holds", {**body, "party": 1}).status_code == 201


def test_what_is_kept_tells_no_token(client):
    answer = post(client, "/v1/holds", wanted()).json()
    kept = IdempotencyKey.objects.get()
    token = answer["token"].encode()
    assert token not in bytes(kept.answer)
    assert KEY.encode() not in bytes(kept.answer) + bytes(kept.scope_hash)
    assert token not in bytes(Booking.objects.get().token_hash)


def test_keys_are_forgotten_after_thirty_days(client):
    post(client, "/v1/holds", wanted())
    assert forget_old_keys() == 0
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(days=KEPT_DAYS, hours=1))
    assert forget_old_keys() == 1


def test_an_effect_that_fails_after_all_keeps_nothing():
    def work() -> Answer:
        ServiceFactory()
        raise InFlight("later")

    with pytest.raises(InFlight):
        once(key=KEY, operation="x", caller="guest", asks=b"", work=work)
    assert (IdempotencyKey.objects.count(), Booking.objects.count()) == (0, 0)


def test_scope_is_key_operation_and_caller():
    def ask(key=KEY, operation="x", caller="guest", asks=b"a"):
        return once(key=key, operation=operation, caller=caller, asks=asks, work=lambda: Answer(200, next(answers)))

    answers = iter(range(10))
    assert [ask().content, ask().content] == [b"0", b"0"]
    assert [ask(key=KEY + "2").content, ask(operation="y").content, ask(caller="me").content] == [b"1", b"2", b"3"]
    with pytest.raises(KeyReused):
        ask(asks=b"b")
    assert parse_key("~" * 255) == "~" * 255
