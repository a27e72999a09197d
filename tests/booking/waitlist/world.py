"""Guests who wait, through the services alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from booking.contacts import Contact
from booking.holds import Holder, Wanted
from booking.models import Booking, Service
from booking.services import book, cancel_booking, settle_paid
from booking.waitlist.joining import Joined, join
from booking.waitlist.models import Entry
from booking.waitlist.offering import offer_freed
from tests.booking.world import start_in


def joined(
    service: Service,
    name: str = "aino",
    *,
    party: int = 1,
    starts_from: datetime | None = None,
    minutes: int = 1,
    language: str = "en",
    destination=None,
    address: str = "A 1",
    **holder,
) -> Joined:
    """Waits for the start of `start_in()` alone, or for those of `minutes` from it on."""
    since = starts_from or start_in()
    return join(
        wanted=Wanted(service_id=service.id, party=party, destination=destination, address=address),
        starts_from=since,
        starts_until=since + timedelta(minutes=minutes),
        contact=Contact(name=name.title(), email=f"{name}@example.com", language=language),
        holder=Holder(**holder),
        now=timezone.now(),
    )


def offers() -> list[str]:
    """Make those that are due; to whom, in order."""
    before = set(Entry.objects.exclude(offer=None).values_list("offer", flat=True))
    offer_freed(now=timezone.now())
    made = Entry.objects.exclude(offer=None).exclude(offer__in=before).order_by("offer__created_at")
    return [entry.name.lower() for entry in made]


def offer_of(entry: Entry) -> Booking:
    found = Entry.objects.select_related("offer").get(id=entry.id).offer
    assert found is not None
    return found


def states() -> list[str]:
    """Of all entries, in the order of the queue."""
    return list(Entry.objects.order_by("joined_at").values_list("state", flat=True))


def take(entry: Entry) -> Booking:
    """The offer booked and paid, as the guest does it."""
    booking, now = offer_of(entry), timezone.now()
    book(booking_id=booking.id, contact=Contact(name=entry.name, email=entry.email), user_id=None, now=now)
    settle_paid(booking_id=booking.id, amount_minor=booking.deposit_minor, currency=booking.currency, now=now)
    booking.refresh_from_db()
    return booking


def cancel(booking: Booking) -> None:
    cancel_booking(booking_id=booking.id, by="customer", now=timezone.now())
