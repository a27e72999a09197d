"""What begins a payment, and what a notification does: nothing but to make us look."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from booking.payments.alarms import alarm
from booking.payments.gateways import provider_of_new
from booking.payments.models import Payment, ProviderEvent
from booking.payments.ports import Notification
from booking.payments.states import LIVE
from booking.services import begin_payment

Outcome = ProviderEvent.Outcome


def start_payment(*, booking_id: UUID) -> Payment:
    """The one live payment of a booking that awaits it, made where there is none. HoldExpired or BookingState.

    The provider has not heard of it yet: `progress.advance` opens it.
    """
    with transaction.atomic():
        due = begin_payment(booking_id=booking_id)  # locks the booking, so that one of two makes it
        live = Payment.objects.filter(booking_id=booking_id, state__in=LIVE).first()
        if live is not None:
            return live
        return Payment.objects.create(
            booking_id=booking_id,
            provider=provider_of_new(),
            amount_minor=due.amount_minor,
            currency=due.currency,
            description=due.title[:200],
            language=due.language,
            return_url=f"{settings.BASE_URL}/bookings/{booking_id}",
            expires_at=due.expires_at,
        )


def hear(*, provider: str, told: Notification, now: datetime) -> ProviderEvent | None:
    """Keep a verified notification and have its payment looked at. None where it was told before.

    Its words are compared and never followed: what is true is what the provider's books hold when we look.
    """
    with transaction.atomic():
        payment = _payment_of(provider, told)
        outcome = Outcome.NOTED
        if payment is None:
            outcome = Outcome.UNKNOWN
        elif told.amount_minor is not None and _sum(told) != _sum(payment):
            outcome = Outcome.DIFFERS
        event, is_new = ProviderEvent.objects.get_or_create(
            provider=provider,
            event_id=told.event_id[:200],
            defaults={
                "kind": told.kind[:100],
                "payment": payment,
                "amount_minor": told.amount_minor,
                "currency": (told.currency or "")[:10],
                "occurred_at": told.occurred_at,
                "outcome": outcome,
            },
        )
        if not is_new:
            return None
        if payment is not None:
            Payment.objects.filter(id=payment.id).update(look_at=now)
    if outcome == Outcome.DIFFERS and payment is not None:
        alarm("amount_differs", payment=str(payment.id), told=told.event_id)
    if outcome == Outcome.UNKNOWN:
        alarm("unknown_event", provider=provider, told=told.event_id)
    return event


def _sum(of: Notification | Payment) -> tuple[int | None, str | None]:
    return of.amount_minor, of.currency


def _payment_of(provider: str, told: Notification) -> Payment | None:
    """By the provider's reference, else by our id on it: the answer that held the reference may have been lost."""
    mine = Payment.objects.select_for_update().filter(provider=provider)
    if told.reference and (found := mine.filter(reference=told.reference).first()):
        return found
    return None if told.payment_id is None else mine.filter(id=told.payment_id).first()
