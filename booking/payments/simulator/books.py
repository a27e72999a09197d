"""What the simulated provider does with its books: each function is one of *its* transactions, `now` passed in.

Only this module writes the tables. The gateway calls it as over a network, the hosted page as the provider's own site.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.db.models import Sum

from booking.payments.ports import Order, ProviderRefused
from booking.payments.simulator.cards import DECLINES, Script
from booking.payments.simulator.models import SimulatedCharge, SimulatedKey, SimulatedNotification, SimulatedRefund

State = SimulatedCharge.State
LATE = timedelta(minutes=2)
"""How long the notifications of a `late` card are held back."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a request did. `answer_is_lost`: the script wants the caller not to hear of it."""

    reference: str
    answer_is_lost: bool = False


def open_charge(order: Order, *, key: str) -> Effect:
    with transaction.atomic():
        _queue(key)
        request = f"open {order.payment_id} {order.amount_minor} {order.currency}"
        if known := _known(key, request):
            return Effect(known)
        charge = SimulatedCharge.objects.create(
            reference=f"sim_{secrets.token_hex(12)}",
            token=secrets.token_urlsafe(24),
            payment_id=order.payment_id,
            booking_id=order.booking_id,
            amount_minor=order.amount_minor,
            currency=order.currency,
            description=order.description[:300],
            language=order.language,
            return_url=order.return_url,
            expires_at=order.expires_at,
        )
        _remember(key, request, charge.reference)
        return Effect(charge.reference)


def pay(reference: str, *, script: Script, now: datetime) -> SimulatedCharge:
    """The customer uses a card. Declined, the charge stays open. ProviderRefused when it is payable no more."""
    with transaction.atomic():
        charge = _locked(reference)
        if charge.state not in {State.OPEN, State.CHALLENGED} or charge.expires_at <= now:
            raise ProviderRefused("not_payable")
        charge.script = script.value
        if script in DECLINES:
            return _decline(charge, DECLINES[script], now=now)
        if script is Script.THREE_D_SECURE:
            charge.state = State.CHALLENGED
            charge.save()
            return charge
        return _authorise(charge, now=now)


def answer_challenge(reference: str, *, passes: bool, now: datetime) -> SimulatedCharge:
    """The customer comes back from the bank's page."""
    with transaction.atomic():
        charge = _locked(reference)
        if charge.state != State.CHALLENGED or charge.expires_at <= now:
            raise ProviderRefused("not_payable")
        if not passes:
            charge.state = State.OPEN
            return _decline(charge, "authentication_failed", now=now)
        return _authorise(charge, now=now)


def capture(reference: str, *, amount_minor: int, key: str, now: datetime) -> Effect:
    with transaction.atomic():
        charge = _locked(reference)
        request = f"capture {reference} {amount_minor}"
        if _known(key, request):
            return Effect(reference)
        if charge.state != State.AUTHORISED:
            raise ProviderRefused("not_capturable", f"The charge is {charge.state}.")
        if amount_minor > charge.amount_minor:
            raise ProviderRefused("amount_too_large")
        if charge.script == Script.CAPTURE_REFUSED:
            charge.state = State.CANCELLED
            charge.save()
            _tell(charge, "charge.cancelled", now=now)
            return Effect(reference)
        lost = charge.script == Script.CAPTURE_TIMES_OUT and charge.timeouts_left > 0
        charge.timeouts_left -= lost
        charge.state, charge.captured_minor = State.CAPTURED, amount_minor
        charge.save()
        _remember(key, request, reference)
        _tell(charge, "charge.captured", now=now)
        return Effect(reference, answer_is_lost=lost)


def cancel(reference: str, *, key: str, now: datetime) -> Effect:
    with transaction.atomic():
        charge = _locked(reference)
        if _known(key, f"cancel {reference}") or charge.state == State.CANCELLED:
            return Effect(reference)
        if charge.state == State.CAPTURED:
            raise ProviderRefused("already_captured")
        charge.state = State.CANCELLED
        charge.save()
        _remember(key, f"cancel {reference}", reference)
        _tell(charge, "charge.cancelled", now=now)
        return Effect(reference)


