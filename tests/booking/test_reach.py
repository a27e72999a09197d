"""Nothing is sold to an address that it cannot be brought to, nor at a place that has closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import refusals
from booking.holds import Holder, Wanted, hold
from booking.models import Booking, Slot
from booking.services import book, change_time, settle_paid
from config.errors import InvalidParameter
from geo.types import Point
from listings.selectors import PlaceClosed
from tests.booking.world import AINO, start_in
from tests.factories import BranchFactory, DealFactory, ServiceAreaFactory, ServiceFactory

pytestmark = pytest.mark.django_db

NEAR, FAR, OTHER_END = Point(24.94, 60.17), Point(25.02, 60.17), Point(-155.6, -60.2)
"""100 metres, 4.5 kilometres and half a world from the factory's branch."""
ADDRESS = "Mannerheimintie 1"
HERE = {"address": ADDRESS, "destination": NEAR}


def delivered(deal, branch, **wanted):
    asked = {"deal_id": deal.id, "place_id": branch.id, **HERE, **wanted}
    return hold(wanted=Wanted(**asked), holder=Holder(), now=timezone.now()).booking


def visited(service, **wanted):
    asked = {"service_id": service.id, "starts_at": start_in(), **HERE, **wanted}
    return hold(wanted=Wanted(**asked), holder=Holder(), now=timezone.now()).booking


@pytest.fixture
def deal():
    return DealFactory(fulfilment="delivery", price_minor=1500)


@pytest.fixture
def branch(deal):
    return BranchFactory(merchant=deal.merchant)


BANDS = [{"radius_metres": 2000, "minimum_minor": 1500}, {"radius_metres": 6000, "minimum_minor": 3000}]


def test_a_delivery_is_sold_to_an_address_in_a_published_area(deal, branch):
    ServiceAreaFactory(branch=branch, bands=BANDS)
    made = delivered(deal, branch)
    assert (made.state, made.address, made.point.coords) == ("held", ADDRESS, (NEAR.lon, NEAR.lat))
    assert delivered(deal, branch, destination=FAR, party=2).price_minor == 3000


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ({"destination": None}, InvalidParameter),
        ({"address": ""}, InvalidParameter),
        ({"destination": OTHER_END}, refusals.OutsideArea),
        ({"destination": FAR}, refusals.BelowMinimum),
    ],
)
def test_a_delivery_that_cannot_be_brought_is_not_sold(deal, branch, wanted, refusal):
    ServiceAreaFactory(branch=branch, bands=BANDS)
    with pytest.raises(refusal):
        delivered(deal, branch, **wanted)
    assert Booking.objects.count() == 0


def test_the_minimum_that_is_not_reached_is_told(deal, branch):
    ServiceAreaFactory(branch=branch, bands=BANDS)
    with pytest.raises(refusals.BelowMinimum) as refused:
        delivered(deal, branch, destination=FAR)
    assert refused.value.members == {"limit": 3000, "currency": "EUR"}


@pytest.mark.parametrize(
    "area",
    [
        None,
        {"mode": "at_home"},
        {"bands__published": False},
        {"bands__valid_from": timezone.now() + timedelta(days=1)},
        {"bands__valid_until": timezone.now() - timedelta(days=1)},
    ],
)
def test_what_is_not_published_or_not_valid_delivers_nowhere(deal, branch, area):
    if area is not None:
        ServiceAreaFactory(branch=branch, **area)
    ServiceAreaFactory(branch=BranchFactory(merchant=deal.merchant))  # another's of the same merchant
    with pytest.raises(refusals.OutsideArea):
        delivered(deal, branch)


def test_hours_do_not_count_for_what_is_delivered_some_time(deal, branch):
    ServiceAreaFactory(branch=branch, bands__hours="off")
    assert delivered(deal, branch).state == "held"


@pytest.mark.parametrize("fulfilment", ["voucher", "delivery"])
def test_nothing_is_sold_at_a_place_that_has_closed(fulfilment):
    deal = DealFactory(fulfilment=fulfilment)
    branch = BranchFactory(merchant=deal.merchant, closed_at=timezone.now() - timedelta(days=30))
    ServiceAreaFactory(branch=branch)
    with pytest.raises(PlaceClosed):
        delivered(deal, branch)
    branch.closed_at = timezone.now() + timedelta(days=30)
    branch.save()
    assert delivered(deal, branch).state == "held"


