"""Who is put on the list, who is not, and how one leaves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from booking.holds import release_hold
from booking.models import Booking, Event, Resource
from booking.refusals import DealUnavailable, OutsideArea, SlotUnavailable
from booking.waitlist import joining
from booking.waitlist.joining import leave
from booking.waitlist.models import Entry
from booking.waitlist.queue import place_of
from booking.waitlist.refusals import PlaceFree, TooManyWaiting, WaitingAlready, WaitingState, WaitlistFull
from config.errors import CodedError, InvalidParameter, NotFound
from geo.types import Point
from tests.booking.waitlist.world import joined, offer_of, offers, states, take
from tests.booking.world import held, lapse, paid, start_in
from tests.factories import BranchFactory, DealFactory, ServiceFactory

pytestmark = pytest.mark.django_db


def full(**how):
    """A service with one place at each start, the one of `start_in()` taken."""
    service = ServiceFactory(**{"capacity": 1, **how})
    paid(service)
    return service


def test_an_entry_waits_in_the_order_of_joining_and_is_in_the_stream():
    service = full()
    first, second = joined(service, "aino", trace_id="search-1", channel="web", partner="p"), joined(service, "eino")
    assert (place_of(first.entry), place_of(second.entry)) == (1, 2)
    assert (first.entry.state, first.entry.offers_left, states()) == ("waiting", 3, ["waiting", "waiting"])
    event = Event.objects.get(entry=first.entry)
    assert (event.kind, event.booking, event.trace_id, event.channel, event.partner) == (
        "waitlist_joined", None, "search-1", "web", "p",
    )  # fmt: skip


def test_the_place_counts_those_of_the_same_window_alone():
    service = full()
    paid(service, starts_at=start_in(hours=5))
    joined(service, "aino")
    other = joined(service, "eino", starts_from=start_in(hours=5))
    both = joined(service, "oiva", starts_from=start_in(), minutes=1)
    assert (place_of(other.entry), place_of(both.entry)) == (1, 2)


@pytest.mark.parametrize(
    ("service", "entry", "refusal"),
    [
        ({}, {"starts_from": start_in(hours=1)}, PlaceFree),
        ({}, {"minutes": 31}, PlaceFree),
        ({}, {"minutes": 25 * 60 + 1}, InvalidParameter),
        ({}, {"minutes": 0}, InvalidParameter),
        ({}, {"starts_from": start_in(days=-1)}, SlotUnavailable),
        ({}, {"starts_from": start_in(days=400)}, SlotUnavailable),
        ({}, {"starts_from": datetime(1, 1, 2, tzinfo=UTC)}, SlotUnavailable),
        ({}, {"starts_from": datetime(9999, 12, 30, tzinfo=UTC)}, SlotUnavailable),
        ({}, {"starts_from": start_in() + timedelta(minutes=1)}, SlotUnavailable),
        ({"lead_minutes": 60 * 24 * 9}, {}, SlotUnavailable),
        ({"horizon_days": 1}, {}, SlotUnavailable),
        ({}, {"party": 9}, InvalidParameter),
        ({"counts_people": True, "capacity": 4}, {"party": 5}, InvalidParameter),
        ({"is_offered": False}, {}, NotFound),
        ({"mode": "at_home"}, {}, InvalidParameter),
        ({"mode": "at_home", "travel_radius_metres": 1000}, {"destination": Point(25.5, 60.2)}, OutsideArea),
    ],
)
def test_what_needs_no_waiting_or_can_never_be_is_refused(service, entry, refusal):
    made = ServiceFactory(capacity=1)
    paid(made)
    for name, value in service.items():
        setattr(made, name, value)
    made.save()
    with pytest.raises(refusal):
        joined(made, **entry)
    assert Entry.objects.count() == 0


def test_a_party_larger_than_every_table_is_refused():
    service = full()
    service.resources.add(Resource.objects.create(branch=service.branch, name="Window", seats=2))
    with pytest.raises(InvalidParameter) as refused:
        joined(service, party=3)
    assert (refused.value.parameter, refused.value.limit) == ("party", 2)


def test_who_is_told_to_book_is_told_when():
    service = full()
    with pytest.raises(PlaceFree) as refused:
        joined(service, minutes=60)
    assert refused.value.members["starts_at"] == (start_in() + timedelta(minutes=30)).isoformat().replace("+00:00", "Z")


def test_a_place_whose_hold_has_lapsed_is_free():
    service = ServiceFactory(capacity=1)
    lapse(held(service).booking)
    with pytest.raises(PlaceFree):
        joined(service)


def test_nobody_waits_for_a_deal_that_is_not_for_sale():
    deal = DealFactory(fulfilment="reservation", state="ended")
    service = ServiceFactory(branch=BranchFactory(merchant=deal.merchant), deal=deal)
    with pytest.raises(DealUnavailable):
        joined(service)


def test_a_sold_out_deal_can_be_waited_for():
    deal = DealFactory(stock=1, fulfilment="reservation")
    service = ServiceFactory(branch=BranchFactory(merchant=deal.merchant), deal=deal)
    paid(service)
    assert joined(service, starts_from=start_in(hours=3)).entry.state == "waiting"


def test_one_guest_is_on_the_list_once_for_one_window():
    service = full()
    joined(service)
    with pytest.raises(WaitingAlready), transaction.atomic():
        joined(service)
    paid(service, starts_at=start_in(hours=2))
    joined(service, starts_from=start_in(hours=2))
    assert Entry.objects.count() == 2


@pytest.mark.parametrize(
    ("option", "who"),
    [
        ("WAITLIST_PER_CUSTOMER", lambda _: ("aino", {})),
        ("WAITLIST_PER_CUSTOMER", lambda n: (f"guest{n}", {"device": "phone"})),
        ("WAITLIST_PER_NETWORK", lambda n: (f"guest{n}", {"network": "10.0.0.1"})),
    ],
    ids=["customer", "device", "network"],
)
def test_a_guest_a_device_and_a_network_wait_for_a_few_at_a_time(settings, option, who):
    setattr(settings, option, 2)
    services = [full() for _ in range(3)]
    entries = []
    for number, service in enumerate(services[:2]):
        name, holder = who(number)
        entries.append(joined(service, name, **holder).entry)
    name, holder = who(2)
    with pytest.raises(TooManyWaiting) as refused, transaction.atomic():
        joined(services[2], name, **holder)
    assert refused.value.members["limit"] == 2
    leave(entry_id=entries[0].id, now=timezone.now())
    joined(services[2], name, **holder)


def test_a_list_has_an_end(monkeypatch):
    monkeypatch.setattr(joining, "MAX_WAITING", 1)
    service = full()
    joined(service, "aino")
    with pytest.raises(WaitlistFull):
        joined(service, "eino")


def test_leaving_twice_changes_nothing():
    entry = joined(full()).entry
    left = [leave(entry_id=entry.id, now=timezone.now()) for _ in range(2)]
    assert [each.state for each in left] == ["left", "left"]
    assert left[0].ended_at == left[1].ended_at
    assert list(Event.objects.filter(entry=entry).values_list("kind", flat=True)) == [
        "waitlist_joined",
        "waitlist_left",
    ]


def test_who_leaves_with_an_offer_gives_it_to_the_next():
    service = ServiceFactory(capacity=1)
    hold = held(service).booking
    first = joined(service, "aino").entry
    joined(service, "eino")
    release_hold(booking_id=hold.id, now=timezone.now())
    assert offers() == ["aino"]
    offer = offer_of(first)
    leave(entry_id=first.id, now=timezone.now())
    offer.refresh_from_db()
    assert (offer.state, states(), offers()) == ("cancelled", ["left", "waiting"], ["eino"])


def test_who_has_booked_has_nothing_to_leave():
    service = ServiceFactory(capacity=1)
    hold = held(service).booking
    entry = joined(service).entry
    release_hold(booking_id=hold.id, now=timezone.now())
    offers()
    take(entry)
    with pytest.raises(WaitingState):
        leave(entry_id=entry.id, now=timezone.now())
    assert Booking.objects.filter(state="confirmed").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "booked"},
        {"state": "offered"},
        {"state": "left"},
        {"party": 2},
        {"joined_at": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
)
def test_postgresql_keeps_to_the_states_and_the_place(wrong):
    entry = joined(full()).entry
    with pytest.raises(DatabaseError):
        Entry.objects.filter(id=entry.id).update(**wrong)


def test_every_refusal_has_a_code():
    codes = {each.code for each in CodedError.__subclasses__() if each.__module__ == "booking.waitlist.refusals"}
    assert codes == {"place_free", "waiting_already", "waitlist_full", "waiting_state"}
