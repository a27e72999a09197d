"""Fifty of one notification, and kill -9 between a provider's effect and our record of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from booking.models import Booking
from booking.payments import progress
from booking.payments.models import Payment, ProviderEvent, Refund
from booking.payments.ports import Keys
from booking.payments.progress import advance
from booking.payments.reconciler import reconcile
from booking.payments.services import start_payment
from booking.payments.simulator.gateway import notification_secret
from booking.payments.simulator.models import SimulatedCharge, SimulatedNotification, SimulatedRefund
from booking.payments.simulator.signing import HEADER, signature
from booking.services import cancel_booking
from config.failpoints import FailPointReached, action_of, arm
from tests.booking.payments.world import opened, pays, settle_down, simulator
from tests.booking.world import booked
from tests.concurrency.payment_checker import wrongs
from tests.concurrency.rivals import dsn
from tests.factories import ServiceFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DUPLICATES = 50
ROOT = Path(__file__).resolve().parents[2]


def at_once(work, count: int = DUPLICATES) -> list:
    def run(number):
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(run, range(count)))


def found() -> list[str]:
    with connection.cursor() as cursor:
        return wrongs(cursor)


def test_fifty_of_one_notification_while_all_look_capture_once():
    payment = opened()
    pays(payment)
    body = SimulatedNotification.objects.get().body.encode()
    signed = {HEADER: signature(body, secret=notification_secret(), at_epoch_seconds=int(timezone.now().timestamp()))}

    def tell(number):
        if number % 5 == 0:
            advance(payment.id, gateways=simulator, now=timezone.now())
        return Client().post("/v1/payments/webhooks/simulator", body, "application/json", headers=signed).status_code

    assert set(at_once(tell)) == {200}
    settle_down()
    assert ProviderEvent.objects.filter(kind="charge.authorised").count() == 1
    assert (Payment.objects.get().state, Booking.objects.get().state) == ("taken", "confirmed")
    assert found() == []


def test_many_who_cancel_and_look_at_once_refund_once():
    payment = opened()
    pays(payment)

    def act(number):
        if number == 7:
            cancel_booking(booking_id=payment.booking_id, by="merchant", now=timezone.now())
        return reconcile(now=timezone.now(), gateways=simulator)

    at_once(act)
    settle_down()
    assert Booking.objects.get().state == "cancelled"
    assert SimulatedRefund.objects.count() == Refund.objects.count() <= 1
    assert found() == []


def killed(name: str) -> None:
    """A process that reconciles dies by its own kill -9 at the fail point."""
    environment = {
        **os.environ,
        "DATABASE_URL": dsn().replace("postgresql://", "postgis://"),
        "VICINITY_FAILPOINT": f"{name}=exit",
        "SECRET_KEY": "x" * 50,
    }
    code = (
        "import django; django.setup(); from django.utils import timezone;"
        " from booking.payments.reconciler import reconcile; reconcile(now=timezone.now())"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=False, timeout=120)
    assert run.returncode == 128 + signal.SIGKILL


@pytest.mark.parametrize(
    ("name", "charges"),
    [("after_decision", 1), ("after_provider_call", 1), ("after_refund_call", 1)],
)
def test_kill_9_between_the_call_and_its_record_loses_nothing(name, charges):
    payment = opened()
    pays(payment)
    Payment.objects.update(look_at=timezone.now())
    if name == "after_refund_call":
        advance(payment.id, gateways=simulator, now=timezone.now())
        cancel_booking(booking_id=payment.booking_id, by="merchant", now=timezone.now())
    killed(name)
    if name == "after_provider_call":
        assert (SimulatedCharge.objects.get().state, Payment.objects.get().state) == ("captured", "capturing")
    if name == "after_refund_call":
        assert (SimulatedRefund.objects.count(), Refund.objects.get().state) == (1, "requested")
    settle_down()
    payment.refresh_from_db()
    assert payment.state == "taken"
    assert (SimulatedCharge.objects.count(), found()) == (charges, [])


@pytest.mark.parametrize(("has_keys", "charges"), [(True, 1), (False, 2)])
def test_a_death_after_opening_opens_once_by_the_key(monkeypatch, has_keys, charges):
    """With the control: keys that are made anew each time leave a second charge that a customer could pay."""
    if not has_keys:
        monkeypatch.setattr(progress, "keys_of", lambda _id: Keys(*(str(uuid.uuid4()) for _ in range(3))))
    payment = start_payment(booking_id=booked(ServiceFactory()).id)
    arm(action_of("after_provider_call=raise"))
    try:
        with pytest.raises(FailPointReached):
            advance(payment.id, gateways=simulator, now=timezone.now())
    finally:
        arm(None)
    advance(payment.id, gateways=simulator, now=timezone.now())
    assert SimulatedCharge.objects.count() == charges