def test_a_home_visit_stays_in_the_published_areas_and_in_its_radius():
    service = ServiceFactory(mode="at_home")
    ServiceAreaFactory(branch=service.branch, mode="at_home", bands=[{"radius_metres": 6000}])
    assert visited(service, destination=FAR).state == "held"
    with pytest.raises(refusals.OutsideArea):
        visited(service, destination=OTHER_END)
    service.travel_radius_metres = 2000
    service.save()
    with pytest.raises(refusals.OutsideArea):
        visited(service, destination=FAR)
    with pytest.raises(InvalidParameter):
        visited(service, address="")


def test_without_a_published_area_the_radius_alone_counts():
    service = ServiceFactory(mode="at_home", travel_radius_metres=6000)
    ServiceAreaFactory(branch=service.branch, mode="delivery", bands=[{"radius_metres": 1000}])
    assert visited(service, destination=FAR).state == "held"


@pytest.mark.parametrize(
    ("version", "is_held"),
    [
        ({"hours": "00:00-24:00"}, True),
        ({"hours": "off"}, False),
        ({"valid_from": start_in(), "valid_until": start_in(hours=1)}, True),
        ({"valid_from": start_in(hours=1)}, False),
        ({"valid_until": start_in()}, False),
    ],
)
def test_the_area_must_hold_when_the_visit_begins(version, is_held):
    service = ServiceFactory(mode="at_home")
    area = ServiceAreaFactory(branch=service.branch, mode="at_home", **{f"bands__{k}": v for k, v in version.items()})
    assert area.versions.get().state == "published"
    if is_held:
        assert visited(service).state == "held"
    else:
        with pytest.raises(refusals.OutsideArea):
            visited(service)


def test_a_home_visit_that_is_too_small_for_its_band_is_not_sold():
    service = ServiceFactory(mode="at_home", price_minor=2000)
    ServiceAreaFactory(branch=service.branch, mode="at_home", bands=[{"radius_metres": 3000, "minimum_minor": 2001}])
    with pytest.raises(refusals.BelowMinimum):
        visited(service)


def moved(booking, starts_at):
    return change_time(booking_id=booking.id, starts_at=starts_at, now=timezone.now())


def paid_visit(service, **wanted):
    booking = visited(service, **wanted)
    book(booking_id=booking.id, contact=AINO, user_id=None, now=timezone.now())
    paid = {"amount_minor": booking.deposit_minor, "currency": booking.currency}
    settle_paid(booking_id=booking.id, **paid, now=timezone.now())
    return booking


@pytest.mark.parametrize(
    ("version", "refusal"),
    [
        ({"valid_until": start_in(hours=2)}, refusals.OutsideArea),
        ({"valid_until": start_in(hours=3)}, None),
        ({"hours": "00:00-24:00"}, None),
    ],
)
def test_a_home_visit_moves_only_to_a_time_for_which_an_area_covers_the_address(version, refusal):
    service = ServiceFactory(mode="at_home", cancellation=[[0, 100]])
    ServiceAreaFactory(branch=service.branch, mode="at_home", **{f"bands__{k}": v for k, v in version.items()})
    booking, later = paid_visit(service), start_in(hours=2)
    if refusal is None:
        assert moved(booking, later).starts_at == later
        return
    with pytest.raises(refusal):
        moved(booking, later)
    booking.refresh_from_db()
    assert (booking.starts_at, Slot.objects.get(id=booking.slot_id).taken) == (start_in(), 1)
    assert Slot.objects.exclude(id=booking.slot_id).count() == 0
    assert moved(booking, start_in(hours=1)).starts_at == start_in(hours=1)


def test_a_home_visit_moves_at_the_price_that_was_agreed():
    service = ServiceFactory(mode="at_home", price_minor=2000, cancellation=[[0, 100]])
    ServiceAreaFactory(branch=service.branch, mode="at_home", bands=[{"radius_metres": 3000, "minimum_minor": 2000}])
    booking = paid_visit(service)
    service.price_minor = 1000
    service.save()
    assert moved(booking, start_in(hours=1)).price_minor == 2000


def test_what_was_agreed_before_the_service_came_home_can_still_be_moved():
    """It has no address to judge."""
    service = ServiceFactory(cancellation=[[0, 100]])
    booking = paid_visit(service, address="", destination=None)
    service.mode = "at_home"
    service.save()
    ServiceAreaFactory(branch=service.branch, mode="at_home")
    assert moved(booking, start_in(hours=1)).starts_at == start_in(hours=1)
