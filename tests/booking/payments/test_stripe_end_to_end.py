"""Stripe from the hold to the refund over sockets alone: a client, our web process, a Stripe with books of its own.

Its webhooks are signed as Stripe signs them and verified by Stripe's library in the web process. What the worker does
is done by the same code here, which asks that Stripe over HTTP too.
"""

from __future__ import annotations

import copy
import time
import uuid

import pytest
import requests
from django.utils import timezone

from booking.models import Booking
from booking.payments.models import Payment, ProviderEvent
from booking.payments.ports import keys_of
from booking.payments.reconciler import reconcile
from tests.booking.payments.fake_stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe, Stall
from tests.booking.world import start_in
from tests.concurrency.rivals import served
from tests.factories import ServiceFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

CONTACT = {"name": "Aino", "email": "aino@example.com"}
WEBHOOK = "/v1/payments/webhooks/stripe"


@pytest.fixture(scope="module")
def stripe():
    with FakeStripe().served() as running:
        yield running


@pytest.fixture(scope="module")
def site(stripe, django_db_setup, tmp_path_factory):
    keys = {
        "PAYMENT_PROVIDER": "stripe",
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_WEBHOOK_SECRETS": f"whsec_old,{WEBHOOK_SECRET}",
        "STRIPE_API_BASE": stripe.url,
    }
    with served(tmp_path_factory.mktemp("stripe"), workers=1, RATE_LIMIT_WEBHOOK="off", **keys) as (url, _):
        yield url


class Customer:
    """One booking over HTTP, and its charge at Stripe."""

    def __init__(self, site, stripe):
        self.site, self.stripe = site, stripe
        service = ServiceFactory(cancellation=[[60, 50]])
        held = self.post("/v1/holds", {"service_id": str(service.id), "starts_at": start_in().isoformat()})
        self.id, self.token = held["booking"]["id"], held["token"]
        self.post("/v1/bookings", {"hold_id": self.id, "contact": CONTACT})

    def post(self, path, body=None):
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        if hasattr(self, "token"):
            headers["Authorization"] = f"Bearer {self.token}"
        answer = requests.post(self.site + path, json=body or {}, headers=headers, timeout=60)
        assert answer.status_code < 300, answer.content
        return answer.json()

    def begin(self) -> str:
        """The Checkout Session's id."""
        url = self.post(f"/v1/bookings/{self.id}/payment")["checkout_url"]
        assert url.startswith("https://checkout.stripe.test/c/pay/cs_test_")
        return url.rsplit("/", 1)[1]

    def seen(self) -> tuple[str, str, int]:
        """(state of the booking, of its last payment, paid)."""
        headers = {"Authorization": f"Bearer {self.token}"}
        booking = requests.get(f"{self.site}/v1/bookings/{self.id}", headers=headers, timeout=60).json()
        payment = requests.get(f"{self.site}/v1/bookings/{self.id}/payment", headers=headers, timeout=60).json()
        return booking["state"], payment["state"], booking["price"]["paid_minor"]

    def intent(self, session):
        return self.stripe.intents[self.stripe.sessions[session]["payment_intent"]]

    def tell(self, events, **how) -> list[int]:
        """Post each event to our webhook, signed; the statuses."""
        statuses = []
        for event in events:
            body, headers = self.stripe.signed(event, **how)
            statuses.append(requests.post(self.site + WEBHOOK, data=body, headers=headers, timeout=60).status_code)
        return statuses


@pytest.fixture
def customer(site, stripe, settings):
    settings.PAYMENT_PROVIDER, settings.STRIPE_SECRET_KEY = "stripe", SECRET_KEY
    settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_API_BASE = [WEBHOOK_SECRET], stripe.url
    stripe.events.clear()
    stripe.requests.clear()
    stripe.refunds.clear()
    return Customer(site, stripe)


def looked_at() -> int:
    """What is due now and nothing else: so many were looked at."""
    return reconcile(now=timezone.now())


def test_paid_captured_confirmed_cancelled_and_given_back(customer, stripe):
    """Every webhook comes twice and in the wrong order, and all of them once more at the end."""
    session = customer.begin()
    assert customer.seen() == ("awaiting_payment", "open", 0)
    stripe.pay(session)
    events = list(stripe.events)
    assert [event["type"] for event in events] == [
        "payment_intent.amount_capturable_updated",
        "checkout.session.completed",
    ]
    assert customer.tell([*reversed(events), *events]) == [200] * 4
    assert ProviderEvent.objects.count() == 2
    assert looked_at() == 1
    assert customer.seen() == ("confirmed", "taken", 2000)
    assert (customer.intent(session)["status"], customer.intent(session)["amount_received"]) == ("succeeded", 2000)
    customer.post(f"/v1/bookings/{customer.id}/cancel")
    assert looked_at() == 1
    assert customer.tell([*stripe.events[2:], *stripe.events]) == [200] * 6
    looked_at()
    assert [(each["amount"], each["status"]) for each in stripe.refunds.values()] == [(1000, "succeeded")]
    payment = Payment.objects.get()
    assert (payment.refunded_minor, [refund.state for refund in payment.refunds.all()]) == (1000, ["succeeded"])
    assert ProviderEvent.objects.count() == 4
    assert customer.seen() == ("cancelled", "taken", 2000)


