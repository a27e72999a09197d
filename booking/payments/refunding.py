"""Money on its way back: asked for once by the refund's own key, and followed until it has arrived or was refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from booking.payments.alarms import alarm
from booking.payments.gateways import Gateways
from booking.payments.locking import locked_payment
from booking.payments.models import Payment, Refund
from booking.payments.ports import (
    PaymentGateway,
    ProviderRefused,
    ProviderUnavailable,
    RefundSeen,
    RefundState,
    refund_key,
)
from config.failpoints import failpoint

State = Refund.State
LEASE = timedelta(seconds=40)
FIRST_RETRY = timedelta(seconds=2)
LAST_RETRY = timedelta(minutes=30)
LOOK_AT_PENDING_EVERY = timedelta(minutes=10)


def advance_refund(refund_id: UUID, *, gateways: Gateways, now: datetime) -> Refund:
    """Ask for it, or look how it goes; the row as it is then. Never raises for what a provider does."""
    Refund.objects.filter(id=refund_id).update(look_at=now + LEASE)
    refund = Refund.objects.select_related("payment").get(id=refund_id)
    if refund.state not in {State.REQUESTED, State.PENDING}:
        Refund.objects.filter(id=refund_id).update(look_at=None)
        return refund
    try:
        seen = _asked(refund, gateways(refund.payment.provider))
        failpoint("after_refund_call")
        with transaction.atomic():
            take_over(locked_payment(refund.payment_id), [seen], now=now)
    except ProviderUnavailable:
        wait = min(LAST_RETRY, FIRST_RETRY * 2 ** min(refund.failures, 12))
        Refund.objects.filter(id=refund_id).update(look_at=now + wait, failures=refund.failures + 1)
    except ProviderRefused as refused:
        with transaction.atomic():
            _end(locked_payment(refund.payment_id), refund_id, refused.code, now=now)
    return Refund.objects.get(id=refund_id)


def _asked(refund: Refund, gateway: PaymentGateway) -> RefundSeen:
    """The provider forgets keys after a day or so; what is in its books it does not forget, so that is read first."""
    reference = refund.payment.reference
    for seen in gateway.observe(reference).refunds:
        if seen.refund_id == refund.id:
            return seen
    return gateway.refund(reference, refund_id=refund.id, amount_minor=refund.amount_minor, key=refund_key(refund.id))


def take_over(payment: Payment, refunds: Iterable[RefundSeen], *, now: datetime) -> None:
    """Record the provider's refunds on ours, inside the caller's transaction, which has locked the payment.

    Those made by hand at the provider raise an alarm when they are seen: our sum does not know them.
    """
    for seen in refunds:
        refund = None if seen.refund_id is None else payment.refunds.filter(id=seen.refund_id).first()
        if refund is None:
            alarm("not_ours", payment=str(payment.id), refund=seen.reference)
            continue
        if not refund.reference:
            Refund.objects.filter(id=refund.id).update(reference=seen.reference)
        if seen.state is RefundState.FAILED:
            _end(payment, refund.id, "provider_failed", now=now)
        elif seen.state is RefundState.SUCCEEDED and refund.state in {State.REQUESTED, State.PENDING}:
            Refund.objects.filter(id=refund.id).update(state=State.SUCCEEDED, ended_at=now, look_at=None)
        elif seen.state is RefundState.PENDING and refund.state in {State.REQUESTED, State.PENDING}:
            Refund.objects.filter(id=refund.id).update(state=State.PENDING, look_at=now + LOOK_AT_PENDING_EVERY)


def _end(payment: Payment, refund_id: UUID, code: str, *, now: datetime) -> None:
    failed = Refund.objects.filter(id=refund_id).exclude(state=State.FAILED)
    if failed.update(state=State.FAILED, reason=code[:80], ended_at=now, look_at=None):
        alarm("refund_failed", payment=str(payment.id), refund=str(refund_id), code=code)


def retry_refund(*, refund_id: UUID) -> Refund:
    """Ask again for one that failed, under a new id; the one that was asked for already, where it was."""
    with transaction.atomic():
        failed = Refund.objects.get(id=refund_id)
        payment = locked_payment(failed.payment_id)
        last = payment.refunds.filter(cause=failed.cause).order_by("-attempt")[0]
        if last.state != State.FAILED:
            return last
        return Refund.objects.create(
            payment=payment, amount_minor=failed.amount_minor, cause=failed.cause, attempt=last.attempt + 1
        )
