"""Stripe's gateway over HTTP: the contract, and what is Stripe's own."""

from __future__ import annotations

import time

import pytest

from booking.payments.ports import ProviderRefused, ProviderUnavailable, keys_of
from booking.payments.stripe import StripeGateway
from tests.booking.payments.fake_stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe
from tests.contracts.payment_gateway import PaymentGatewayContract, an_order

PATHS = {"open": r"sessions$", "capture": r"/capture$", "refund": r"/refunds$", "cancel": r"/(cancel|expire)$"}


def gateway_of(stripe, **changes):
    given = {
        "secret_key": SECRET_KEY,
        "webhook_secrets": ["whsec_old", WEBHOOK_SECRET],
        "api_base": stripe.url,
        "timeout_seconds": 10,
    }
    return StripeGateway(**{**given, **changes})


class StripeProvider:
    def __init__(self, stripe):
        self.stripe = stripe
        self.gateway = gateway_of(stripe)

    def pay(self, reference):
        self.stripe.pay(reference)

    def decline(self, reference):
        self.stripe.pay(reference, decline="card_declined")

    def lapse(self, reference):
        self.stripe.expire(reference)

    def lose_answer(self, verb):
        self.stripe.faults.append((PATHS[verb], "hang_up"))

    def charges_of(self, payment_id):
        return [each["id"] for each in self.stripe.sessions.values() if each["client_reference_id"] == str(payment_id)]

    def notifications(self):
        return [self.stripe.signed(event) for event in self.stripe.events]

    @property
    def forger(self):
        return self.stripe.signed(self.stripe.events[0], secret="whsec_somebody")

    @property
    def old(self):
        return self.stripe.signed(self.stripe.events[0], at=time.time() - 301)


@pytest.fixture(scope="module")
def server():
    with FakeStripe().served() as stripe:
        yield stripe


@pytest.fixture
def provider(server):
    server.events.clear()
    server.faults.clear()
    return StripeProvider(server)


class TestContract(PaymentGatewayContract):
    pass


@pytest.mark.parametrize("fault", ["unavailable", "busy"])
def test_a_stripe_that_cannot_answer_is_asked_again_later(provider, fault):
    provider.stripe.faults.append((r"sessions$", fault))
    order = an_order()
    with pytest.raises(ProviderUnavailable):
        provider.gateway.open(order, key=keys_of(order.payment_id).open)
    provider.gateway.open(order, key=keys_of(order.payment_id).open)
    assert len(provider.charges_of(order.payment_id)) == 1


def test_a_key_that_stripe_does_not_know_is_the_operators_to_mend(provider):
    order = an_order()
    with pytest.raises(ProviderUnavailable):
        gateway_of(provider.stripe, secret_key="sk_wrong").open(order, key=keys_of(order.payment_id).open)


def test_nobody_listening_is_no_answer():
    order = an_order()
    gateway = StripeGateway(
        secret_key=SECRET_KEY, webhook_secrets=["x"], api_base="http://127.0.0.1:9", timeout_seconds=10
    )
    with pytest.raises(ProviderUnavailable):
        gateway.open(order, key=keys_of(order.payment_id).open)


@pytest.mark.parametrize(("currency", "sent"), [("JPY", 1500), ("ISK", 150_000), ("EUR", 1500)])
def test_amounts_are_in_the_units_stripe_counts_in(provider, currency, sent):
    order = an_order(currency=currency)
    charge = provider.gateway.open(order, key=keys_of(order.payment_id).open)
    assert (charge.amount_minor, charge.currency) == (1500, currency)
    assert provider.stripe.sessions[charge.reference]["amount_total"] == sent


def test_an_authorisation_that_ran_out_cannot_be_captured(provider):
    order = an_order()
    charge = provider.gateway.open(order, key=keys_of(order.payment_id).open)
    provider.pay(charge.reference)
    provider.stripe.let_authorisation_go(charge.reference)
    with pytest.raises(ProviderRefused):
        provider.gateway.capture(charge.reference, amount_minor=1500, key=keys_of(order.payment_id).capture)
    assert provider.gateway.observe(charge.reference).state == "cancelled"


def test_every_write_carries_a_key(provider):
    provider.stripe.requests.clear()
    order = an_order()
    keys = keys_of(order.payment_id)
    charge = provider.gateway.open(order, key=keys.open)
    provider.pay(charge.reference)
    provider.gateway.capture(charge.reference, amount_minor=1500, key=keys.capture)
    written = [key for method, _, key in provider.stripe.requests if method == "POST"]
    assert written == [keys.open, keys.capture]
