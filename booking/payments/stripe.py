"""The port's verbs on Stripe: a hosted Checkout Session over a PaymentIntent that is captured by hand.

The one importer of the library. Our reference is the session's id; the intent is reached through it. What a request
carries depends on the order alone, never on the clock: Stripe refuses a key whose parameters changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import stripe

from booking.payments.ports import (
    Charge,
    ChargeState,
    Notification,
    NotificationRefused,
    Order,
    ProviderRefused,
    ProviderUnavailable,
    RefundSeen,
    RefundState,
)

NAME = "stripe"
SESSION_LIVES_ON = timedelta(minutes=31)
"""Stripe wants sessions to live for 30 minutes at least. What is paid after the hold is over is let go of by us."""
IN_HUNDREDTHS = frozenset({"ISK", "UGX"})
"""Currencies without minor units in ISO 4217 that Stripe counts in hundredths all the same."""
_LOCALES = {"en": "en", "zh-Hans": "zh"}
_EXPAND = ["payment_intent"]
_MAX_REFUNDS = 100


class StripeGateway:
    """`webhook_secrets`: any of them verifies, so that one can be replaced while the other is still in use.

    `timeout_seconds`: how long Stripe may take to be reached, and how long it may then say nothing.
    """

    name = NAME

    def __init__(
        self, *, secret_key: str, webhook_secrets: Sequence[str], api_base: str, timeout_seconds: float
    ) -> None:
        self._webhook_secrets = tuple(webhook_secrets)
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base},
            max_network_retries=0,  # whoever calls asks again
            http_client=stripe.RequestsClient(timeout=timeout_seconds),
        )

    def open(self, order: Order, *, key: str) -> Charge:
        metadata = {"payment_id": str(order.payment_id), "booking_id": str(order.booking_id)}
        price = {
            "currency": order.currency.lower(),
            "unit_amount": _to_stripe(order.amount_minor, order.currency),
            "product_data": {"name": order.description},
        }
        params: Any = {
            "mode": "payment",
            "client_reference_id": str(order.payment_id),
            "metadata": metadata,
            "payment_intent_data": {
                "capture_method": "manual",
                "metadata": metadata,
                "description": order.description,
            },
            "line_items": [{"quantity": 1, "price_data": price}],
            "success_url": order.return_url,
            "cancel_url": order.return_url,
            "expires_at": int((order.expires_at + SESSION_LIVES_ON).timestamp()),
            "locale": _LOCALES.get(order.language, "auto"),
            "expand": _EXPAND,
        }
        return self._charge(_asked(lambda: self._client.v1.checkout.sessions.create(params, {"idempotency_key": key})))

    def observe(self, reference: str) -> Charge:
        return self._charge(self._session(reference))

    def capture(self, reference: str, *, amount_minor: int, key: str) -> Charge:
        session = self._session(reference)
        intent = session["payment_intent"]
        if intent is None:
            raise ProviderRefused("not_capturable", "Nothing was paid.")
        params: Any = {"amount_to_capture": _to_stripe(amount_minor, intent["currency"])}
        intents = self._client.v1.payment_intents
        captured = _asked(lambda: intents.capture(intent["id"], params, {"idempotency_key": key}))
        return self._charge({**session, "payment_intent": captured})

    def cancel(self, reference: str, *, key: str) -> Charge:
        session = self._session(reference)
        intent = session["payment_intent"]
        if intent is not None and intent["status"] == "succeeded":
            raise ProviderRefused("already_captured")
        if session["status"] == "open":
            _asked(lambda: self._client.v1.checkout.sessions.expire(reference, {}, {"idempotency_key": key}))
        elif intent is not None and intent["status"] != "canceled":
            # A key of its own: one that closed the session, too late, is refused for another request for a day.
            again: stripe.RequestOptions = {"idempotency_key": f"{key}-intent"}
            _asked(lambda: self._client.v1.payment_intents.cancel(intent["id"], {}, again))
        return self.observe(reference)

    def refund(self, reference: str, *, refund_id: UUID, amount_minor: int, key: str) -> RefundSeen:
        intent = self._session(reference)["payment_intent"]
        if intent is None:
            raise ProviderRefused("refund_exceeds_capture", "Nothing was paid.")
        params: Any = {
            "payment_intent": intent["id"],
            "amount": _to_stripe(amount_minor, intent["currency"]),
            "metadata": {**intent["metadata"], "refund_id": str(refund_id)},
        }
        return _refund(_asked(lambda: self._client.v1.refunds.create(params, {"idempotency_key": key})))

    def read_notification(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Notification:  # noqa: ARG002  the library reads the clock itself
        event = self._verified(body, headers.get("Stripe-Signature", ""))
        try:
            return self._told(event)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotificationRefused("The body is not in the form of Stripe's events.") from error

    def _told(self, event: dict[str, Any]) -> Notification:
        told = event["data"]["object"]
        amount = told.get({"checkout.session": "amount_total", "payment_intent": "amount"}.get(told["object"], ""))
        currency = told["currency"].upper() if amount is not None else None
        return Notification(
            event_id=event["id"],
            kind=event["type"],
            reference=told["id"] if told["object"] == "checkout.session" else "",
            payment_id=_uuid((told.get("metadata") or {}).get("payment_id")),
            amount_minor=_from_stripe(amount, currency) if currency else None,
            currency=currency,
            occurred_at=datetime.fromtimestamp(event["created"], tz=UTC),
        )

    def _verified(self, body: bytes, signature: str) -> dict[str, Any]:
        for secret in self._webhook_secrets:
            try:
                event: dict[str, Any] = stripe.Webhook.construct_event(body, signature, secret).to_dict()
            except (stripe.SignatureVerificationError, ValueError):
                continue
            return event
        raise NotificationRefused("The signature is not Stripe's, or older than five minutes.")

    def _session(self, reference: str) -> dict[str, Any]:
        return _asked(lambda: self._client.v1.checkout.sessions.retrieve(reference, {"expand": _EXPAND}))

    def _charge(self, session: dict[str, Any]) -> Charge:
        intent = session["payment_intent"]
        state = _state(session, intent)
        currency = (intent or session)["currency"].upper()
        return Charge(
            reference=session["id"],
            payment_id=_uuid(session["metadata"].get("payment_id")),
            state=state,
            amount_minor=_from_stripe(intent["amount"] if intent else session["amount_total"], currency),
            currency=currency,
            captured_minor=_from_stripe(intent["amount_received"], currency) if intent else 0,
            checkout_url=session["url"] or "",
            decline_code=_decline_code(intent),
            refunds=self._refunds(intent) if state is ChargeState.CAPTURED else (),
        )

    def _refunds(self, intent: dict[str, Any]) -> tuple[RefundSeen, ...]:
        params: Any = {"payment_intent": intent["id"], "limit": _MAX_REFUNDS}
        listed = _asked(lambda: self._client.v1.refunds.list(params))
        return tuple(_refund(each) for each in reversed(listed["data"]))


def _asked(call: Callable[[], stripe.StripeObject]) -> dict[str, Any]:
    """The library's answer as plain values, or our error for the library's."""
    try:
        answer: dict[str, Any] = call().to_dict()
    except stripe.StripeError as error:
        status = error.http_status or 0
        if isinstance(error, stripe.InvalidRequestError) and status == HTTPStatus.NOT_FOUND:
            raise ProviderRefused("unknown", str(error)) from error
        is_final = isinstance(error, stripe.InvalidRequestError | stripe.CardError | stripe.IdempotencyError)
        if is_final and status != HTTPStatus.CONFLICT:
            raise ProviderRefused(error.code or "invalid_request", str(error)) from error
        # No answer, 409 (the first request of this key still runs), 429, 5xx, or a key that the operator must mend.
        raise ProviderUnavailable(f"{type(error).__name__} {status}") from error
    return answer


def _state(session: dict[str, Any], intent: dict[str, Any] | None) -> ChargeState:
    by_intent = {
        "succeeded": ChargeState.CAPTURED,
        "requires_capture": ChargeState.AUTHORISED,
        "canceled": ChargeState.CANCELLED,
    }
    if intent is not None and intent["status"] in by_intent:
        return by_intent[intent["status"]]
    return ChargeState.CANCELLED if session["status"] == "expired" else ChargeState.OPEN


def _decline_code(intent: dict[str, Any] | None) -> str:
    failure = (intent or {}).get("last_payment_error") or {}
    return str(failure.get("decline_code") or failure.get("code") or "")


def _refund(made: dict[str, Any]) -> RefundSeen:
    states = {"succeeded": RefundState.SUCCEEDED, "failed": RefundState.FAILED, "canceled": RefundState.FAILED}
    return RefundSeen(
        reference=made["id"],
        refund_id=_uuid((made["metadata"] or {}).get("refund_id")),
        amount_minor=_from_stripe(made["amount"], made["currency"]),
        state=states.get(made["status"], RefundState.PENDING),
    )


def _to_stripe(amount_minor: int, currency: str) -> int:
    return amount_minor * 100 if currency.upper() in IN_HUNDREDTHS else amount_minor


def _from_stripe(amount: int, currency: str) -> int:
    return amount // 100 if currency.upper() in IN_HUNDREDTHS else amount


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
