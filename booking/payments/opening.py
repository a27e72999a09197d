"""Opening a payment while its customer waits for the answer: not for long, and few at a time.

A web process has few threads. A provider that stalls would hold them all, and with them whoever only searches. What is
not opened here stays due, and the reconciler opens it with more patience (docs/payments.md).
"""

from __future__ import annotations

from datetime import datetime
from threading import BoundedSemaphore

from django.conf import settings

from booking.payments.gateways import brief_gateway_of
from booking.payments.models import Payment
from booking.payments.progress import advance

_places = BoundedSemaphore(max(1, settings.WEB_THREADS // 2))
"""Of this process: the other half of its threads never waits for a provider."""


def open_soon(payment: Payment, *, now: datetime) -> Payment:
    """The payment as it is after asking its provider once; unchanged where too many ask already."""
    if not _places.acquire(blocking=False):
        return payment
    try:
        return advance(payment.id, gateways=brief_gateway_of, now=now)
    finally:
        _places.release()
