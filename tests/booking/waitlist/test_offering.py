"""Who is offered what comes free, whichever way it comes free, and what becomes of an offer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from booking.holds import Holder, Wanted, extend_hold, hold, release_hold
from booking.letters.models import Letter
from booking.letters.sending import send_due
from booking.models import Booking, Event, Resource
from booking.refusals import HoldExpired, SlotFull
from booking.services import change_time
from booking.upkeep import drifts, sweep_lapsed
from booking.waitlist.clock import sweep
from booking.waitlist.joining import leave
from booking.waitlist.models import Entry, Freed
from booking.waitlist.offering import end_past, offer_freed, offer_missed
from booking.waitlist.upkeep import KEPT_DAYS, forget_guests
from config.failpoints import FailPointReached, action_of, arm
from geo.types import Point
from tests.booking.waitlist.world import cancel, joined, offer_of, offers, states, take
from tests.booking.world import held, lapse, paid, start_in
from tests.factories import BranchFactory, DealFactory, ServiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    return ServiceFactory(capacity=1)


def test_an_offer_is_a_hold_of_fifteen_minutes_with_the_guests_address(service):
    first = paid(service)
    entry = joined(service, "aino", trace_id="search-1", channel="web", partner="p").entry
    cancel(first)
    assert offers() == ["aino"]
    booking = offer_of(entry)
    assert (booking.state, booking.expires_at - booking.created_at) == ("held", timedelta(minutes=15))
    assert (booking.starts_at, booking.party, booking.email, booking.trace_id) == (
        start_in(), 1, "aino@example.com", "search-1",
    )  # fmt: skip
    assert (booking.slot.taken, drifts(), Freed.objects.count()) == (1, [], 0)
    events = Event.objects.filter(trace_id="search-1").values_list("kind", "booking", "entry", "channel", "partner")
    assert list(events) == [
        ("waitlist_joined", None, entry.id, "web", "p"),
        ("held", booking.id, None, "web", "p"),
        ("waitlist_offered", booking.id, entry.id, "web", "p"),
    ]
    with pytest.raises(SlotFull):
        held(service)


def test_an_offer_that_is_taken_ends_the_waiting(service):
    first = paid(service)
    entry = joined(service).entry
    cancel(first)
    offers()
    booking = take(entry)
    entry.refresh_from_db()
    assert (booking.state, entry.state, entry.offer_id) == ("confirmed", "booked", booking.id)
    cancel(booking)
    entry.refresh_from_db()
    assert (entry.state, offers()) == ("booked", [])


def release(service):
    hold = held(service).booking
    return lambda: release_hold(booking_id=hold.id, now=timezone.now())


def expiry(service):
    hold = held(service).booking

    def happens():
        lapse(hold)
        sweep_lapsed()

    return happens


def cancellation(service):
    booking = paid(service)
    return lambda: cancel(booking)


def change_of_time(service):
    service.cancellation = [[60, 100]]
    service.save()
    booking = paid(service)
    return lambda: change_time(booking_id=booking.id, starts_at=start_in(hours=4), now=timezone.now())


def raised_capacity(service):
    paid(service)

    def happens():
        service.capacity = 2
        service.save()

    return happens


def resource_freed(service):
    """Another service's booking gives back the table that both use."""
    service.capacity = 5
    service.save()
    other = ServiceFactory(branch=service.branch)
    table = Resource.objects.create(branch=service.branch, name="Window", seats=4)
    service.resources.add(table)
    other.resources.add(table)
    booking = paid(other)
    return lambda: cancel(booking)


def resource_added(service):
    service.capacity = 5
    service.save()
    service.resources.add(Resource.objects.create(branch=service.branch, name="Window", seats=4))
    paid(service)
    return lambda: service.resources.add(Resource.objects.create(branch=service.branch, name="Door", seats=4))


def larger_resource(service):
    service.capacity = 5
    service.save()
    table = Resource.objects.create(branch=service.branch, name="Window", seats=4)
    small = Resource.objects.create(branch=service.branch, name="Door", seats=1)
    service.resources.add(table, small)
    paid(service, party=4)
    Resource.objects.filter(id=small.id).update(seats=0)

    def happens():
        Resource.objects.filter(id=small.id).update(seats=4)

    return happens


