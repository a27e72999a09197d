"""Payments as a client, a customer and a provider see them, over HTTP."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from booking.models import Booking
from booking.payments.models import Payment, ProviderEvent
from booking.payments.reconciler import reconcile
from booking.payments.simulator.cards import CARDS, Script
from booking.payments.simulator.delivery import deliver_due
from booking.payments.simulator.gateway import notification_secret
from booking.payments.simulator.models import SimulatedCharge, SimulatedNotification
from booking.payments.simulator.signing import HEADER, signature
from tests.booking.world import held, lapse
from tests.factories import ServiceFactory

pytestmark = pytest.mark.django_db

NUMBERS = {script: number for number, script in CARDS.items()}
WEBHOOK = "/v1/payments/webhooks/simulator"


def post(client, url, body, *, token, key=None):
    headers = {"Idempotency-Key": key or str(uuid.uuid4()), "Authorization": f"Bearer {token}"}
    return client.post(url, json.dumps(body), "application/json", headers=headers)


@pytest.fixture
def booking(client):
    """(id, token) of one that awaits 20.00 EUR."""
    mine = held(ServiceFactory())
    contact = {"name": "Aino", "email": "aino@example.com"}
    answer = post(client, "/v1/bookings", {"hold_id": str(mine.booking.id), "contact": contact}, token=mine.token)
    assert answer.status_code == 201, answer.content
    return str(mine.booking.id), mine.token


def begin(client, booking, **more):
    return post(client, f"/v1/bookings/{booking[0]}/payment", {}, token=booking[1], **more)


def shown(client, booking):
    return client.get(f"/v1/bookings/{booking[0]}/payment", headers={"Authorization": f"Bearer {booking[1]}"})


def page_of(answer) -> str:
    url = urlsplit(answer.json()["checkout_url"])
    return f"{url.path}?{url.query}"


def deliver(client, *, now=None):
    """What the simulator's post has to tell, told to our webhook."""

    def over_the_test_client(url, body, headers):
        return client.post(url, body, "application/json", headers=headers).status_code

    return deliver_due(url=WEBHOOK, now=now or timezone.now(), post=over_the_test_client)


def test_the_whole_way(client, booking):
    begun = begin(client, booking)
    assert begun.status_code == 201, begun.content
    assert (begun.json()["state"], begun.json()["amount_minor"], begun.json()["currency"]) == ("open", 2000, "EUR")
    page = page_of(begun)
    assert "€20.00" in client.get(page).content.decode()
    paid = client.post(page, {"card_number": NUMBERS[Script.APPROVE]})
    assert (paid.status_code, paid["Location"]) == (303, Payment.objects.get().return_url)
    assert deliver(client) == 1
    reconcile(now=timezone.now())
    seen = shown(client, booking).json()
    assert (seen["state"], seen["is_final"], seen["captured_minor"], seen["checkout_url"]) == (
        "taken",
        True,
        2000,
        None,
    )
    assert Booking.objects.get().state == "confirmed"
    assert begin(client, booking).json()["code"] == "booking_state"


def test_a_language_may_be_as_long_as_a_tag_may(client):
    mine = held(ServiceFactory())
    tag = "ca-ES-valencia-x-spoken-on-the-boat"
    assert len(tag) == 35
    contact = {"name": "Aino", "email": "aino@example.com", "language": tag}
    answer = post(client, "/v1/bookings", {"hold_id": str(mine.booking.id), "contact": contact}, token=mine.token)
    assert answer.status_code == 201, answer.content
    begun = begin(client, (str(mine.booking.id), mine.token))
    assert (begun.status_code, SimulatedCharge.objects.get().language) == (201, tag)


def test_nothing_is_shown_before_one_is_begun_or_to_another(client, booking):
    assert shown(client, booking).status_code == 404
    begin(client, booking)
    assert shown(client, (booking[0], "another")).status_code == 404
    assert begin(client, (booking[0], "another")).status_code == 404
    assert client.get(f"/v1/bookings/{booking[0]}/payment").status_code == 401


