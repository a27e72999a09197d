"""One payment, one step further: look at what the provider holds, decide under lock, record, call, and look again.

Each round is record (a short transaction), call (no transaction), record. Whatever dies between them is taken up again
when the payment is looked at next: all that is needed for it is in the row. Two at once are harmless: each decision is
made under the locks of booking and payment, and each call carries a key made of the payment's id.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Min

from booking.models import Booking, Event
from booking.payments.alarms import alarm
from booking.payments.decisions import DIFFERS, Step, decide, differs
from booking.payments.gateways import Gateways
from booking.payments.locking import locked_payment
from booking.payments.models import Payment, Refund
from booking.payments.ports import Charge, Order, PaymentGateway, ProviderRefused, ProviderUnavailable, keys_of
from booking.payments.refunding import take_over
from booking.payments.states import CAPTURED, UNFINISHED
from booking.services import Confirmed, keep_place, settle_paid
from config.failpoints import failpoint

State = Payment.State
LEASE = timedelta(seconds=40)
"""Longer than a round of calls takes; after it somebody else takes up what was dropped."""
LOOK_EVERY = timedelta(seconds=20)
FIRST_RETRY = timedelta(seconds=2)
LAST_RETRY = timedelta(minutes=5)
STUCK_AFTER = timedelta(minutes=5)
"""What has not been let go for so long keeps a customer's money set aside: a person must see why."""
MAX_ROUNDS = 6
KEPT_FOR = timedelta(minutes=10)
"""How long a booking keeps its place from each try to take its money: longer than between two tries."""
KEPT_AT_MOST = timedelta(hours=1)
"""How long after the time in which its first payment was to be made: no place is kept for ever."""

Call = Callable[[PaymentGateway], Charge]


def advance(payment_id: UUID, *, gateways: Gateways, now: datetime) -> Payment:
    """Take the payment as far as it goes now; the row as it is then. Never raises for what a provider does."""
    lease = now + LEASE
    Payment.objects.filter(id=payment_id).update(look_at=lease)
    payment = Payment.objects.get(id=payment_id)
    gateway = gateways(payment.provider)
    next_look: datetime | None = None
    try:
        charge = gateway.observe(payment.reference) if payment.reference else None
        for _ in range(MAX_ROUNDS):
            step = _record(payment_id, charge, now=now)
            failpoint("after_decision")
            if step in {Step.WAIT, Step.RECORD_CAPTURED, Step.RECORD_VOIDED}:
                break
            charge = _call(payment, step, charge, gateway)
            failpoint("after_provider_call")
        failures = 0
    except ProviderUnavailable:
        failures = payment.failures + 1
        next_look = now + min(LAST_RETRY, FIRST_RETRY * 2 ** min(failures - 1, 10))
        _keep_while_capturing(payment_id, now=now)
    except ProviderRefused as refused:  # of a reference that it gave us itself
        alarm("unknown_reference", payment=str(payment_id), code=refused.code)
        failures, next_look = payment.failures + 1, now + LAST_RETRY
    _schedule(payment_id, lease=lease, failures=failures, next_look=next_look, now=now)
    return Payment.objects.get(id=payment_id)


def _record(payment_id: UUID, charge: Charge | None, *, now: datetime) -> Step:
    """Write down what is known and decided now; the step that is to be taken."""
    with transaction.atomic():
        payment = locked_payment(payment_id)
        if charge is not None:
            _note(payment, charge)
        decision = decide(
            state=payment.state,
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            is_wanted=_is_wanted(payment.booking, now=now),
            is_late=payment.expires_at <= now,
            charge=charge,
        )
        if decision.step is Step.RECORD_CAPTURED and charge is not None:
            _settle(payment, charge, now=now)
        elif decision.step is Step.RECORD_VOIDED:
            payment.state, payment.reason = State.VOIDED, payment.reason or decision.reason
        elif decision.step is Step.CAPTURE:
            payment.state = State.CAPTURING
            _keep(payment, now=now)
        elif decision.step is Step.CANCEL and payment.state in UNFINISHED:
            if decision.reason == DIFFERS:
                alarm("amount_differs", payment=str(payment.id), provider=payment.provider)
            payment.state, payment.reason = State.VOIDING, payment.reason or decision.reason
        payment.save()
        if charge is not None and payment.state in CAPTURED:
            take_over(payment, charge.refunds, now=now)
    return decision.step


def _is_wanted(booking: Booking, *, now: datetime) -> bool:
    """Once it has begun the customer could not cancel what they have just paid: it is let go instead."""
    has_begun = booking.starts_at is not None and booking.starts_at <= now
    return booking.state == Booking.State.AWAITING_PAYMENT and not has_begun


