"""A payment on its way: what is captured, let go, given back, and what becomes of lost answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from prometheus_client import REGISTRY

from booking.models import Booking
from booking.payments import progress
from booking.payments.gateways import Guarded, TransactionOpen
from booking.payments.models import Payment, Refund
from booking.payments.ports import ProviderUnavailable
from booking.payments.progress import advance
from booking.payments.reconciler import reconcile
from booking.payments.refunding import retry_refund
from booking.payments.services import start_payment
from booking.payments.simulator.cards import Script
from booking.payments.simulator.gateway import SimulatorGateway
from booking.payments.simulator.models import SimulatedCharge, SimulatedRefund
from booking.refusals import SlotFull
from booking.services import cancel_booking
from booking.taking import reclaim
from booking.upkeep import sweep_lapsed
from config.failpoints import FailPointReached, action_of, arm
from tests.booking.payments.world import opened, pays, settle_down, simulator
from tests.booking.world import booked, held, lapse
from tests.factories import ServiceFactory

pytestmark = pytest.mark.django_db


def look(payment, *, gateways=simulator, now=None):
    return advance(payment.id, gateways=gateways, now=now or timezone.now())


def alarms(kind):
    return REGISTRY.get_sample_value("vicinity_payment_alarms_total", {"kind": kind}) or 0


def booking_state():
    return Booking.objects.get().state


def test_an_opened_payment_has_a_place_to_pay():
    payment = opened()
    assert (payment.state, payment.amount_minor, payment.currency) == ("open", 2000, "EUR")
    assert payment.checkout_url.startswith("http")
    assert SimulatedCharge.objects.get().reference == payment.reference


def test_what_is_paid_is_captured_and_confirms():
    payment = opened()
    pays(payment)
    payment = look(payment)
    assert (payment.state, payment.captured_minor, payment.look_at) == ("taken", 2000, None)
    booking = Booking.objects.get()
    assert (booking.state, booking.paid_minor) == ("confirmed", 2000)


def test_a_decline_leaves_it_open_and_says_why():
    payment = opened()
    pays(payment, Script.DECLINE)
    payment = look(payment)
    assert (payment.state, payment.decline_code, booking_state()) == ("open", "card_declined", "awaiting_payment")
    pays(payment)
    assert look(payment).state == "taken"


def test_a_place_lost_before_paying_lets_the_money_go():
    payment = opened()
    pays(payment)
    lapse(payment.booking)
    with transaction.atomic():
        reclaim(slot_id=payment.booking.slot_id, deal_id=None)
    payment = look(payment)
    assert (payment.state, payment.reason) == ("voided", "booking_not_payable")
    assert (SimulatedCharge.objects.get().state, SimulatedCharge.objects.get().captured_minor) == ("cancelled", 0)


def test_a_place_lost_between_capture_and_confirmation_gives_all_back():
    payment = opened()
    pays(payment)

    def lose(_verb, moment):
        if (_verb, moment) == ("capture", "after"):
            cancel_booking(booking_id=payment.booking_id, by="merchant", now=timezone.now())

    payment = look(payment, gateways=lambda _name: simulator(fault=lose))
    assert (payment.state, payment.reason, payment.refunded_minor) == ("returned", "cancelled", 2000)
    settle_down()
    assert Refund.objects.get().state == "succeeded"
    assert SimulatedRefund.objects.get().amount_minor == 2000


def unanswered(verb):
    """A provider that is away for one verb."""

    def fault(asked, moment):
        if (asked, moment) == (verb, "before"):
            raise ProviderUnavailable("away")

    return lambda _name: simulator(fault=fault)


@pytest.mark.parametrize("verb", ["capture", "observe"])
def test_who_has_paid_keeps_the_place_while_the_provider_is_away(verb):
    """Paid in time, and the capture is not answered: nobody can have the place, and the sweeper leaves it alone."""
    payment = opened(capacity=1)
    pays(payment)
    if verb == "observe":
        look(payment, gateways=unanswered("capture"))
    lapse(payment.booking)
    now = timezone.now()
    assert look(payment, gateways=unanswered(verb), now=now).state == "capturing"
    assert Booking.objects.get().expires_at == now + progress.KEPT_FOR
    assert sweep_lapsed() == 0
    with pytest.raises(SlotFull):
        held(payment.booking.service)
    assert (look(payment).state, booking_state()) == ("taken", "confirmed")


def test_no_place_is_kept_for_ever(monkeypatch):
    """Not an hour longer than the first payment had, however many payments are begun, nor past the start."""
    monkeypatch.setattr(progress, "KEPT_FOR", timedelta(hours=5))
    payment = opened()
    pays(payment, Script.CAPTURE_REFUSED)
    look(payment)
    second = advance(start_payment(booking_id=payment.booking_id).id, gateways=simulator, now=timezone.now())
    assert second.expires_at == payment.expires_at + timedelta(hours=1)
    pays(second)
    look(second, gateways=unanswered("capture"))
    assert Booking.objects.get().expires_at == payment.expires_at + timedelta(hours=1)


def test_no_place_is_kept_past_its_start():
    payment = opened()
    pays(payment)
    starts_at = timezone.now() + timedelta(minutes=2)
    lapse(payment.booking)
    Booking.objects.update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    look(payment, gateways=unanswered("capture"))
    assert Booking.objects.get().expires_at == starts_at


def test_who_pays_after_the_start_pays_nothing():
    """The booking could not be cancelled any more."""
    payment = opened()
    pays(payment)
    now = timezone.now()
    Booking.objects.update(starts_at=now, ends_at=now + timedelta(hours=1))
    payment = look(payment, now=now)
    assert (payment.state, payment.reason) == ("voided", "booking_not_payable")
    assert SimulatedCharge.objects.get().state == "cancelled"


@pytest.mark.parametrize("failures", [0, 9])
def test_what_is_paid_at_the_last_moment_and_not_told_is_seen_in_time(failures):
    """Looked at when its time is over, also where the provider was away just before; the sweeper waits for that."""
    payment = opened()
    Payment.objects.update(failures=failures)
    shortly_before = payment.expires_at - timedelta(seconds=5)
    seen = look(payment, gateways=unanswered("observe") if failures else simulator, now=shortly_before)
    assert seen.look_at == payment.expires_at
    pays(payment, Script.SILENCE)
    Booking.objects.update(expires_at=timezone.now() - timedelta(seconds=20))
    assert sweep_lapsed() == 0
    assert reconcile(now=payment.expires_at, gateways=simulator) == 1
    assert booking_state() == "confirmed"


def test_what_cannot_be_let_go_is_a_persons_to_see():
    payment = opened()
    pays(payment)
    cancel_booking(booking_id=payment.booking_id, by="customer", now=timezone.now())
    before = alarms("not_let_go")
    now = timezone.now()
    seen = [
        (look(payment, gateways=unanswered("cancel"), now=now + timedelta(minutes=minutes)), alarms("not_let_go"))
        for minutes in (0, 4, 6)
    ]
    assert [(each.state, told - before) for each, told in seen] == [("voiding", 0), ("voiding", 0), ("voiding", 1)]
    assert seen[-1][0].look_at == now + timedelta(minutes=11)
    assert look(payment).state == "voided"
    assert alarms("not_let_go") == before + 1


def test_what_nobody_pays_is_closed_in_time():
    payment = opened()
    payment = look(payment, now=payment.expires_at + timedelta(seconds=1))
    assert (payment.state, payment.reason, payment.look_at) == ("voided", "not_paid_in_time", None)


@pytest.mark.parametrize("verb", ["open", "observe", "capture", "refund"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_answer_that_is_lost_is_asked_for_again(verb, moment):
    lost = []

    def fault(asked, when):
        if (asked, when) == (verb, moment) and len(lost) < 3:
            lost.append(asked)
            raise ProviderUnavailable("lost")

    def gateways(_name):
        return simulator(fault=fault)

    payment = opened(gateways=gateways)
    settle_down(gateways=gateways, minutes=3)
    payment.refresh_from_db()
    pays(payment)
    settle_down(gateways=gateways, minutes=12)
    cancel_booking(booking_id=payment.booking_id, by="merchant", now=timezone.now())
    settle_down(gateways=gateways)
    payment.refresh_from_db()
    # What had its effect is seen at the next look, and not asked for again; `observe` has none to lose.
    assert len(lost) == (3 if moment == "before" or verb == "open" else {"observe": 0}.get(verb, 1))
    assert (payment.state, payment.refunded_minor) == ("taken", 2000)
    assert SimulatedCharge.objects.get().captured_minor == 2000
    assert [each.amount_minor for each in SimulatedRefund.objects.all()] == [2000]
    assert Refund.objects.get().state == "succeeded"


@pytest.mark.parametrize("script", [Script.WRONG_AMOUNT, Script.WRONG_CURRENCY])
def test_money_of_another_amount_is_let_go_and_may_be_tried_again(script):
    payment = opened()
    pays(payment, script)
    payment = look(payment)
    assert (payment.state, payment.reason, booking_state()) == ("voided", "amount_differs", "awaiting_payment")
    assert SimulatedCharge.objects.get().captured_minor == 0
    assert start_payment(booking_id=payment.booking_id) != payment


def test_a_capture_that_is_refused_ends_the_try():
    payment = opened()
    pays(payment, Script.CAPTURE_REFUSED)
    settle_down()
    payment.refresh_from_db()
    assert (payment.state, booking_state()) == ("voided", "awaiting_payment")


def test_a_refund_that_fails_is_a_persons_who_may_ask_again():
    payment = opened()
    pays(payment, Script.REFUND_FAILS)
    look(payment)
    cancel_booking(booking_id=payment.booking_id, by="merchant", now=timezone.now())
    settle_down()
    failed = Refund.objects.get()
    assert (failed.state, failed.reason) == ("failed", "provider_failed")
    SimulatedCharge.objects.update(script=Script.APPROVE)
    again = retry_refund(refund_id=failed.id)
    assert retry_refund(refund_id=failed.id) == again
    settle_down()
    again.refresh_from_db()
    assert (again.state, again.attempt) == ("succeeded", 2)


def test_a_booking_paid_by_two_keeps_one():
    """The first was given up, and its money came in all the same: it goes back."""
    payment = opened()
    Payment.objects.filter(id=payment.id).update(state="voided", reason="not_paid_in_time")
    second = advance(start_payment(booking_id=payment.booking_id).id, gateways=simulator, now=timezone.now())
    pays(second)
    look(second)
    SimulatedCharge.objects.filter(reference=payment.reference).update(state="captured", captured_minor=2000)
    first = look(payment)
    assert (first.state, first.reason, first.refunded_minor) == ("returned", "given_up", 2000)
    second.refresh_from_db()
    assert (second.state, booking_state()) == ("taken", "confirmed")


@pytest.mark.parametrize("name", ["after_decision", "after_provider_call", "after_refund_call"])
def test_death_at_any_point_is_made_good_by_the_next_look(name):
    payment = opened()
    pays(payment)
    cancels = name == "after_refund_call"
    if cancels:
        look(payment)
        cancel_booking(booking_id=payment.booking_id, by="merchant", now=timezone.now())
    arm(action_of(f"{name}=raise"))
    try:
        with pytest.raises(FailPointReached):
            settle_down()
    finally:
        arm(None)
    settle_down()
    payment.refresh_from_db()
    assert payment.state == "taken"
    assert SimulatedCharge.objects.get().captured_minor == 2000
    assert [each.state for each in payment.refunds.all()] == ["succeeded"] * cancels
    assert SimulatedRefund.objects.count() == cancels
    assert booking_state() == ("cancelled" if cancels else "confirmed")


def test_no_provider_is_called_inside_a_transaction():
    payment = opened()
    gateway = simulator()
    calls = [
        lambda: gateway.observe(payment.reference),
        lambda: gateway.capture(payment.reference, amount_minor=1, key="k"),
        lambda: gateway.cancel(payment.reference, key="k"),
        lambda: gateway.refund(payment.reference, refund_id=payment.id, amount_minor=1, key="k"),
        lambda: gateway.open(None, key="k"),
    ]
    for call in calls:
        with transaction.atomic(), pytest.raises(TransactionOpen):
            call()
    assert SimulatedCharge.objects.get().state == "open"


def test_without_the_guard_it_would_be_called():
    """The control of the test above."""
    payment = opened()
    with transaction.atomic():
        assert Guarded(SimulatorGateway(), guard=lambda: None).observe(payment.reference).reference == payment.reference


def test_a_payment_is_begun_for_a_booking_that_awaits_it():
    booking = booked(ServiceFactory())
    first = start_payment(booking_id=booking.id)
    assert start_payment(booking_id=booking.id) == first
    assert first.return_url.endswith(f"/bookings/{booking.id}")


def test_an_operator_asks_again_by_command(capsys):
    payment = opened()
    pays(payment, Script.REFUND_FAILS)
    look(payment)
    cancel_booking(booking_id=payment.booking_id, by="merchant", now=timezone.now())
    settle_down()
    call_command("retry_refund", str(Refund.objects.get().id))
    assert "attempt 2: requested" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("retry_refund", str(payment.id))
