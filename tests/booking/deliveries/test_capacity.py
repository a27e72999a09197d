"""A branch takes on so many deliveries at a time and no more; which those are, and who is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from booking.deliveries.capacity import take_delivery
from booking.deliveries.models import DeliveryCapacity
from booking.holds import release_hold
from booking.models import Booking
from booking.refusals import DeliveriesFull
from booking.services import book, cancel_booking, fulfil_booking, settle_paid
from config.instants import instant_text
from tests.booking.test_assign import ADDRESS as AT
from tests.booking.test_reach import delivered
from tests.booking.world import AINO
from tests.factories import BranchFactory, DealFactory, ServiceAreaFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal():
    return DealFactory(fulfilment="delivery", price_minor=1500)


@pytest.fixture
def branch(deal):
    branch = BranchFactory(merchant=deal.merchant, opening_hours="24/7")
    ServiceAreaFactory(branch=branch)
    return branch


def takes_on(branch, most, within_minutes=60):
    DeliveryCapacity.objects.update_or_create(
        branch=branch, defaults={"most": most, "within_minutes": within_minutes}
    )  # fmt: skip


def confirmed(booking: Booking) -> Booking:
    book(booking_id=booking.id, contact=AINO, user_id=None, now=timezone.now())
    settle_paid(
        booking_id=booking.id, amount_minor=booking.deposit_minor, currency=booking.currency, now=timezone.now()
    )
    return booking


def test_so_many_and_no_more_and_what_is_told(deal, branch):
    takes_on(branch, 2)
    first = delivered(deal, branch)
    confirmed(delivered(deal, branch))
    with pytest.raises(DeliveriesFull) as refused:
        delivered(deal, branch)
    frees_at = instant_text(Booking.objects.get(id=first.id).created_at + timedelta(minutes=60))
    assert refused.value.members == {"limit": 2, "retry_at": frees_at}
    assert Booking.objects.count() == 2
    other = BranchFactory(merchant=deal.merchant)
    ServiceAreaFactory(branch=other)
    assert delivered(deal, other).state == "held"


def test_none_at_all_and_as_many_as_come(deal, branch):
    takes_on(branch, 0)
    with pytest.raises(DeliveriesFull) as refused:
        delivered(deal, branch)
    assert refused.value.members == {"limit": 0}
    DeliveryCapacity.objects.all().delete()
    assert [delivered(deal, branch).state for _ in range(3)] == ["held"] * 3


def done(booking):
    fulfil_booking(booking_id=confirmed(booking).id, now=timezone.now())


def cancelled(booking):
    cancel_booking(booking_id=confirmed(booking).id, by="customer", now=timezone.now())


def lapsed(booking):
    Booking.objects.filter(id=booking.id).update(expires_at=timezone.now() - timedelta(seconds=1))


def released(booking):
    release_hold(booking_id=booking.id, now=timezone.now())


@pytest.mark.parametrize("ends", [done, cancelled, lapsed, released])
def test_what_is_done_given_back_or_lapsed_does_not_count(deal, branch, ends):
    takes_on(branch, 1)
    ends(delivered(deal, branch))
    assert delivered(deal, branch).state == "held"
    with pytest.raises(DeliveriesFull):
        delivered(deal, branch)


def test_what_nobody_marked_as_done_counts_for_so_many_minutes(deal, branch):
    takes_on(branch, 1, within_minutes=30)
    made = confirmed(delivered(deal, branch)).created_at
    with pytest.raises(DeliveriesFull):
        take_delivery(branch.id, now=made + timedelta(minutes=30) - timedelta(milliseconds=1))
    take_delivery(branch.id, now=made + timedelta(minutes=30))


def test_only_deliveries_count(deal, branch):
    takes_on(branch, 1)
    voucher = DealFactory(merchant=deal.merchant, fulfilment="voucher")
    for _ in range(2):
        delivered(voucher, branch)
    assert delivered(deal, branch).state == "held"


def test_a_lowered_limit_takes_on_no_more_and_keeps_what_it_has(deal, branch):
    takes_on(branch, 3)
    for _ in range(2):
        delivered(deal, branch)
    takes_on(branch, 1)
    with pytest.raises(DeliveriesFull):
        delivered(deal, branch)
    assert Booking.objects.filter(state="held").count() == 2


def assigned(api, branch, **asked):
    body = {**AT, "mode": "delivery", "merchant_id": str(branch.merchant_id), **asked}
    return api.post("/v1/assign", body, format="json").json()


def test_assignment_goes_to_the_next_branch_that_has_room(api, deal, branch):
    takes_on(branch, 1)
    farther = BranchFactory(merchant=deal.merchant, opening_hours="24/7", point=Point(24.94, 60.18, srid=4326))
    ServiceAreaFactory(branch=farther, bands=[{"radius_metres": 5000}])
    told = assigned(api, branch)["branch"]
    assert (told["place_id"], told["room"]) == (str(branch.id), {"left": 1, "starts_at": None, "service_id": None})
    delivered(deal, branch)
    told = assigned(api, branch)
    assert (told["branch"]["place_id"], told["branch"]["room"]) == (str(farther.id), None)
    assert [(each["place_id"], each["reason"]) for each in told["others"]] == [(str(branch.id), "no_room")]
    later = instant_text(timezone.now() + timedelta(minutes=61))
    assert assigned(api, branch, at=later)["branch"]["place_id"] == str(branch.id)
