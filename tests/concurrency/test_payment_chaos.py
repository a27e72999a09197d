"""A provider at its worst, customers who change their minds, and processes that die: money and bookings agree (R10).

Each seed is one booking's life in simulated time: cards with every script, answers lost before and after their effect,
notifications doubled, late, out of order, forged or missing, cancellations, places lost, and deaths at the fail points.
Then all heals, fifteen minutes pass, and a checker that was written apart reads the provider's books.
"""

from __future__ import annotations

import contextlib
import os
import random
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from booking.models import Booking
from booking.payments import progress
from booking.payments.models import Payment, ProviderEvent
from booking.payments.ports import ProviderRefused, ProviderUnavailable
from booking.payments.progress import advance
from booking.payments.reconciler import reconcile
from booking.payments.services import start_payment
from booking.payments.simulator import books
from booking.payments.simulator.cards import Script
from booking.payments.simulator.delivery import deliver_due
from booking.payments.simulator.models import SimulatedCharge, SimulatedNotification
from booking.services import cancel_booking
from booking.taking import reclaim
from config.errors import CodedError
from config.failpoints import FailPointReached, arm
from tests.booking.payments.world import simulator
from tests.booking.world import booked, lapse
from tests.concurrency.payment_checker import wrongs
from tests.factories import ServiceFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SEEDS = int(os.environ.get("VICINITY_PAYMENT_SEEDS", "16"))
FIRST_SEED = int(os.environ.get("VICINITY_PAYMENT_FIRST_SEED", "0"))
WINDOW_MINUTES = 15
SCRIPTS = [each for each in Script if each is not Script.REFUND_FAILS]  # which ends at a person, as it should


class Life:
    def __init__(self, seed: int, service, client):
        self.dice = random.Random(seed)
        self.client = client
        self.booking = booked(service)
        self.is_bad = True

    def fault(self, verb, moment):
        if (verb, moment) == ("capture", "after") and self.dice.random() < 0.2:
            with contextlib.suppress(CodedError):  # the narrowest moment: captured, and not yet confirmed
                self.cancel()
        if self.is_bad and self.dice.random() < 0.15:
            raise ProviderUnavailable("lost")

    def gateways(self, _name):
        return simulator(fault=self.fault)

    def dies(self, _name):
        if self.is_bad and self.dice.random() < 0.08:
            raise FailPointReached

    def post(self, url, body, headers):
        return self.client.post(url, body, "application/json", headers=headers).status_code

    def deliver(self):
        deliver_due(url="/v1/payments/webhooks/simulator", now=timezone.now(), post=self.post)

    def reconcile(self):
        reconcile(now=timezone.now(), gateways=self.gateways)

    def begin(self):
        advance(start_payment(booking_id=self.booking.id).id, gateways=self.gateways, now=timezone.now())

    def pay(self):
        charge = SimulatedCharge.objects.filter(booking_id=self.booking.id).order_by("?").first()
        if charge is not None:
            books.pay(charge.reference, script=self.dice.choice(SCRIPTS), now=timezone.now())

    def answer(self):
        charge = SimulatedCharge.objects.filter(booking_id=self.booking.id, state="challenged").first()
        if charge is not None:
            books.answer_challenge(charge.reference, passes=self.dice.random() < 0.8, now=timezone.now())

    def cancel(self):
        by = self.dice.choice(["customer", "merchant"])
        cancel_booking(booking_id=self.booking.id, by=by, now=timezone.now())

    def lose_place(self):
        lapse(self.booking)
        with transaction.atomic():
            reclaim(slot_id=self.booking.slot_id, deal_id=None)

    def step(self):
        acts = {
            self.begin: 5, self.pay: 5, self.answer: 3, self.deliver: 4, self.reconcile: 5, self.cancel: 0.6,
            self.lose_place: 0.6,
        }  # fmt: skip
        (act,) = self.dice.choices(list(acts), weights=list(acts.values()))
        with contextlib.suppress(CodedError, ProviderRefused, FailPointReached):  # refused, or dead in the middle
            act()

    def live(self, traveller):
        arm(self.dies)
        with contextlib.suppress(FailPointReached):
            self.begin()
        for _ in range(self.dice.randint(6, 24)):
            traveller.shift(timedelta(seconds=self.dice.randint(1, 50)))
            self.step()
        self.is_bad = False
        arm(None)
        for _ in range(WINDOW_MINUTES):
            traveller.shift(timedelta(minutes=1))
            self.deliver()
            self.reconcile()


def live_all(client, seeds):
    service = ServiceFactory(capacity=100_000, cancellation=[[60, 50]])
    try:
        for seed in seeds:
            # From the real time at each: PostgreSQL's clock goes on meanwhile, and would be ahead of one read before.
            with time_machine.travel(timezone.now(), tick=True) as traveller:
                Life(seed, service, client).live(traveller)
    finally:
        arm(None)
    with connection.cursor() as cursor:
        return wrongs(cursor)


def test_whatever_happens_money_and_bookings_agree(client):
    assert live_all(client, range(FIRST_SEED, FIRST_SEED + SEEDS)) == []
    forged = set(SimulatedNotification.objects.filter(is_forged=True).values_list("event_id", flat=True))
    assert not forged & set(ProviderEvent.objects.values_list("event_id", flat=True))
    assert not Payment.objects.filter(state__in=["created", "open", "capturing", "voiding"]).exists()
    charges, met = SimulatedCharge.objects.count(), SimulatedCharge.objects.values_list("script").distinct().count()
    ended = {
        model.__name__: dict(Counter(model.objects.values_list("state", flat=True))) for model in (Booking, Payment)
    }
    print(f"{SEEDS} seeds from {FIRST_SEED}, {charges} charges, {met} scripts: {ended}; 0 wrong")  # noqa: T201  a proof tells its figures
    assert {"taken", "voided"} <= set(Payment.objects.values_list("state", flat=True))


def test_without_looking_they_do_not():
    """The control: a customer has paid, the provider is silent, and nobody looks. The checker must see it."""
    payment = advance(start_payment(booking_id=booked(ServiceFactory()).id).id, gateways=simulator, now=timezone.now())
    books.pay(payment.reference, script=Script.SILENCE, now=timezone.now())
    with connection.cursor() as cursor:
        assert wrongs(cursor) == [f"{payment.booking_id} awaiting_payment: money is still set aside"]


def test_without_giving_back_they_do_not(monkeypatch):
    """The control: money that the booking could not take is kept. The checker must see it."""

    def keep(payment, charge, *, now):
        payment.captured_minor, payment.captured_currency = charge.captured_minor, charge.currency
        payment.captured_at, payment.state = now, "taken"

    monkeypatch.setattr(progress, "_settle", keep)
    booking = booked(ServiceFactory())
    payment = advance(start_payment(booking_id=booking.id).id, gateways=simulator, now=timezone.now())
    books.pay(payment.reference, script=Script.APPROVE, now=timezone.now())

    def lose(verb, moment):
        if (verb, moment) == ("capture", "after"):
            cancel_booking(booking_id=booking.id, by="merchant", now=timezone.now())

    advance(payment.id, gateways=lambda _name: simulator(fault=lose), now=timezone.now())
    with connection.cursor() as cursor:
        assert wrongs(cursor) == [f"{booking.id} cancelled: 2000 kept, 0 owed to keep"]
