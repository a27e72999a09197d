"""A provider that stalls while customers begin to pay: no request waits long, few wait at all, the worker goes on."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.conf import settings as site
from django.db import connection
from django.utils import timezone

from booking.payments import gateways
from booking.payments.gateways import brief_gateway_of, gateway_of
from booking.payments.models import Payment
from booking.payments.opening import open_soon
from booking.payments.ports import ProviderUnavailable
from booking.payments.reconciler import reconcile
from booking.payments.services import start_payment
from tests.booking.payments.fake_stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe, Stall
from tests.booking.world import booked
from tests.contracts.payment_gateway import an_order
from tests.factories import ServiceFactory

pytestmark = pytest.mark.django_db(transaction=True)

OPENING = r"sessions$"


@pytest.fixture(scope="module")
def server():
    with FakeStripe().served() as running:
        yield running


@pytest.fixture
def stripe(server, settings):
    settings.PAYMENT_PROVIDER, settings.STRIPE_SECRET_KEY = "stripe", SECRET_KEY
    settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_API_BASE = [WEBHOOK_SECRET], server.url
    server.faults.clear()
    server.sessions.clear()
    return server


def in_a_thread(work) -> threading.Thread:
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_half_the_threads_wait_and_who_comes_then_is_told_at_once(stripe, monkeypatch):
    monkeypatch.setattr(gateways, "BRIEF_SECONDS", 60)  # nobody gives up while this looks
    most = site.WEB_THREADS // 2
    service = ServiceFactory()
    payments = [start_payment(booking_id=booked(service).id) for _ in range(most + 1)]
    now = timezone.now()
    stall = Stall()
    stripe.faults += [(OPENING, stall)] * (most + 1)
    waiting = [in_a_thread(lambda each=each: open_soon(each, now=now)) for each in payments[:most]]
    stall.has(most)
    try:
        assert open_soon(payments[-1], now=now).state == "created"
        assert (stall.met, [thread.is_alive() for thread in waiting]) == (most, [True] * most)
    finally:
        stall.end()
        for thread in waiting:
            thread.join()
    stripe.faults.clear()
    assert reconcile(now=timezone.now()) == 1
    assert set(Payment.objects.values_list("state", flat=True)) == {"open"}
    assert open_soon(start_payment(booking_id=booked(service).id), now=timezone.now()).state == "open"


def test_a_request_gives_up_while_the_worker_still_waits(stripe):
    stall = Stall()
    stripe.faults += [(OPENING, stall)] * 2
    order = an_order()
    charges = []
    patient = in_a_thread(lambda: charges.append(gateway_of("stripe").open(order, key=str(uuid.uuid4()))))
    stall.has(1)
    try:
        with pytest.raises(ProviderUnavailable):
            brief_gateway_of("stripe").open(order, key=str(uuid.uuid4()))
        assert (stall.met, patient.is_alive()) == (2, True)
    finally:
        stall.end()
        patient.join()
    assert [charge.state for charge in charges] == ["open"]
