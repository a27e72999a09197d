"""What every payment gateway does alike. A test module subclasses `PaymentGatewayContract` and gives the `provider`.

`provider` is the far side as tests see it: `gateway`, `pay(reference)`, `decline(reference)`, `lapse(reference)` (time
runs out for what is unpaid), `lose_answer(verb)` (the next request of that verb has its effect, and no answer),
`notifications()` → [(body, headers)] in the order of events, and `forger` → (body, headers) signed with another secret.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from booking.payments.ports import (
    ChargeState,
    NotificationRefused,
    Order,
    ProviderRefused,
    ProviderUnavailable,
    RefundState,
    keys_of,
    refund_key,
)


def an_order(**changes):
    facts = {
        "payment_id": uuid.uuid4(),
        "booking_id": uuid.uuid4(),
        "amount_minor": 1500,
        "currency": "EUR",
        "description": "Haircut, 25 November",
        "language": "en",
        "return_url": "http://127.0.0.1:8000/bookings/1",
        "expires_at": datetime.now(tz=UTC).replace(microsecond=0) + timedelta(minutes=10),
    }
    return Order(**{**facts, **changes})


class PaymentGatewayContract:
    @pytest.fixture
    def order(self):
        return an_order()

    @pytest.fixture
    def opened(self, provider, order):
        return provider.gateway.open(order, key=keys_of(order.payment_id).open)

    @pytest.fixture
    def captured(self, provider, order, opened):
        provider.pay(opened.reference)
        return provider.gateway.capture(
            opened.reference, amount_minor=order.amount_minor, key=keys_of(order.payment_id).capture
        )

    def test_what_is_opened_waits_for_the_customer(self, opened, order):
        assert opened.state is ChargeState.OPEN
        assert (opened.amount_minor, opened.currency, opened.captured_minor) == (1500, "EUR", 0)
        assert opened.payment_id == order.payment_id
        assert opened.checkout_url.startswith("http")

    def test_opening_again_is_the_same_charge(self, provider, opened, order):
        again = provider.gateway.open(order, key=keys_of(order.payment_id).open)
        assert again == opened

    @pytest.mark.usefixtures("opened")
    def test_a_key_is_good_for_one_order(self, provider, order):
        with pytest.raises(ProviderRefused):
            provider.gateway.open(
                an_order(payment_id=order.payment_id, amount_minor=9), key=keys_of(order.payment_id).open
            )

    def test_an_answer_lost_at_opening_is_found_by_asking_again(self, provider, order):
        provider.lose_answer("open")
        with pytest.raises(ProviderUnavailable):
            provider.gateway.open(order, key=keys_of(order.payment_id).open)
        first = provider.gateway.open(order, key=keys_of(order.payment_id).open)
        assert provider.charges_of(order.payment_id) == [first.reference]

    def test_a_declined_card_leaves_it_open_and_says_why(self, provider, opened):
        provider.decline(opened.reference)
        seen = provider.gateway.observe(opened.reference)
        assert (seen.state, seen.decline_code) == (ChargeState.OPEN, "card_declined")
        provider.pay(opened.reference)
        assert provider.gateway.observe(opened.reference).state is ChargeState.AUTHORISED

    def test_paying_sets_aside_and_capturing_takes(self, provider, opened, order):
        provider.pay(opened.reference)
        held = provider.gateway.observe(opened.reference)
        assert (held.state, held.captured_minor) == (ChargeState.AUTHORISED, 0)
        taken = provider.gateway.capture(opened.reference, amount_minor=1500, key=keys_of(order.payment_id).capture)
        assert (taken.state, taken.captured_minor) == (ChargeState.CAPTURED, 1500)
        assert provider.gateway.observe(opened.reference) == taken

    def test_an_answer_lost_at_capture_has_captured_once(self, provider, opened, order):
        provider.pay(opened.reference)
        provider.lose_answer("capture")
        key = keys_of(order.payment_id).capture
        with pytest.raises(ProviderUnavailable):
            provider.gateway.capture(opened.reference, amount_minor=1500, key=key)
        assert provider.gateway.observe(opened.reference).captured_minor == 1500
        assert provider.gateway.capture(opened.reference, amount_minor=1500, key=key).captured_minor == 1500

    def test_nothing_is_captured_that_was_not_paid(self, provider, opened, order):
        with pytest.raises(ProviderRefused):
            provider.gateway.capture(opened.reference, amount_minor=1500, key=keys_of(order.payment_id).capture)

    def test_nothing_is_captured_beyond_what_was_paid(self, provider, opened, order):
        provider.pay(opened.reference)
        with pytest.raises(ProviderRefused):
            provider.gateway.capture(opened.reference, amount_minor=1501, key=keys_of(order.payment_id).capture)

    @pytest.mark.parametrize("is_paid", [False, True])
    def test_what_is_cancelled_can_be_paid_by_nobody(self, provider, opened, order, is_paid):
        if is_paid:
            provider.pay(opened.reference)
        key = keys_of(order.payment_id).cancel
        assert provider.gateway.cancel(opened.reference, key=key).state is ChargeState.CANCELLED
        assert provider.gateway.cancel(opened.reference, key=key).state is ChargeState.CANCELLED
        with pytest.raises(Exception):  # noqa: B017  each far side says so in its own way
            provider.pay(opened.reference)
        with pytest.raises(ProviderRefused):
            provider.gateway.capture(opened.reference, amount_minor=1500, key=keys_of(order.payment_id).capture)

    def test_what_is_captured_is_not_cancelled(self, provider, captured, order):
        with pytest.raises(ProviderRefused):
            provider.gateway.cancel(captured.reference, key=keys_of(order.payment_id).cancel)

    def test_what_lapsed_is_seen_as_cancelled(self, provider, opened):
        provider.lapse(opened.reference)
        assert provider.gateway.observe(opened.reference).state is ChargeState.CANCELLED

    def test_refunds_are_given_once_for_each_key(self, provider, captured):
        refund_id = uuid.uuid4()
        give = {"refund_id": refund_id, "amount_minor": 600, "key": refund_key(refund_id)}
        first = provider.gateway.refund(captured.reference, **give)
        assert (first.amount_minor, first.refund_id, first.state) == (600, refund_id, RefundState.SUCCEEDED)
        assert provider.gateway.refund(captured.reference, **give) == first
        assert provider.gateway.observe(captured.reference).refunds == (first,)

    def test_an_answer_lost_at_refund_has_refunded_once(self, provider, captured):
        refund_id = uuid.uuid4()
        give = {"refund_id": refund_id, "amount_minor": 600, "key": refund_key(refund_id)}
        provider.lose_answer("refund")
        with pytest.raises(ProviderUnavailable):
            provider.gateway.refund(captured.reference, **give)
        provider.gateway.refund(captured.reference, **give)
        assert [each.amount_minor for each in provider.gateway.observe(captured.reference).refunds] == [600]

    def test_refunds_never_pass_what_was_captured(self, provider, captured):
        one, two = uuid.uuid4(), uuid.uuid4()
        provider.gateway.refund(captured.reference, refund_id=one, amount_minor=1000, key=refund_key(one))
        with pytest.raises(ProviderRefused):
            provider.gateway.refund(captured.reference, refund_id=two, amount_minor=501, key=refund_key(two))

    def test_a_reference_that_nobody_gave_out_is_unknown(self, provider):
        with pytest.raises(ProviderRefused) as refused:
            provider.gateway.observe("cs_nobody")
        assert refused.value.code == "unknown"

    @pytest.mark.usefixtures("captured")
    def test_notifications_name_the_payment_and_verify(self, provider, order):
        now = datetime.now(tz=UTC)
        read = [
            provider.gateway.read_notification(body, headers, now=now) for body, headers in provider.notifications()
        ]
        assert {each.payment_id for each in read} == {order.payment_id}
        assert len({each.event_id for each in read}) == len(read) >= 2
        assert {(each.amount_minor, each.currency) for each in read} == {(1500, "EUR")}

    @pytest.mark.usefixtures("captured")
    def test_what_is_forged_changed_or_old_is_refused(self, provider):
        now = datetime.now(tz=UTC)
        body, headers = provider.notifications()[0]
        forged = [
            provider.forger,
            (body + b" ", headers),
            (body, {}),
            (body, dict.fromkeys(headers, "t=1,v1=00")),
            (b"", headers),
            provider.old,
        ]
        for each in forged:
            with pytest.raises(NotificationRefused):
                provider.gateway.read_notification(*each, now=now)
