"""What becomes of a hold: booked, paid, moved, cancelled, used or missed. One use case, one transaction each.

Payments call `begin_payment` and `settle_paid` inside their own transactions; no function here calls a provider. What a
cancellation gives back is a fact on the booking (`refund_due_minor`), written with the cancellation itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from booking.contacts import Contact
from booking.customers import check_free_bookings, check_new_customer, customer_key_of, take_cap
from booking.holds import checked_start, give_resource, locked, raise_state, use_of
from booking.models import Booking, Occupancy
from booking.policy import Policy, refund_minor
from booking.reach import check_visit
from booking.refusals import HoldExpired
from booking.taking import lock_slots, reclaim, slot_row, take_slot, uses_resources
from geo.types import Point

State = Booking.State


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be paid for a booking, and until when it waits. The amount is the deposit of its policy."""

    booking_id: UUID
    amount_minor: int
    currency: str
    expires_at: datetime
    title: str
    language: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The money was taken for the booking, which is confirmed."""

    booking_id: UUID


@dataclass(frozen=True, slots=True)
class NotBookable:
    """The booking cannot take the money: give it all back.

    `reason` is `expired`, `cancelled`, `paid_already`, `amount_mismatch`, `not_asked` or `unknown_booking`.
    """

    booking_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The booking, and what is to be given back for it (0: nothing)."""

    booking: Booking
    refund_minor: int
    currency: str


def book(*, booking_id: UUID, contact: Contact, user_id: int | None, now: datetime) -> Booking:
    """Put a name to a hold: held → awaiting_payment, or → confirmed where nothing is due.

    A booking that waits for payment does so for PAYMENT_SECONDS from now, but not past its start. HoldExpired,
    CustomerCapReached, NewCustomersOnly, TooManyFreeBookings or BookingState.
    """
    with transaction.atomic():
        booking = locked(booking_id)
        if booking.state != State.HELD:
            raise_state(booking, "Only a hold can be booked.")
        _refuse_lapsed(booking)
        booking.customer_key = customer_key_of(contact, user_id=user_id)
        check_new_customer(booking)
        if not booking.deposit_minor:
            check_free_bookings(booking)
        booking.cap_units = take_cap(booking)
        booking.name, booking.email, booking.phone = contact.name, contact.email, contact.phone
        booking.language, booking.note = contact.language, contact.note
        booking.user_id = user_id
        if booking.deposit_minor:
            booking.state = State.AWAITING_PAYMENT
            until = max(booking.expires_at or now, _database_now() + timedelta(seconds=settings.PAYMENT_SECONDS))
            booking.expires_at = until if booking.starts_at is None else min(until, booking.starts_at)
        else:
            booking.state, booking.expires_at, booking.confirmed_at = State.CONFIRMED, None, now
        booking.save(
            update_fields=[
                "customer_key", "cap_units", "name", "email", "phone", "language", "note", "user", "state",
                "expires_at", "confirmed_at",
            ]
        )  # fmt: skip
    return booking


def begin_payment(*, booking_id: UUID) -> Due:
    """What is due for a booking that awaits payment, its row locked to the end of the caller's transaction.

    HoldExpired where it waits no longer (its place may be taken), BookingState where it awaits none.
    """
    with transaction.atomic():
        booking = locked(booking_id)
        if booking.state != State.AWAITING_PAYMENT:
            raise_state(booking, "This booking awaits no payment.")
        _refuse_lapsed(booking)
        if booking.expires_at is None:  # a constraint holds otherwise
            raise HoldExpired
        return Due(
            booking.id,
            booking.deposit_minor,
            booking.currency,
            booking.expires_at,
            booking.title,
            booking.language,
        )


