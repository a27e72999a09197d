"""The simulator keeps the contract of every gateway."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from booking.payments.ports import ProviderUnavailable
from booking.payments.simulator import books
from booking.payments.simulator.cards import Script
from booking.payments.simulator.gateway import SimulatorGateway, notification_secret
from booking.payments.simulator.models import SimulatedCharge, SimulatedNotification
from booking.payments.simulator.signing import HEADER, signature
from tests.contracts.payment_gateway import PaymentGatewayContract

pytestmark = pytest.mark.django_db


class SimulatedProvider:
    def __init__(self):
        self.gateway = SimulatorGateway(fault=self._fault)
        self._losing = ""

    def _fault(self, verb, moment):
        if (verb, moment) == (self._losing, "after"):
            self._losing = ""
            raise ProviderUnavailable("lost")

    def pay(self, reference):
        books.pay(reference, script=Script.APPROVE, now=timezone.now())

    def decline(self, reference):
        books.pay(reference, script=Script.DECLINE, now=timezone.now())

    def lapse(self, reference):
        SimulatedCharge.objects.filter(reference=reference).update(expires_at=timezone.now())

    def lose_answer(self, verb):
        self._losing = verb

    def charges_of(self, payment_id):
        return list(SimulatedCharge.objects.filter(payment_id=payment_id).values_list("reference", flat=True))

    def _signed(self, body, *, secret=None, at=None):
        at = at or timezone.now()
        return body, {
            HEADER: signature(body, secret=secret or notification_secret(), at_epoch_seconds=int(at.timestamp()))
        }

    def notifications(self):
        return [self._signed(each.body.encode()) for each in SimulatedNotification.objects.order_by("id")]

    @property
    def forger(self):
        return self._signed(SimulatedNotification.objects.first().body.encode(), secret="guessed")

    @property
    def old(self):
        return self._signed(
            SimulatedNotification.objects.first().body.encode(), at=datetime.now(tz=UTC) - timedelta(seconds=302)
        )


@pytest.fixture
def provider():
    return SimulatedProvider()


class TestContract(PaymentGatewayContract):
    pass