def test_the_same_key_is_the_same_answer(client, booking):
    key = str(uuid.uuid4())
    first = begin(client, booking, key=key)
    again = begin(client, booking, key=key)
    assert (again.status_code, again.content, again["Idempotent-Replayed"]) == (201, first.content, "true")
    other = begin(client, booking)
    assert other.json()["id"] == first.json()["id"]
    assert SimulatedCharge.objects.count() == Payment.objects.count() == 1


def test_a_key_is_needed(client, booking):
    answer = client.post(
        f"/v1/bookings/{booking[0]}/payment",
        "{}",
        "application/json",
        headers={"Authorization": f"Bearer {booking[1]}"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    assert Payment.objects.count() == 0


@pytest.mark.parametrize(("body", "code"), [({"amount_minor": 1}, "unknown_parameter"), ([], "invalid_parameter")])
def test_hostile_bodies_are_refused_by_name(client, booking, body, code):
    answer = post(client, f"/v1/bookings/{booking[0]}/payment", body, token=booking[1])
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_booking_whose_time_is_over_cannot_be_paid(client, booking):
    lapse(Booking.objects.get())
    assert begin(client, booking).json()["code"] == "hold_expired"


def test_a_declined_card_is_told_on_the_page_and_in_the_answer(client, booking):
    page = page_of(begin(client, booking))
    answer = client.post(page, {"card_number": NUMBERS[Script.DECLINE]})
    assert "The card was declined" in answer.content.decode()
    reconcile(now=timezone.now() + timedelta(minutes=1))
    assert shown(client, booking).json()["decline_code"] == "card_declined"
    assert client.post(page, {"card_number": NUMBERS[Script.APPROVE]}).status_code == 303


@pytest.mark.parametrize(("answer", "state"), [("approve", "authorised"), ("refuse", "open")])
def test_three_d_secure_asks_first(client, booking, answer, state):
    page = page_of(begin(client, booking))
    asked = client.post(page, {"card_number": NUMBERS[Script.THREE_D_SECURE]})
    assert "Your bank asks" in asked.content.decode()
    client.post(page, {"challenge": answer})
    assert SimulatedCharge.objects.get().state == state


def test_the_page_is_for_who_knows_its_token(client, booking):
    page = page_of(begin(client, booking))
    for wrong in (page.split("?")[0], page + "x", "/pay/sim_nobody?token=x"):
        assert client.get(wrong).status_code == 404
    assert client.delete(page).status_code == 405


def test_the_page_runs_nothing_and_is_kept_nowhere(client, booking):
    answer = client.get(page_of(begin(client, booking)))
    policy = answer["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["Cache-Control"] == "no-store"
    assert not re.search(r"<script|style=|\son\w+=", answer.content.decode())


def test_the_page_speaks_chinese_and_lists_every_card(client, booking):
    content = client.get(page_of(begin(client, booking)), headers={"Accept-Language": "zh-CN"}).content.decode()
    assert "卡号" in content
    assert re.sub(r"\s", "", content).count("<code>4") == len(CARDS)


def test_a_form_from_elsewhere_is_refused(booking):
    strict = Client(enforce_csrf_checks=True)
    page = page_of(begin(strict, booking))
    assert strict.post(page, {"card_number": NUMBERS[Script.APPROVE]}).status_code == 403


@pytest.fixture
def notification(client, booking):
    """The body and headers of one about a payment that was made."""
    client.post(page_of(begin(client, booking)), {"card_number": NUMBERS[Script.APPROVE]})
    return SimulatedNotification.objects.get().body.encode()


def signed(body, *, secret=None, at=None):
    at = at or timezone.now()
    return {HEADER: signature(body, secret=secret or notification_secret(), at_epoch_seconds=int(at.timestamp()))}


def tell(client, body, headers):
    return client.post(WEBHOOK, body, "application/json", headers=headers)


def test_one_told_many_times_is_kept_once(client, notification):
    for _ in range(5):
        assert tell(client, notification, signed(notification)).json() == {"received": True}
    assert [each.outcome for each in ProviderEvent.objects.all()] == ["noted"]


@pytest.mark.parametrize("how", ["forged", "old", "changed", "unsigned", "empty"])
def test_what_is_not_the_providers_is_refused_and_not_kept(client, notification, how):
    body, headers = {
        "forged": (notification, signed(notification, secret="guessed")),
        "old": (notification, signed(notification, at=timezone.now() - timedelta(seconds=302))),
        "changed": (notification.replace(b"2000", b"1000"), signed(notification)),
        "unsigned": (notification, {}),
        "empty": (b"", signed(b"x")),
    }[how]
    before = Payment.objects.values_list("look_at", flat=True).get()
    answer = tell(client, body, headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "notification_refused")
    assert ProviderEvent.objects.count() == 0
    assert Payment.objects.values_list("look_at", flat=True).get() == before


def test_a_notification_is_never_believed(client, booking):
    """Signed by the provider, it says captured: its books say that nobody has paid."""
    begin(client, booking)
    charge = SimulatedCharge.objects.get()
    body = json.dumps(
        {
            "id": "ev1", "type": "charge.captured", "created": 1, "reference": charge.reference,
            "payment_id": str(charge.payment_id), "amount_minor": 2000, "currency": "EUR",
        }
    ).encode()  # fmt: skip
    assert tell(client, body, signed(body)).status_code == 200
    reconcile(now=timezone.now())
    assert (Payment.objects.get().state, Booking.objects.get().state) == ("open", "awaiting_payment")


@pytest.mark.parametrize(("amount_minor", "currency"), [(1, "EUR"), (2000, "USD")])
def test_one_that_tells_of_another_amount_is_marked(client, booking, amount_minor, currency):
    begin(client, booking)
    charge = SimulatedCharge.objects.get()
    body = json.dumps(
        {
            "id": "ev1", "type": "charge.captured", "created": 1, "reference": charge.reference,
            "payment_id": str(charge.payment_id), "amount_minor": amount_minor, "currency": currency,
        }
    ).encode()  # fmt: skip
    tell(client, body, signed(body))
    assert ProviderEvent.objects.get().outcome == "differs"


def test_one_about_nothing_of_ours_is_kept_as_unknown(client):
    body = json.dumps(
        {
            "id": "ev1", "type": "charge.captured", "created": 1, "reference": "sim_x",
            "payment_id": str(uuid.uuid4()), "amount_minor": 1, "currency": "EUR",
        }
    ).encode()  # fmt: skip
    assert tell(client, body, signed(body)).status_code == 200
    assert ProviderEvent.objects.get().outcome == "unknown"


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"id": 1}', b"\xff", b'{"id":"a","type":"b","created":"x"}'])
def test_a_signed_body_of_another_form_is_refused(client, body):
    answer = tell(client, body, signed(body))
    assert (answer.status_code, answer.json()["code"]) == (400, "notification_refused")


def test_bodies_are_bounded_and_providers_known(client):
    answer = tell(client, b"x" * 65_537, {})
    assert (answer.status_code, answer.json()["limit"]) == (413, 65_536)
    assert client.post("/v1/payments/webhooks/nobody", b"{}", "application/json").status_code == 404
    assert client.post("/v1/payments/webhooks/stripe", b"{}", "application/json").status_code == 404


@pytest.mark.parametrize("script", [Script.DUPLICATE, Script.LATE, Script.REORDERED, Script.FORGED, Script.SILENCE])
def test_however_it_is_told_it_is_confirmed_once(client, booking, script):
    client.post(page_of(begin(client, booking)), {"card_number": NUMBERS[script]})
    now = timezone.now()
    for minute in range(8):
        deliver(client, now=now)  # signed and verified at our own clock; what is late comes late by its due time
        SimulatedNotification.objects.filter(heard_at=None).update(due_at=now)
        reconcile(now=now + timedelta(minutes=minute))
    assert (Payment.objects.get().state, Booking.objects.get().state) == ("taken", "confirmed")
    assert SimulatedCharge.objects.get().captured_minor == 2000
    events = ProviderEvent.objects.values_list("event_id", flat=True)
    assert len(set(events)) == len(events)