def stock_freed_elsewhere(service):
    """The deal's last unit comes back at another branch of the merchant."""
    deal = DealFactory(stock=1, fulfilment="reservation", merchant=service.branch.merchant)
    service.deal = deal
    service.save()
    other = ServiceFactory(branch=BranchFactory(merchant=deal.merchant), deal=deal)
    booking = paid(other)
    return lambda: cancel(booking)


def stock_raised(service):
    deal = DealFactory(stock=1, fulfilment="reservation", merchant=service.branch.merchant)
    service.deal = deal
    service.save()
    paid(service, starts_at=start_in(hours=9))

    def happens():
        deal.stock = 2
        deal.save()

    return happens


@pytest.mark.parametrize(
    "way",
    [
        release, expiry, cancellation, change_of_time, raised_capacity, resource_freed, resource_added, larger_resource,
        stock_freed_elsewhere, stock_raised,
    ],
)  # fmt: skip
def test_whatever_way_a_place_comes_free_it_is_offered(service, way):
    happens = way(service)
    service.refresh_from_db()
    joined(service, "aino")
    joined(service, "eino")
    assert offers() == []
    happens()
    assert (Freed.objects.exists(), offers(), states()) == (True, ["aino"], ["offered", "waiting"])
    assert drifts() == []


def test_nothing_is_noted_where_nobody_waits(service):
    cancel(paid(service))
    assert Freed.objects.count() == 0


def test_what_lapses_goes_to_the_next_and_not_to_the_same_again(service):
    first = paid(service)
    aino, eino = joined(service, "aino").entry, joined(service, "eino").entry
    cancel(first)
    assert offers() == ["aino"]
    lapse(offer_of(aino))
    sweep_lapsed()
    assert (offers(), states()) == (["eino"], ["waiting", "offered"])
    release_hold(booking_id=offer_of(eino).id, now=timezone.now())
    assert (offers(), states()) == ([], ["waiting", "waiting"])
    kinds = Event.objects.filter(entry=aino).values_list("kind", flat=True)
    assert list(kinds) == ["waitlist_joined", "waitlist_offered", "waitlist_returned"]
    held(service)  # everybody was asked: it is anybody's


def test_an_entry_is_offered_so_many_places_and_then_ends(service, settings):
    settings.OFFERS_PER_ENTRY = 2
    taken = [paid(service, starts_at=start_in() + timedelta(minutes=30 * n)) for n in range(3)]
    entry = joined(service, minutes=90).entry
    for number, booking in enumerate(taken[:2], start=1):
        cancel(booking)
        assert offers() == ["aino"]
        offer = offer_of(entry)
        assert offer.starts_at == booking.starts_at
        release_hold(booking_id=offer.id, now=timezone.now())
        entry.refresh_from_db()
        assert (entry.state, entry.offers_left) == ("waiting" if number == 1 else "ended", 2 - number)
    assert (entry.ended_because, entry.ended_at is None) == ("offers_used", False)
    cancel(taken[2])
    assert offers() == []


def test_a_party_that_does_not_fit_is_passed_over_and_keeps_its_place():
    service = ServiceFactory(capacity=6, counts_people=True)
    two, four = paid(service, party=2), paid(service, party=4)
    joined(service, "four", party=4)
    joined(service, "two", party=2)
    cancel(two)
    assert offers() == ["two"]
    cancel(four)
    assert offers() == ["four"]
    assert drifts() == []


def test_one_window_is_offered_its_earliest_start(service):
    early, late = paid(service), paid(service, starts_at=start_in() + timedelta(minutes=30))
    entry = joined(service, minutes=60).entry
    cancel(late)
    cancel(early)
    offers()
    assert offer_of(entry).starts_at == start_in()


def test_places_are_offered_until_there_are_none_or_nobody():
    service = ServiceFactory(capacity=3)
    taken = [paid(service) for _ in range(3)]
    for name in ("a", "b", "c", "d"):
        joined(service, name)
    for booking in taken[:2]:
        cancel(booking)
    assert offers() == ["a", "b"]
    assert offers() == []
    cancel(taken[2])
    assert offers() == ["c"]
    assert (states(), drifts()) == (["offered", "offered", "offered", "waiting"], [])


def test_who_walks_in_first_has_it(service):
    first = paid(service)
    joined(service)
    cancel(first)
    held(service)
    assert (offers(), states()) == ([], ["waiting"])


