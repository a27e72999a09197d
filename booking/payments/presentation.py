"""A payment as plain data ready for JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from booking.payments.models import Payment
from booking.payments.states import UNFINISHED
from config.instants import instant_text


def payment_data(payment: Payment, *, now: datetime) -> dict[str, Any]:
    """The body of `GET /v1/bookings/{id}/payment`."""
    can_pay = payment.state in {"created", "open"} and payment.expires_at > now
    return {
        "id": str(payment.id),
        "booking_id": str(payment.booking_id),
        "state": str(payment.state),
        "is_final": payment.state not in UNFINISHED,
        "provider": payment.provider,
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "checkout_url": payment.checkout_url if can_pay and payment.checkout_url else None,
        "expires_at": instant_text(payment.expires_at),
        "decline_code": payment.decline_code or None,
        "reason": payment.reason or None,
        "captured_minor": payment.captured_minor,
        "refunded_minor": payment.refunded_minor,
        "refunds": [
            {
                "id": str(refund.id),
                "amount_minor": refund.amount_minor,
                "currency": payment.captured_currency,
                "cause": refund.cause,
                "state": str(refund.state),
            }
            for refund in payment.refunds.all()
        ],
        "as_of": instant_text(now),
    }
