"""What one customer may book: who is one, whether they are new, and how much of a deal they have.

A customer is known when a hold is booked, not before. What is counted here is counted under a lock of the customer
(docs/locking.md): two bookings of one customer are judged one after the other.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from booking import selectors
from booking.contacts import Contact
from booking.limits import Limit, keep_within, lock_names
from booking.models import Booking
from booking.refusals import CustomerCapReached, NewCustomersOnly, TooManyFreeBookings
from booking.tokens import keyed

State = Booking.State


def customer_key_of(contact: Contact, *, user_id: int | None) -> str:
    """The keyed hash of the account, else of the e-mail address, else of the telephone number."""
    return keyed("customer", f"user:{user_id}" if user_id is not None else contact.identity)


def check_new_customer(booking: Booking) -> None:
    """NewCustomersOnly where the deal asks for it and the customer has booked with the merchant.

    What awaits payment counts until it has ended: its payment may still arrive.
    """
    if booking.deal is None or not booking.deal.new_customers_only:
        return
    merchant_id = booking.branch.merchant_id
    lock_names([f"new_customer:{merchant_id}:{booking.customer_key}"])
    before = Booking.objects.filter(
        customer_key=booking.customer_key,
        branch__merchant=merchant_id,
        state__in=[State.AWAITING_PAYMENT, State.CONFIRMED, State.FULFILLED, State.NO_SHOW],
    )
    if before.exists():
        raise NewCustomersOnly("You have booked with this merchant before.")


def check_free_bookings(booking: Booking) -> None:
    """TooManyFreeBookings where the customer, or the network that held it, has as many bookings to come for which
    nothing was due as it may. One without a time is to come for 30 days.
    """
    keep_within(
        [
            Limit("customer_key", booking.customer_key, settings.FREE_BOOKINGS_PER_CUSTOMER),
            Limit("network_key", booking.network_key, settings.FREE_BOOKINGS_PER_NETWORK),
        ],
        counting="SELECT count(*) FROM booking_booking WHERE {column} = %s AND state = 'confirmed' AND paid_minor = 0"
        " AND coalesce(ends_at, created_at + interval '30 days') > statement_timestamp()",
        refusal=TooManyFreeBookings("Cancel a booking, or wait until one is over.", retry_after_seconds=3600),
    )


def take_cap(booking: Booking) -> int:
    """Units of what one customer may have of the deal: counted under the same kind of guard as capacity."""
    deal = booking.deal
    if deal is None or deal.per_customer_cap is None:
        return 0
    service = booking.service
    count = booking.party if service is None else selectors.pieces_of(service, party=booking.party)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO booking_dealcustomer AS held (deal_id, customer_key, taken)"
            " SELECT %(deal)s, %(key)s, %(count)s WHERE %(count)s <= %(cap)s"
            " ON CONFLICT (deal_id, customer_key) DO UPDATE SET taken = held.taken + excluded.taken"
            " WHERE held.taken + excluded.taken <= %(cap)s RETURNING taken",
            {"deal": deal.id, "key": booking.customer_key, "count": count, "cap": deal.per_customer_cap},
        )
        if cursor.fetchone() is None:
            raise CustomerCapReached(
                f"One customer may buy {deal.per_customer_cap} of this deal.", limit=deal.per_customer_cap
            )
    return count