def test_an_offer_ends_with_its_start(service):
    start = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=61)
    start -= timedelta(minutes=start.minute % 30)
    service.step_minutes = 30
    service.save()
    first = paid(service, starts_at=start)
    entry = joined(service, starts_from=start).entry
    cancel(first)
    offer_freed(now=start - timedelta(minutes=5))
    booking = offer_of(entry)
    assert booking.expires_at - booking.created_at == timedelta(minutes=5)


def test_what_begins_in_a_moment_is_offered_to_nobody(service):
    first = paid(service)
    joined(service)
    cancel(first)
    assert offer_freed(now=start_in() - timedelta(seconds=59)) == 0


def test_a_service_that_is_not_offered_any_more_offers_nothing(service):
    first = paid(service)
    joined(service)
    service.is_offered = False
    service.save()
    cancel(first)
    assert offers() == []


def test_a_home_visit_is_offered_for_the_address_it_was_waited_for(service):
    service.mode, service.travel_radius_metres = "at_home", 5000
    service.save()
    home = Point(24.95, 60.17)
    wanted = Wanted(service_id=service.id, starts_at=start_in(), destination=home, address="A 1")
    first = hold(wanted=wanted, holder=Holder(), now=timezone.now()).booking
    entry = joined(service, destination=home).entry
    release_hold(booking_id=first.id, now=timezone.now())
    assert offers() == ["aino"]
    assert offer_of(entry).point.coords == (24.95, 60.17)


def test_the_sweep_finds_what_no_trigger_told(service):
    paid(service)
    entry = joined(service).entry
    with connection.cursor() as cursor:
        cursor.execute("UPDATE booking_slot SET capacity = 2")
    Freed.objects.all().delete()
    service.__class__.objects.filter(id=service.id).update(capacity=2)
    Freed.objects.all().delete()
    assert offer_freed(now=timezone.now()) == 0
    sweep()
    entry.refresh_from_db()
    assert entry.state == "offered"


def test_an_entry_ends_when_nothing_in_its_window_can_be_booked_any_more(service):
    service.lead_minutes = 60
    service.save()
    paid(service)
    entry = joined(service).entry
    over = start_in() + timedelta(minutes=1) - timedelta(hours=1)
    assert end_past(now=over - timedelta(seconds=1)) == 0
    assert end_past(now=over) == 1
    entry.refresh_from_db()
    assert (entry.state, entry.ended_because) == ("ended", "window_past")
    assert Event.objects.filter(entry=entry).last().data["because"] == "window_past"


def test_an_offer_is_extended_once_as_any_hold(service):
    first = paid(service)
    entry = joined(service).entry
    cancel(first)
    offers()
    before = offer_of(entry).expires_at
    assert extend_hold(booking_id=offer_of(entry).id).expires_at - before == timedelta(minutes=10)


def test_an_offer_that_lapsed_cannot_be_booked(service):
    first = paid(service)
    entry = joined(service).entry
    cancel(first)
    offers()
    lapse(offer_of(entry))
    with pytest.raises(HoldExpired):
        take(entry)


