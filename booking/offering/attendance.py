"""What staff say of a booking: came, did not come, called off. Each is one transaction with its entry of the record.

Callers have asked listings/access.py whether they may. Saying the same twice changes nothing. Money that goes back is
asked for by the same transaction (booking.payments).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from booking.holds import locked, raise_state
from booking.models import Booking
from booking.services import cancel_booking, fulfil_booking, mark_no_show
from listings.staff.audit import audit

State = Booking.State


def fulfil(*, booking_id: UUID, by: User, now: datetime) -> None:
    """The customer came. BookingState."""
    with transaction.atomic():
        booking = locked(booking_id)
        if booking.state != State.FULFILLED:
            fulfil_booking(booking_id=booking_id, now=now)
            _audit(booking, "booking.fulfilled", by)


def miss(*, booking_id: UUID, by: User, now: datetime) -> None:
    """The customer did not come: the agreed fee is kept of what was paid. BookingState, also before it has begun."""
    with transaction.atomic():
        booking = locked(booking_id)
        if booking.state != State.NO_SHOW:
            missed = mark_no_show(booking_id=booking_id, now=now)
            _audit(booking, "booking.missed", by, refund_minor=missed.refund_minor)


def call_off(*, booking_id: UUID, reason: str, by: User, now: datetime) -> None:
    """All that was paid goes back, and the customer is told. BookingState, also for a hold: it is nobody's yet."""
    with transaction.atomic():
        booking = locked(booking_id)
        if booking.state == State.HELD:
            raise_state(booking, "Nobody's name is on it yet: it lapses by itself.")
        if booking.state != State.CANCELLED:
            cancelled = cancel_booking(booking_id=booking_id, by="merchant", reason=reason, now=now)
            _audit(booking, "booking.called_off", by, reason=reason, refund_minor=cancelled.refund_minor)


def _audit(booking: Booking, action: str, by: User, **data: object) -> None:
    audit(
        merchant_id=booking.branch.merchant_id,
        branch_id=booking.branch_id,
        by=by,
        action=action,
        subject=f"booking:{booking.id}",
        data=data,
    )
