"""The order in which rows of a payment are locked, everywhere: the booking, its payment, then refunds by trigger."""

from __future__ import annotations

from uuid import UUID

from booking.models import Booking
from booking.payments.models import Payment


def locked_payment(payment_id: UUID) -> Payment:
    """The row, after its booking's, to the end of the caller's transaction.

    A cancellation holds the booking when its trigger asks for a refund, which counts on the payment: whoever held the
    payment first and then wrote of the booking would wait for it for ever.
    """
    booking_id = Payment.objects.values_list("booking_id", flat=True).get(id=payment_id)
    Booking.objects.select_for_update().get(id=booking_id)
    return Payment.objects.select_for_update(of=("self",)).select_related("booking").get(id=payment_id)