class TestLetters:
    def test_the_letter_has_the_links_and_the_hour(self, service, client):
        first = paid(service)
        entry = joined(service, "aino").entry
        send_due(now=timezone.now())
        mail.outbox.clear()
        cancel(first)
        offers()
        now = timezone.now()
        send_due(now=now)
        subjects = {message.to[0]: message.subject for message in mail.outbox if "Cancelled" not in message.subject}
        assert subjects == {"aino@example.com": f"A place is free for you: {service.name}"}
        body = next(message.body for message in mail.outbox if message.subject.startswith("A place"))
        booking = offer_of(entry)
        token = re.search(rf"/bookings/{booking.id}#token=([\w-]+)", body)[1]
        shown = client.get(f"/v1/bookings/{booking.id}", headers={"Authorization": f"Bearer {token}"}).json()
        assert (shown["state"], shown["contact"]["name"]) == ("held", "Aino")
        token = re.search(rf"/waitlist/{entry.id}#token=([\w-]+)", body)[1]
        shown = client.get(f"/v1/waitlist/{entry.id}", headers={"Authorization": f"Bearer {token}"}).json()
        assert (shown["state"], shown["offer"]["booking_id"]) == ("offered", str(booking.id))
        assert re.search(r"until \d\d:\d\d \(Europe/Helsinki\)", body)

    def test_it_speaks_the_readers_language(self, service):
        first = paid(service)
        joined(service, language="zh-CN")
        cancel(first)
        offers()
        send_due(now=timezone.now())
        assert any(message.subject.startswith("有空位了") for message in mail.outbox)

    def test_an_offer_that_is_over_is_not_told_any_more(self, service):
        first = paid(service)
        entry = joined(service).entry
        cancel(first)
        offers()
        lapse(offer_of(entry))
        send_due(now=timezone.now())
        letter = Letter.objects.get(kind="waitlist_offered")
        assert (letter.sent_at, letter.send_at) == (None, None)
        assert not any(message.subject.startswith("A place") for message in mail.outbox)

    def test_the_end_of_an_offer_that_nobody_booked_is_not_told(self, service):
        first = paid(service)
        entry = joined(service).entry
        cancel(first)
        offers()
        release_hold(booking_id=offer_of(entry).id, now=timezone.now())
        assert list(
            Letter.objects.filter(booking=Booking.objects.latest("created_at")).values_list("kind", flat=True)
        ) == ["waitlist_offered"]

    def test_the_end_of_a_booking_that_came_of_an_offer_is(self, service):
        first = paid(service)
        entry = joined(service).entry
        cancel(first)
        offers()
        booking = take(entry)
        cancel(booking)
        kinds = Letter.objects.filter(booking=booking).order_by("id").values_list("kind", flat=True)
        assert list(kinds) == ["waitlist_offered", "confirmed", "cancelled"]


class TestDeath:
    """The process dies inside, between and after; what it left is taken up, and nothing is done twice."""

    @pytest.mark.parametrize(
        ("where", "made"), [("before_offer_is_kept", 0), ("after_offer", 1), ("before_notes_are_deleted", 2)]
    )
    @pytest.mark.django_db(transaction=True)
    def test_nothing_is_lost_and_nothing_is_done_twice(self, where, made):
        service = ServiceFactory(capacity=2)
        taken = [paid(service) for _ in range(2)]
        for name in ("a", "b", "c"):
            joined(service, name)
        for booking in taken:
            cancel(booking)
        arm(action_of(f"{where}=raise"))
        try:
            with pytest.raises(FailPointReached):
                offer_freed(now=timezone.now())
        finally:
            arm(None)
        assert Booking.objects.filter(state="held").count() == made
        assert Letter.objects.filter(kind="waitlist_offered").count() == made
        assert Freed.objects.exists()
        offer_freed(now=timezone.now())
        assert (states(), drifts()) == (["offered", "offered", "waiting"], [])
        assert Letter.objects.filter(kind="waitlist_offered").count() == 2
        assert not Freed.objects.exists()


class TestForgetting:
    def test_who_waited_long_ago_is_forgotten_and_who_booked_is_not(self, service):
        first = paid(service)
        aino, eino = joined(service, "aino", device="d", network="n").entry, joined(service, "eino").entry
        cancel(first)
        offers()
        declined = offer_of(aino)
        leave(entry_id=aino.id, now=timezone.now())
        offers()
        booked = take(eino)
        assert forget_guests(now=timezone.now()) == 0
        assert forget_guests(now=timezone.now() + timedelta(days=KEPT_DAYS, seconds=1)) == 2
        for entry in Entry.objects.all():
            assert (entry.name, entry.email, entry.customer_key, entry.device_key, entry.network_key) == ("",) * 5
        declined.refresh_from_db()
        booked.refresh_from_db()
        assert (declined.name, declined.email, booked.name, booked.email) == ("", "", "Eino", "eino@example.com")
        assert forget_guests(now=timezone.now() + timedelta(days=KEPT_DAYS, seconds=1)) == 0

    def test_who_waits_is_not(self, service):
        paid(service)
        joined(service)
        assert forget_guests(now=timezone.now() + timedelta(days=99)) == 0


@pytest.mark.parametrize("count", [1, 3])
def test_a_look_that_finds_nothing_costs_the_same_for_any_queue(service, count, django_assert_num_queries):
    paid(service)
    for number in range(count):
        joined(service, f"guest{number}")
    Freed.objects.all().delete()
    with django_assert_num_queries(8):
        assert offer_missed(now=timezone.now()) == 0
