"""Payments as tests want them: a customer at the simulated provider's page, and everything done that is due."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from booking.payments.gateways import Guarded
from booking.payments.models import Payment
from booking.payments.progress import advance
from booking.payments.reconciler import reconcile
from booking.payments.services import start_payment
from booking.payments.simulator import books
from booking.payments.simulator.cards import Script
from booking.payments.simulator.gateway import SimulatorGateway
from tests.booking.world import booked
from tests.factories import ServiceFactory


def simulator(_name="simulator", **how):
    return Guarded(SimulatorGateway(**how))


def opened(*, gateways=simulator, **service) -> Payment:
    """A booking that awaits payment of 20.00 EUR, and its payment, which the customer can pay."""
    booking = booked(ServiceFactory(**service))
    return advance(start_payment(booking_id=booking.id).id, gateways=gateways, now=timezone.now())


def pays(payment: Payment, script: Script = Script.APPROVE) -> None:
    books.pay(payment.reference, script=script, now=timezone.now())


def settle_down(*, gateways=simulator, minutes: int = 15) -> None:
    """All that is due within so many minutes, minute by minute, as the reconciler would do it."""
    now = timezone.now()
    for minute in range(minutes + 1):
        reconcile(now=now + timedelta(minutes=minute), gateways=gateways)
