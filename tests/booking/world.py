"""Holds and bookings as tests want them, through the services alone; and time, which is moved in the rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from booking.contacts import Contact
from booking.holds import Held, Holder, Wanted, hold
from booking.models import Booking, Service
from booking.services import book, settle_paid

AINO = Contact(name="Aino", email="aino@example.com")


def start_in(*, days: int = 3, hours: int = 0) -> datetime:
    """A start of the factory's service, so far from now."""
    today = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=days, hours=hours)


def soon() -> datetime:
    """Two to seven minutes from now, at a start of a service in steps of five minutes."""
    now = timezone.now().replace(second=0, microsecond=0)
    ahead = 5 - now.minute % 5
    return now + timedelta(minutes=ahead if ahead > 2 else ahead + 5)


def held(service: Service, *, starts_at: datetime | None = None, party: int = 1, **holder) -> Held:
    wanted = Wanted(service_id=service.id, starts_at=starts_at or start_in(), party=party)
    return hold(wanted=wanted, holder=Holder(**holder), now=timezone.now())


def booked(service: Service, *, contact: Contact = AINO, **how) -> Booking:
    """Waits for its payment."""
    return book(booking_id=held(service, **how).booking.id, contact=contact, user_id=None, now=timezone.now())


def paid(service: Service, **how) -> Booking:
    booking = booked(service, **how)
    settle_paid(
        booking_id=booking.id, amount_minor=booking.deposit_minor, currency=booking.currency, now=timezone.now()
    )
    booking.refresh_from_db()
    return booking


def lapse(*bookings: Booking) -> None:
    """Their time is over, and so long that the sweeper lets go of them, as if they had been made earlier."""
    for booking in bookings:
        Booking.objects.filter(id=booking.id).update(expires_at=timezone.now() - timedelta(minutes=1))


def begun(booking: Booking) -> Booking:
    """It began an hour ago, as if it had been made earlier."""
    since = timezone.now() - timedelta(hours=1)
    Booking.objects.filter(id=booking.id).update(starts_at=since, ends_at=since + timedelta(hours=2))
    booking.refresh_from_db()
    return booking