def _keep(payment: Payment, *, now: datetime) -> None:
    """The customer has paid in time: a provider that does not answer must not cost them the place."""
    first = Payment.objects.filter(booking_id=payment.booking_id).aggregate(over=Min("expires_at"))["over"]
    keep_place(booking_id=payment.booking_id, until=min(now + KEPT_FOR, first + KEPT_AT_MOST))


def _keep_while_capturing(payment_id: UUID, *, now: datetime) -> None:
    with transaction.atomic():
        payment = locked_payment(payment_id)
        if payment.state == State.CAPTURING:
            _keep(payment, now=now)


def _note(payment: Payment, charge: Charge) -> None:
    """What the provider said besides the state."""
    if not payment.reference:
        payment.reference = charge.reference
    payment.checkout_url = charge.checkout_url or payment.checkout_url
    payment.decline_code = charge.decline_code[:60]
    if payment.state == State.CREATED:
        payment.state = State.OPEN


def _settle(payment: Payment, charge: Charge, *, now: datetime) -> None:
    """Give captured money to the booking; where it cannot take it, all of it goes back, decided here and now."""
    was_given_up = payment.state == State.VOIDED
    payment.captured_minor, payment.captured_currency = charge.captured_minor, charge.currency
    payment.captured_at = now
    if differs(charge, amount_minor=payment.amount_minor, currency=payment.currency):
        alarm("amount_differs", payment=str(payment.id), provider=payment.provider)
    if was_given_up:
        refusal = "given_up"
    else:
        answer = settle_paid(
            booking_id=payment.booking_id, amount_minor=charge.captured_minor, currency=charge.currency, now=now
        )
        if isinstance(answer, Confirmed):
            payment.state, payment.reason = State.TAKEN, ""
            return
        refusal = answer.reason
    payment.state, payment.reason = State.RETURNED, refusal
    payment.save()
    Refund.objects.create(payment=payment, amount_minor=charge.captured_minor, cause=Refund.Cause.NOT_BOOKABLE)
    payment.refresh_from_db(fields=["refunded_minor"])  # a trigger has counted it


def _call(payment: Payment, step: Step, charge: Charge | None, gateway: PaymentGateway) -> Charge:
    keys = keys_of(payment.id)
    if charge is None:
        return _opened(payment, gateway, key=keys.open)
    try:
        if step is Step.CAPTURE:
            return gateway.capture(charge.reference, amount_minor=payment.amount_minor, key=keys.capture)
        return gateway.cancel(charge.reference, key=keys.cancel)
    except ProviderRefused as refused:
        if step is Step.CAPTURE:
            _give_up(payment.id, f"capture_refused: {refused.code}", after=State.VOIDING)
            alarm("capture_refused", payment=str(payment.id), code=refused.code)
        return gateway.observe(charge.reference)


def _opened(payment: Payment, gateway: PaymentGateway, *, key: str) -> Charge:
    order = Order(
        payment_id=payment.id,
        booking_id=payment.booking_id,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        description=payment.description,
        language=payment.language,
        return_url=payment.return_url,
        expires_at=payment.expires_at,
    )
    try:
        return gateway.open(order, key=key)
    except ProviderRefused as refused:
        alarm("open_refused", payment=str(payment.id), code=refused.code)
        _give_up(payment.id, f"open_refused: {refused.code}", after=State.VOIDED)
        raise ProviderUnavailable(refused.code) from refused


def _give_up(payment_id: UUID, reason: str, *, after: State) -> None:
    with transaction.atomic():
        payment = locked_payment(payment_id)
        if payment.state in UNFINISHED:
            payment.state, payment.reason = after, reason[:80]
            payment.save(update_fields=["state", "reason"])


def _schedule(payment_id: UUID, *, lease: datetime, failures: int, next_look: datetime | None, now: datetime) -> None:
    """When it is looked at next, unless a notification has asked for that since (then `look_at` is not our lease)."""
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(id=payment_id)
        if payment.look_at != lease:
            return
        is_over = payment.state not in UNFINISHED and failures == 0
        if next_look is None and not is_over:
            next_look = now + LOOK_EVERY
        if next_look is not None and payment.expires_at > now:
            next_look = min(next_look, payment.expires_at)
        if payment.state == State.VOIDING and _given_up_at(payment) <= now - STUCK_AFTER:
            alarm("not_let_go", payment=str(payment.id), reason=payment.reason)
            next_look = now + LAST_RETRY
        payment.look_at, payment.failures = next_look, failures
        payment.save(update_fields=["look_at", "failures"])


def _given_up_at(payment: Payment) -> datetime:
    """When it began to be let go, as its booking's stream tells."""
    told = Event.objects.filter(booking_id=payment.booking_id, kind="payment_voiding", data__payment=str(payment.id))
    return told.values_list("at", flat=True).latest("at")