def test_what_is_forged_altered_or_old_is_refused_and_leaves_nothing(customer, stripe):
    session = customer.begin()
    stripe.pay(session)
    event = stripe.events[-1]
    due = Payment.objects.get().look_at
    assert customer.tell([event], secret="whsec_somebody") == [400]
    assert customer.tell([event], at=time.time() - 301) == [400]
    body, headers = stripe.signed(event)
    altered = body.replace(session.encode(), b"cs_test_" + b"0" * 24)
    for sent, signed in ((altered, headers), (body, {}), (b"", headers), (body, {"Stripe-Signature": "t=1,v1=00"})):
        answer = requests.post(customer.site + WEBHOOK, data=sent, headers=signed, timeout=60)
        assert (answer.status_code, answer.json()["code"]) == (400, "notification_refused")
    assert not ProviderEvent.objects.exists()
    assert Payment.objects.get().look_at == due
    assert customer.tell([event], at=time.time() - 299) == [200]


def test_words_that_are_signed_and_untrue_are_not_followed(customer, stripe):
    """Before anything was paid: a success, and then one of another sum. Stripe's books say otherwise."""
    session = customer.begin()
    stripe.pay(session, decline="card_declined")
    lie = copy.deepcopy(stripe.events[-1])
    lie.update(id="evt_early", type="payment_intent.succeeded")
    lie["data"]["object"].update(status="succeeded", amount_received=2000)
    dear = copy.deepcopy(lie)
    dear["id"] = "evt_dear"
    dear["data"]["object"].update(amount=999_900, amount_received=999_900)
    assert customer.tell([lie, dear]) == [200, 200]
    assert dict(ProviderEvent.objects.values_list("event_id", "outcome")) == {
        "evt_early": "noted",
        "evt_dear": "differs",
    }
    assert looked_at() == 1
    assert customer.seen() == ("awaiting_payment", "open", 0)
    stripe.pay(session)
    customer.tell(stripe.events[-1:])
    assert looked_at() == 1
    assert customer.seen() == ("confirmed", "taken", 2000)


def test_another_sum_in_stripes_books_is_let_go_and_the_booking_paid_again(customer, stripe):
    session = customer.begin()
    stripe.pay(session, amount=1999)
    assert customer.tell(stripe.events) == [200, 200]
    looked_at()
    assert customer.seen() == ("awaiting_payment", "voided", 0)
    assert (customer.intent(session)["status"], customer.intent(session)["amount_received"]) == ("canceled", 0)
    again = customer.begin()
    assert again != session
    stripe.pay(again)
    customer.tell(stripe.events)
    looked_at()
    assert customer.seen() == ("confirmed", "taken", 2000)


def test_an_answer_lost_after_the_capture_takes_the_money_once(customer, stripe):
    session = customer.begin()
    stripe.pay(session)
    stripe.faults.append((r"/capture$", "hang_up"))
    customer.tell(stripe.events)
    looked_at()
    assert Booking.objects.get().state == "awaiting_payment"
    assert customer.intent(session)["status"] == "succeeded"
    customer.tell(stripe.events[-1:])  # its own word of the capture brings the next look at once
    looked_at()
    assert customer.seen() == ("confirmed", "taken", 2000)
    assert customer.intent(session)["amount_received"] == 2000
    captures = {key for _, path, key in stripe.requests if path.endswith("/capture")}
    assert captures == {keys_of(Payment.objects.get().id).capture}


def test_who_pays_while_it_is_being_closed_gets_the_money_back_at_once(customer, stripe):
    """Our request to close the session finds it paid: the authorisation is let go in the same look."""
    session = customer.begin()
    customer.post(f"/v1/bookings/{customer.id}/cancel")
    Payment.objects.update(look_at=timezone.now())
    stripe.faults.append((r"/expire$", lambda: stripe.pay(session)))
    assert looked_at() == 1
    assert stripe.faults == []
    assert customer.seen() == ("cancelled", "voided", 0)
    assert (stripe.sessions[session]["status"], customer.intent(session)["status"]) == ("complete", "canceled")
    closing = [
        (path.rsplit("/", 1)[1], key) for _, path, key in stripe.requests if path.endswith(("/expire", "/cancel"))
    ]
    assert [verb for verb, _ in closing] == ["expire", "cancel"]
    assert len({key for _, key in closing}) == 2


def test_who_begins_to_pay_while_stripe_stalls_is_told_so_and_the_worker_opens_it(customer, stripe):
    stall = Stall()
    stripe.faults.append((r"sessions$", stall))
    headers = {"Idempotency-Key": str(uuid.uuid4()), "Authorization": f"Bearer {customer.token}"}
    address = f"{customer.site}/v1/bookings/{customer.id}/payment"
    try:
        told = requests.post(address, json={}, headers=headers, timeout=60)
    finally:
        stall.end()
    assert (told.status_code, told.json()["code"], told.headers["Retry-After"]) == (
        503,
        "payment_provider_unavailable",
        "2",
    )
    seen = requests.get(address, headers=headers, timeout=60).json()
    assert (seen["state"], seen["checkout_url"], seen["is_final"]) == ("created", None, False)
    Payment.objects.update(look_at=timezone.now())
    assert looked_at() == 1
    opened = requests.get(address, headers=headers, timeout=60).json()
    assert opened["state"] == "open"
    begun = requests.post(address, json={}, headers=headers, timeout=60)
    assert (begun.status_code, begun.json()["checkout_url"]) == (201, opened["checkout_url"])
    mine = [each for each in stripe.sessions.values() if each["client_reference_id"] == opened["id"]]
    assert len(mine) == 1
