"""What PostgreSQL refuses about payments, whoever writes: here raw SQL does."""

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from booking.models import Booking, Event
from booking.payments.models import Payment, Refund
from booking.payments.services import start_payment
from booking.payments.states import CAPTURED, PAYMENT_TRANSITIONS, REFUND_TRANSITIONS
from booking.services import cancel_booking, settle_paid
from tests.booking.world import booked
from tests.factories import ServiceFactory

pytestmark = pytest.mark.django_db


def sql(text, *params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text, params)


def refused(text, *params):
    with pytest.raises(Error):
        sql(text, *params)


@pytest.fixture
def payment():
    return start_payment(booking_id=booked(ServiceFactory(price_minor=1500, currency="EUR")).id)


def in_state(payment, state):
    """The row in that state, as it would be there, past the triggers."""
    captured = (1500, "EUR", timezone.now()) if state in CAPTURED else (0, "", None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else triggers wait, and the table cannot be altered
        cursor.execute("ALTER TABLE payments_payment DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE payments_payment SET state = %s, captured_minor = %s, captured_currency = %s, captured_at = %s"
            " WHERE id = %s",
            [state, *captured, payment.id],
        )
        cursor.execute("ALTER TABLE payments_payment ENABLE TRIGGER USER")


def taken(payment):
    settle_paid(booking_id=payment.booking_id, amount_minor=1500, currency="EUR", now=timezone.now())
    sql(
        "UPDATE payments_payment SET state = 'taken', captured_minor = 1500, captured_currency = 'EUR',"
        " captured_at = now() WHERE id = %s",
        payment.id,
    )


def allowed(move, *params):
    """Whether PostgreSQL lets it; nothing of it stays."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(move, params)
            transaction.set_rollback(True)
    except Error:
        return False
    return True


@pytest.mark.parametrize("before", Payment.State.values)
def test_states_follow_the_table_and_no_other(payment, before):
    in_state(payment, before)
    found = set()
    for after in Payment.State.values:
        captured = (
            ", captured_minor = 1500, captured_currency = 'EUR', captured_at = now()" if after in CAPTURED else ""
        )
        if allowed(f"UPDATE payments_payment SET state = %s{captured} WHERE id = %s", after, payment.id):  # noqa: S608
            found.add((before, after))
    assert found == {(one, two) for one, two in PAYMENT_TRANSITIONS if one == before} | {(before, before)}


@pytest.mark.parametrize("before", Refund.State.values)
def test_states_of_refunds_follow_theirs(payment, before):
    in_state(payment, "returned")
    refund = Refund.objects.create(payment=payment, amount_minor=100, cause="not_bookable")
    move = "UPDATE payments_refund SET state = %s WHERE id = %s"
    if before != "requested":
        sql(move, before, refund.id)
    found = {(before, after) for after in Refund.State.values if allowed(move, after, refund.id)}
    assert found == {(one, two) for one, two in REFUND_TRANSITIONS if one == before} | {(before, before)}


@pytest.mark.parametrize(
    "change",
    [
        "amount_minor = 1",
        "currency = 'USD'",
        "booking_id = gen_random_uuid()",
        "provider = 'stripe'",
        "refunded_minor = 1",
        "captured_minor = 1",
        "state = 'taken'",
    ],
)
def test_what_was_asked_stays_as_it_is(payment, change):
    refused(f"UPDATE payments_payment SET {change} WHERE id = %s", payment.id)  # noqa: S608


@pytest.mark.parametrize("change", ["captured_minor = 1", "captured_currency = 'USD'", "reference = 'another'"])
def test_what_was_captured_stays_captured(payment, change):
    taken(payment)
    refused(f"UPDATE payments_payment SET {change} WHERE id = %s", payment.id)  # noqa: S608


def test_money_of_another_amount_or_currency_is_never_taken(payment):
    for captured in ((1499, "EUR"), (1500, "USD")):
        refused(
            "UPDATE payments_payment SET state = 'taken', captured_at = now(), captured_minor = %s,"
            " captured_currency = %s WHERE id = %s",
            *captured,
            payment.id,
        )


def test_nothing_is_deleted(payment):
    refused("DELETE FROM payments_payment WHERE id = %s", payment.id)
    in_state(payment, "returned")
    refund = Refund.objects.create(payment=payment, amount_minor=100, cause="not_bookable")
    refused("DELETE FROM payments_refund WHERE id = %s", refund.id)


def test_a_booking_has_one_live_payment(payment):
    assert start_payment(booking_id=payment.booking_id) == payment
    again = (
        "INSERT INTO payments_payment (booking_id, provider, amount_minor, currency, description, return_url,"
        " expires_at) SELECT booking_id, provider, amount_minor, currency, description, return_url, expires_at"
        " FROM payments_payment WHERE id = %s"
    )
    refused(again, payment.id)
    in_state(payment, "voided")
    sql(again, payment.id)


def test_refunds_never_pass_what_was_captured(payment):
    taken(payment)
    give = "INSERT INTO payments_refund (payment_id, amount_minor, cause, attempt) VALUES (%s, %s, 'policy', %s)"
    sql(give, payment.id, 1000, 1)
    refused(give, payment.id, 501, 2)
    sql(give, payment.id, 500, 2)
    refused(give, payment.id, 1, 3)


def test_a_refund_that_failed_counts_no_more(payment):
    taken(payment)
    first = Refund.objects.create(payment=payment, amount_minor=1500, cause="policy")
    sql("UPDATE payments_refund SET state = 'failed' WHERE id = %s", first.id)
    payment.refresh_from_db()
    assert payment.refunded_minor == 0
    Refund.objects.create(payment=payment, amount_minor=1500, cause="policy", attempt=2)
    payment.refresh_from_db()
    assert payment.refunded_minor == 1500


def test_what_a_cancellation_gives_back_is_owed_with_it(payment):
    taken(payment)
    cancel_booking(booking_id=payment.booking_id, by="merchant", now=timezone.now())
    cancel_booking(booking_id=payment.booking_id, by="merchant", now=timezone.now())
    refund = Refund.objects.get()
    assert (refund.payment, refund.amount_minor, refund.cause, refund.state) == (payment, 1500, "policy", "requested")


def test_a_cancellation_of_what_was_not_paid_owes_nothing(payment):
    cancel_booking(booking_id=payment.booking_id, by="merchant", now=timezone.now())
    assert Refund.objects.count() == 0
    assert Booking.objects.get().refund_due_minor == 0


def test_each_step_is_in_the_stream_of_the_booking(payment):
    taken(payment)
    cancel_booking(booking_id=payment.booking_id, by="merchant", now=timezone.now())
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["held", "awaiting_payment", "confirmed", "payment_taken", "cancelled", "refund_requested"]