def refund(reference: str, *, refund_id: UUID, amount_minor: int, key: str, now: datetime) -> Effect:
    with transaction.atomic():
        charge = _locked(reference)
        request = f"refund {reference} {refund_id} {amount_minor}"
        if known := _known(key, request):
            return Effect(known)
        given = charge.refunds.exclude(state="failed").aggregate(sum=Sum("amount_minor", default=0))["sum"]
        if amount_minor <= 0 or given + amount_minor > charge.captured_minor:
            raise ProviderRefused("refund_exceeds_capture")
        lost = charge.script == Script.REFUND_TIMES_OUT and charge.timeouts_left > 0
        charge.timeouts_left -= lost
        charge.save()
        made = SimulatedRefund.objects.create(
            reference=f"simre_{secrets.token_hex(12)}",
            charge=charge,
            refund_id=refund_id,
            amount_minor=amount_minor,
            state="failed" if charge.script == Script.REFUND_FAILS else "succeeded",
        )
        _remember(key, request, made.reference)
        _tell(charge, "charge.refunded", now=now)
        return Effect(made.reference, answer_is_lost=lost)


def _queue(key: str) -> None:
    """Two requests of one key at once: the second waits for the first. Where there is no charge yet to be locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def _locked(reference: str) -> SimulatedCharge:
    charge = SimulatedCharge.objects.select_for_update().filter(reference=reference).first()
    if charge is None:
        raise ProviderRefused("unknown")
    return charge


def _known(key: str, request: str) -> str:
    """What the key was used on before; empty where it was not. ProviderRefused where it was used for something else."""
    used = SimulatedKey.objects.filter(key=key).first()
    if used is not None and used.request != request:
        raise ProviderRefused("idempotency_key_reused")
    return used.reference if used else ""


def _remember(key: str, request: str, reference: str) -> None:
    SimulatedKey.objects.create(key=key, request=request, reference=reference)


def _decline(charge: SimulatedCharge, code: str, *, now: datetime) -> SimulatedCharge:
    charge.decline_code = code
    charge.save()
    _tell(charge, "charge.declined", now=now)
    return charge


def _authorise(charge: SimulatedCharge, *, now: datetime) -> SimulatedCharge:
    charge.state, charge.decline_code = State.AUTHORISED, ""
    charge.timeouts_left = 1
    if charge.script == Script.WRONG_AMOUNT:
        charge.amount_minor = charge.amount_minor - 1 or 2
    if charge.script == Script.WRONG_CURRENCY:
        charge.currency = "XXX"
    charge.save()
    if charge.script == Script.FORGED:
        _tell(charge, "charge.captured", now=now, is_forged=True)
    _tell(charge, "charge.authorised", now=now)
    return charge


def _tell(charge: SimulatedCharge, kind: str, *, now: datetime, is_forged: bool = False) -> None:
    """Put a notification into the post, as the card's script has it: twice, late, after the next one, or never."""
    if charge.script == Script.SILENCE:
        return
    event_id = f"simev_{secrets.token_hex(12)}"
    body = orjson.dumps(
        {
            "id": event_id,
            "type": kind,
            "created": int(now.timestamp()),
            "reference": charge.reference,
            "payment_id": str(charge.payment_id),
            "amount_minor": charge.amount_minor,
            "currency": charge.currency,
        }
    ).decode()
    due_at = now
    if charge.script == Script.LATE or (charge.script == Script.REORDERED and kind == "charge.authorised"):
        due_at += LATE
    for _ in range(3 if charge.script == Script.DUPLICATE else 1):
        SimulatedNotification.objects.create(
            charge=charge, event_id=event_id, body=body, is_forged=is_forged, due_at=due_at
        )