def keep_place(*, booking_id: UUID, until: datetime) -> None:
    """Keep the place of a booking whose money is being taken, until then but not past its start. Never shortens.

    Runs inside the payer's transaction. Does nothing to a booking that awaits no payment (any more).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE booking_booking SET expires_at = greatest(expires_at, least(%s, starts_at))"
            " WHERE id = %s AND state = 'awaiting_payment'",
            [until, booking_id],
        )


def settle_paid(*, booking_id: UUID, amount_minor: int, currency: str, now: datetime) -> Confirmed | NotBookable:
    """Money for the booking was seen at the provider: take it, or say that it goes back. Runs inside the payer's
    transaction.

    A booking whose time to pay is over is confirmed as long as it still waits: whoever wants its place may have it from
    then on (booking.taking), and the sweeper lets go of it a little later (booking.upkeep). Calling it again for money
    that was taken is `paid_already`: remember the first answer.
    """
    with transaction.atomic():
        booking = Booking.objects.select_for_update().filter(id=booking_id).first()
        if booking is None:
            return NotBookable(booking_id, "unknown_booking")
        refusal = {
            State.HELD: "not_asked",
            State.EXPIRED: "expired",
            State.CANCELLED: "cancelled",
            State.CONFIRMED: "paid_already",
            State.FULFILLED: "paid_already",
            State.NO_SHOW: "paid_already",
        }.get(State(booking.state))
        if refusal is not None:
            return NotBookable(booking_id, refusal)
        if (amount_minor, currency) != (booking.deposit_minor, booking.currency):
            return NotBookable(booking_id, "amount_mismatch")
        booking.state, booking.paid_minor = State.CONFIRMED, amount_minor
        booking.expires_at, booking.confirmed_at = None, now
        booking.save(update_fields=["state", "paid_minor", "expires_at", "confirmed_at"])
    return Confirmed(booking_id)


def cancel_booking(*, booking_id: UUID, by: str, now: datetime, reason: str = "") -> Cancelled:
    """Cancel, by `customer`, `merchant` or `platform`; what is to be given back is on the booking from then on.

    A customer gets what the tiers of the agreed policy say, and cannot cancel what has begun; from the others' side all
    is given back. Cancelling twice changes nothing and answers alike. Money that arrives later is refused by
    `settle_paid`.
    """
    with transaction.atomic():
        booking = locked(booking_id)
        if booking.state == State.CANCELLED:
            return Cancelled(booking, booking.refund_due_minor, booking.currency)
        if booking.state not in {State.HELD, State.AWAITING_PAYMENT, State.CONFIRMED}:
            raise_state(booking, "This booking cannot be cancelled any more.")
        if by == "customer" and booking.starts_at is not None and booking.starts_at <= now:
            raise_state(booking, "It has begun: speak to the place.")
        booking.refund_due_minor = booking.paid_minor
        if by == "customer":
            booking.refund_due_minor = refund_minor(
                Policy.from_json(booking.policy), paid_minor=booking.paid_minor, starts_at=booking.starts_at, now=now
            )
        booking.state, booking.ended_by, booking.ended_at, booking.reason = State.CANCELLED, by, now, reason
        booking.save(update_fields=["state", "ended_by", "ended_at", "reason", "refund_due_minor"])
    return Cancelled(booking, booking.refund_due_minor, booking.currency)


def change_time(*, booking_id: UUID, starts_at: datetime, now: datetime) -> Booking:
    """Move a confirmed booking to another start of its service: both slots change, or neither does.

    Price and policy stay as agreed. A customer may move as long as cancelling would give back all that was paid, also
    where that is nothing: else moving would be a way round the tiers. A visit at home moves only to a time for which
    its address is served. SlotFull, OutsideArea and BelowMinimum leave the booking where it is.
    """
    with transaction.atomic():
        booking = locked(booking_id)
        service, old, old_slot = booking.service, booking.starts_at, booking.slot_id
        if booking.state != State.CONFIRMED or service is None or old is None or old_slot is None:
            raise_state(booking, "Only a confirmed booking for a time can be moved.")
        if starts_at == old:
            return booking
        paid, policy = booking.paid_minor, Policy.from_json(booking.policy)
        if old <= now or refund_minor(policy, paid_minor=paid, starts_at=old, now=now) < paid:
            raise_state(booking, "It is too late to move it without cost: cancel it and book again.")
        starts_at = checked_start(service, starts_at, now=now)
        if booking.point is not None:
            home = Point(booking.point.x, booking.point.y)
            check_visit(service, address=booking.address, destination=home, priced=booking, now=now, at=starts_at)
        ends_at = starts_at + timedelta(minutes=service.duration_minutes)
        slot_id, _ = slot_row(service_id=service.id, starts_at=starts_at, ends_at=ends_at)
        use = use_of(service, starts_at, ends_at) if uses_resources(service.id) else None
        reclaim(slot_id=slot_id, use=use, also_lock=[old_slot])
        lock_slots([slot_id, old_slot])
        take_slot(slot_id=slot_id, units=booking.units)
        Occupancy.objects.filter(booking=booking).delete()
        booking.slot_id, booking.starts_at, booking.ends_at = slot_id, starts_at, ends_at
        booking.save(update_fields=["slot", "starts_at", "ends_at"])
        if use is not None:
            give_resource(booking, use)
    return booking


def fulfil_booking(*, booking_id: UUID, now: datetime) -> Booking:
    """The customer came. Saying so twice changes nothing."""
    with transaction.atomic():
        booking = locked(booking_id)
        if booking.state == State.FULFILLED:
            return booking
        if booking.state != State.CONFIRMED:
            raise_state(booking, "Only a confirmed booking can be fulfilled.")
        booking.state, booking.ended_by, booking.ended_at = State.FULFILLED, "merchant", now
        booking.save(update_fields=["state", "ended_by", "ended_at"])
    return booking


def mark_no_show(*, booking_id: UUID, now: datetime) -> Cancelled:
    """The customer did not come: the agreed fee is kept of what was paid, the rest is given back."""
    with transaction.atomic():
        booking = locked(booking_id)
        if booking.state == State.NO_SHOW:
            return Cancelled(booking, booking.refund_due_minor, booking.currency)
        if booking.state != State.CONFIRMED or booking.starts_at is None or booking.starts_at > now:
            raise_state(booking, "Only who has a confirmed booking that has begun can have missed it.")
        booking.refund_due_minor = max(0, booking.paid_minor - booking.no_show_fee_minor)
        booking.state, booking.ended_by, booking.ended_at = State.NO_SHOW, "merchant", now
        booking.save(update_fields=["state", "ended_by", "ended_at", "refund_due_minor"])
    return Cancelled(booking, booking.refund_due_minor, booking.currency)


def _refuse_lapsed(booking: Booking) -> None:
    """Without this a hold would be as long as nobody else wants its place, and nobody could tell how long."""
    if booking.expires_at is not None and booking.expires_at <= _database_now():
        raise HoldExpired("It was not used in time; its place may be taken.")


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
