"""Who is one customer, and what one customer may book."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from booking.contacts import Contact, parse_contact
from booking.models import Booking, DealStock
from booking.refusals import CustomerCapReached, NewCustomersOnly, SoldOut, TooManyFreeBookings
from booking.services import book, cancel_booking
from booking.upkeep import drifts
from config.errors import InvalidParameter
from tests.booking.world import AINO, booked, held, paid, start_in
from tests.factories import BranchFactory, DealFactory, ServiceFactory

pytestmark = pytest.mark.django_db


def offered(**deal):
    made = DealFactory(fulfilment="reservation", **deal)
    return ServiceFactory(branch=BranchFactory(merchant=made.merchant), deal=made, cancellation=[[0, 100]])


def by(email: str = "", phone: str = "") -> Contact:
    return Contact(name="Aino", email=email, phone=phone)


ONE = [by("aino@example.com"), by("Aino@Example.COM"), by("aino+a@example.com"), by("aino+@example.com")]
OTHERS = [by("a.ino@example.com"), by("aino@example.org"), by(phone="+358401234567"), by("+aino@example.com")]


def refused(service, contact, refusal) -> bool:
    made = held(service).booking
    try:
        with transaction.atomic():
            book(booking_id=made.id, contact=contact, user_id=None, now=timezone.now())
    except refusal:
        return True
    return False


def test_one_customer_has_one_key_however_the_address_is_written():
    service = offered(per_customer_cap=1)
    booked(service, contact=ONE[0])
    assert [refused(service, contact, CustomerCapReached) for contact in ONE] == [True] * len(ONE)
    assert [refused(service, contact, CustomerCapReached) for contact in OTHERS] == [False] * len(OTHERS)
    assert drifts() == []


def test_where_the_price_is_per_person_each_takes_one_of_stock_and_cap():
    service = offered(per_customer_cap=3, stock=4)
    service.price_is_per_person = True
    service.save()
    with transaction.atomic(), pytest.raises(SoldOut):
        held(service, party=5)
    first = booked(service, party=2)
    assert (first.stock_units, first.cap_units, first.price_minor) == (2, 2, 3000)
    with pytest.raises(CustomerCapReached), transaction.atomic():
        booked(service, party=2)
    assert booked(service, party=1).cap_units == 1
    cancel_booking(booking_id=first.id, by="customer", now=timezone.now())
    assert (DealStock.objects.get().taken, drifts()) == (1, [])


def test_the_letters_go_to_the_address_as_it_was_given():
    made = booked(offered(), contact=ONE[2])
    assert Booking.objects.get(id=made.id).email == "aino+a@example.com"


@pytest.mark.parametrize("make", [booked, paid])
def test_who_awaits_payment_is_no_new_customer(make):
    service = offered(new_customers_only=True)
    first = make(service, contact=ONE[0])
    assert refused(service, ONE[2], NewCustomersOnly)
    assert not refused(service, OTHERS[0], NewCustomersOnly)
    other = offered(new_customers_only=True)
    assert not refused(other, ONE[0], NewCustomersOnly)  # of another merchant
    cancel_booking(booking_id=first.id, by="customer", now=timezone.now())
    assert not refused(service, ONE[2], NewCustomersOnly)


@pytest.fixture
def free():
    return ServiceFactory(deposit_percent=0, capacity=99, cancellation=[[0, 100]])


def test_one_customer_has_so_many_bookings_to_come_that_cost_nothing(free, settings):
    settings.FREE_BOOKINGS_PER_CUSTOMER = 2
    first = booked(free, contact=ONE[0])
    assert first.state == "confirmed"
    assert not refused(free, ONE[1], TooManyFreeBookings)
    assert refused(free, ONE[2], TooManyFreeBookings)
    assert not refused(free, OTHERS[0], TooManyFreeBookings)
    assert booked(offered(), contact=ONE[0]).state == "awaiting_payment"  # what costs something is not counted
    cancel_booking(booking_id=first.id, by="customer", now=timezone.now())
    assert not refused(free, ONE[2], TooManyFreeBookings)


def test_so_has_one_network_whatever_contacts_it_gives(free, settings):
    settings.FREE_BOOKINGS_PER_NETWORK = 3
    for contact in OTHERS[:3]:
        booked(free, contact=contact, network="192.0.2.1")
    with transaction.atomic(), pytest.raises(TooManyFreeBookings) as told:
        booked(free, contact=OTHERS[3], network="192.0.2.1")
    assert told.value.members["limit"] == 3
    booked(free, contact=OTHERS[3], network="192.0.2.2")


def test_what_is_over_counts_no_more(free, settings):
    settings.FREE_BOOKINGS_PER_CUSTOMER = 1
    past = booked(free, contact=AINO)
    now = timezone.now()
    Booking.objects.filter(id=past.id).update(starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))
    booked(free, contact=AINO)


@pytest.mark.parametrize(
    "name",
    [
        "https://x.example",
        "Win now: evil.com/a",
        "www.evil",
        "hi evil．com",
        "例子。中国",
        "a@b.org",
        "see 192.0.2.1 now",
        "evil.test",
    ],
)
def test_a_name_holds_no_web_address(name):
    with pytest.raises(InvalidParameter) as refused:
        parse_contact(name=name, email="victim@example.com")
    assert refused.value.parameter == "contact.name"


@pytest.mark.parametrize(
    "name", ["J.R.R. Tolkien", "Dr. Müller", "Aino O'Neill-Virtanen Jr.", "李小龙", "St. John", "T.S. Eliot"]
)
def test_people_have_their_names(name):
    assert parse_contact(name=name, email="aino@example.com").name == name


def test_a_hold_without_a_name_counts_for_nobody():
    service = offered(new_customers_only=True)
    held(service)
    held(service, starts_at=start_in(hours=1))
    assert booked(service, contact=AINO).state == "awaiting_payment"
