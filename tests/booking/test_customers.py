"""Who is one customer, and what one customer may book."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from booking.contacts import Contact
from booking.models import Booking
from booking.refusals import CustomerCapReached, NewCustomersOnly
from booking.services import book, cancel_booking
from booking.upkeep import drifts
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


def test_a_hold_without_a_name_counts_for_nobody():
    service = offered(new_customers_only=True)
    held(service)
    held(service, starts_at=start_in(hours=1))
    assert booked(service, contact=AINO).state == "awaiting_payment"
