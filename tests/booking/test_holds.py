"""What a hold takes, when it is refused, and that it gives back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from booking import refusals
from booking.bookable import bookable
from booking.holds import Holder, Wanted, extend_hold, hold, release_hold
from booking.models import Booking, DealStock, Event, Resource, Slot
from booking.rooms import offered
from booking.services import book, change_time
from booking.upkeep import drifts, sweep_lapsed
from config.errors import InvalidParameter, NotFound
from config.instants import instant_text
from geo.types import Box, Point
from tests.booking.world import AINO, booked, held, lapse, paid, soon, start_in
from tests.factories import BranchFactory, DealFactory, MerchantFactory, ServiceFactory

pytestmark = pytest.mark.django_db


CLOSED_THEN = {"exceptions": {(start_in() + timedelta(days=n)).date().isoformat(): [] for n in (-1, 0, 1)}}


FAR_HOME = {"destination": Point(25.5, 60.2), "address": "A 1"}


def taken() -> list[int]:
    return list(Slot.objects.order_by("starts_at").values_list("taken", flat=True))


def test_a_hold_takes_a_unit_for_ten_minutes_and_copies_the_terms():
    service = ServiceFactory(deposit_percent=25, cancellation=[[1440, 100]], commission_bps=1500)
    made = held(service, party=4, trace_id="trace-1", channel="web", partner="p").booking
    kept = Booking.objects.get()
    assert kept.expires_at - kept.created_at == timedelta(minutes=10)
    assert (kept.id, kept.state, kept.price_minor, kept.deposit_minor, kept.commission_bps) == (
        made.id,
        "held",
        2000,
        500,
        1500,
    )
    assert kept.policy == {"deposit_percent": 25, "no_show_fee_percent": 100, "tiers": [[1440, 100]]}
    assert taken() == [1]
    (event,) = Event.objects.all()
    assert (event.kind, event.booking_id, event.trace_id, event.channel, event.partner) == (
        "held",
        made.id,
        "trace-1",
        "web",
        "p",
    )


def test_people_are_counted_where_units_are_people():
    service = ServiceFactory(capacity=5, counts_people=True, price_is_per_person=True)
    assert held(service, party=3).booking.price_minor == 6000
    with pytest.raises(refusals.SlotFull):
        held(service, party=3)
    assert held(service, party=2).booking.units == 2
    assert drifts() == []


def test_a_full_slot_is_refused_and_the_next_one_is_not():
    service = ServiceFactory(capacity=1)
    held(service)
    with transaction.atomic(), pytest.raises(refusals.SlotFull):
        held(service)
    held(service, starts_at=start_in(hours=1))
    assert taken() == [1, 1]


def test_what_has_lapsed_is_free_at_once_without_a_sweeper():
    service = ServiceFactory(capacity=1)
    first = held(service).booking
    lapse(first)
    second = held(service).booking
    first.refresh_from_db()
    assert (first.state, second.state, taken()) == ("expired", "held", [1])


def test_a_lapsed_hold_on_another_slot_gives_back_the_stock_of_the_deal():
    deal = DealFactory(stock=1, fulfilment="reservation")
    service = ServiceFactory(branch=BranchFactory(merchant=deal.merchant), deal=deal)
    first = held(service).booking
    with pytest.raises(refusals.SoldOut):
        held(service, starts_at=start_in(hours=2))
    assert taken() == [1]
    lapse(first)
    held(service, starts_at=start_in(hours=2))
    assert (taken(), DealStock.objects.get().taken, drifts()) == ([0, 1], 1, [])


def test_a_deal_without_a_slot_takes_from_its_stock():
    deal = DealFactory(stock=3)
    branch = BranchFactory(merchant=deal.merchant)
    wanted = Wanted(deal_id=deal.id, place_id=branch.id, party=2)
    made = hold(wanted=wanted, holder=Holder(), now=timezone.now()).booking
    assert (made.price_minor, made.list_price_minor, made.starts_at) == (3000, 4000, None)
    with pytest.raises(refusals.SoldOut):
        hold(wanted=wanted, holder=Holder(), now=timezone.now())


@pytest.mark.parametrize(
    ("service", "wanted", "refusal"),
    [
        (CLOSED_THEN, {}, refusals.SlotUnavailable),
        ({}, {"starts_at": start_in(hours=0) + timedelta(minutes=7)}, refusals.SlotUnavailable),
        ({"lead_minutes": 60 * 24 * 4}, {}, refusals.SlotUnavailable),
        ({"horizon_days": 1}, {}, refusals.SlotUnavailable),
        ({}, {"party": 9}, InvalidParameter),
        ({}, {"starts_at": None}, InvalidParameter),
        ({"is_offered": False}, {}, NotFound),
        ({"mode": "at_home"}, {}, InvalidParameter),
        ({"mode": "at_home", "travel_radius_metres": 1000}, FAR_HOME, refusals.OutsideArea),
    ],
)  # fmt: skip
def test_what_cannot_be_booked_is_refused_and_takes_nothing(service, wanted, refusal):
    made = ServiceFactory(**service)
    asked = {"service_id": made.id, "starts_at": start_in(), **wanted}
    with pytest.raises(refusal):
        hold(wanted=Wanted(**asked), holder=Holder(), now=timezone.now())
    assert (Booking.objects.count(), sum(taken())) == (0, 0)


@pytest.mark.parametrize(
    "deal",
    [{"state": "draft"}, {"state": "ended"}, {"all_branches": False}, {"merchant": MerchantFactory}],
)
def test_a_deal_that_is_not_for_sale_here_is_refused(deal):
    branch = BranchFactory()
    facts = {"merchant": branch.merchant, "fulfilment": "reservation", **deal}
    if callable(facts["merchant"]):
        facts["merchant"] = facts["merchant"]()
    service = ServiceFactory(branch=branch, deal=DealFactory(**facts))
    with pytest.raises(refusals.DealUnavailable):
        held(service)


def test_a_customer_holds_a_few_places_at_a_time(settings):
    settings.HOLDS_PER_CUSTOMER = 2
    service = ServiceFactory()
    first = held(service, device="a").booking
    held(service, device="a")
    with transaction.atomic(), pytest.raises(refusals.TooManyHolds):
        held(service, device="a")
    held(service, device="b")
    lapse(first)
    held(service, device="a")


def test_units_of_one_start_are_bounded_too(settings):
    settings.HELD_UNITS_PER_CUSTOMER, settings.HELD_UNITS_PER_NETWORK = 6, 9
    service = ServiceFactory(capacity=99, counts_people=True)
    first = held(service, party=8, device="a", network="n").booking  # one party alone may be as large as it is
    with pytest.raises(refusals.TooManyHolds) as told:
        held(service, party=1, device="a")
    assert told.value.members["limit"] == 6
    held(service, party=1, device="b", network="n")
    with pytest.raises(refusals.TooManyHolds):
        held(service, party=1, device="c", network="n")
    held(service, party=8, device="a", network="n", starts_at=start_in(hours=1))  # another start
    lapse(first)
    held(service, party=5, device="a", network="n")
    assert taken() == [6, 8]


def test_units_of_one_deal_are_bounded_too(settings):
    settings.HELD_UNITS_PER_NETWORK = 25
    deals = [DealFactory(stock=100), DealFactory(stock=None)]
    for deal in deals:
        place_id = BranchFactory(merchant=deal.merchant).id

        def buy(count, deal=deal, place_id=place_id):
            wanted = Wanted(deal_id=deal.id, place_id=place_id, party=count)
            return hold(wanted=wanted, holder=Holder(network="n"), now=timezone.now())

        buy(20)
        with pytest.raises(refusals.TooManyHolds):
            buy(6)
        buy(5)


def test_the_stock_of_a_deal_is_one_thing_at_whatever_time(settings):
    settings.HELD_UNITS_PER_CUSTOMER = 4
    deal = DealFactory(stock=100, fulfilment="reservation")
    service = ServiceFactory(branch=BranchFactory(merchant=deal.merchant), deal=deal, price_is_per_person=True)
    held(service, party=3, device="a")
    with pytest.raises(refusals.TooManyHolds):
        held(service, party=2, device="a", starts_at=start_in(hours=1))
    held(service, party=1, device="a", starts_at=start_in(hours=1))


def test_who_finds_it_full_is_told_when_to_try_again():
    service = ServiceFactory(capacity=2)
    first = held(service).booking
    paid(service)
    with pytest.raises(refusals.SlotFull) as told:
        held(service)
    assert told.value.members == {"retry_at": instant_text(first.expires_at)}
    lapse(first)
    paid(service)
    with pytest.raises(refusals.SlotFull) as told:
        held(service)
    assert told.value.members == {}


def test_who_finds_no_table_is_told_when_to_try_again():
    service = one_table()
    service.resources.add(Resource.objects.create(branch=service.branch, name="too small", seats=1))
    held(service, party=1, starts_at=start_in() + timedelta(minutes=30))
    other = held(service, party=3).booking
    with pytest.raises(refusals.SlotFull) as told:
        held(service, party=3, starts_at=start_in() + timedelta(minutes=30))
    assert told.value.members == {"retry_at": instant_text(other.expires_at)}


@pytest.mark.parametrize(
    ("terms", "is_moved"),
    [
        ({"deposit_percent": 0}, True),  # nothing was paid, and nothing is given back: nothing is lost
        ({"cancellation": [[0, 100]]}, True),
        ({}, False),
        ({"cancellation": [[0, 50]]}, False),
    ],
)
def test_what_would_forfeit_nothing_can_be_moved(terms, is_moved):
    booking = paid(ServiceFactory(**terms))
    starts_at = start_in(hours=5)
    if is_moved:
        assert change_time(booking_id=booking.id, starts_at=starts_at, now=timezone.now()).starts_at == starts_at
    else:
        with pytest.raises(refusals.BookingState):
            change_time(booking_id=booking.id, starts_at=starts_at, now=timezone.now())


@pytest.mark.parametrize(("deposit", "fee", "told"), [(0, 100, 0), (25, 100, 500), (100, 30, 600)])
def test_the_no_show_fee_is_no_more_than_what_is_paid(deposit, fee, told):
    service = ServiceFactory(deposit_percent=deposit, no_show_fee_percent=fee)
    assert held(service).booking.no_show_fee_minor == told


def test_a_hold_is_extended_once_and_released_once():
    service = ServiceFactory()
    made = held(service).booking
    until = made.expires_at
    assert extend_hold(booking_id=made.id).expires_at == until + timedelta(minutes=10)
    with pytest.raises(refusals.ExtendedAlready):
        extend_hold(booking_id=made.id)
    for _ in range(2):
        assert release_hold(booking_id=made.id, now=timezone.now()).state == "cancelled"
    assert (taken(), list(Event.objects.values_list("kind", flat=True))) == ([0], ["held", "extended", "cancelled"])


IN_FIVE_MINUTES = {"duration_minutes": 5, "step_minutes": 5, "lead_minutes": 0}


def test_nothing_is_kept_unpaid_past_its_start():
    """Neither by holding nor by extending, nor while it awaits its payment."""
    made = held(ServiceFactory(**IN_FIVE_MINUTES), starts_at=soon()).booking
    assert made.expires_at == made.starts_at
    assert extend_hold(booking_id=made.id).expires_at == made.starts_at
    assert book(booking_id=made.id, contact=AINO, user_id=None, now=timezone.now()).expires_at == made.starts_at
    made.refresh_from_db()
    assert (made.state, made.expires_at) == ("awaiting_payment", made.starts_at)


def test_a_deal_without_a_time_is_kept_as_long_as_ever():
    deal = DealFactory(stock=3)
    wanted = Wanted(deal_id=deal.id, place_id=BranchFactory(merchant=deal.merchant).id)
    made = hold(wanted=wanted, holder=Holder(), now=timezone.now()).booking
    assert made.expires_at == made.created_at + timedelta(minutes=10)
    book(booking_id=made.id, contact=AINO, user_id=None, now=timezone.now())
    made.refresh_from_db()
    assert made.expires_at > made.created_at + timedelta(minutes=15)


@pytest.mark.parametrize(("seconds", "is_held"), [(60, True), (59, False), (0, False), (-1, False)])
def test_a_start_is_held_until_a_minute_before(seconds, is_held):
    """And told to be free as long."""
    service = ServiceFactory(**IN_FIVE_MINUTES)
    start = soon()
    now = start - timedelta(seconds=seconds)
    told = offered([service], since=start, until=start + timedelta(minutes=1), party=1, now=now)[0].openings
    near = bookable(minute=int(start.timestamp()) // 60, party=1, boxes=[Box(24.9, 60.1, 25.0, 60.2)], now=now)
    assert ([each.starts_at for each in told], len(near)) == ([start] * is_held, is_held)
    wanted = Wanted(service_id=service.id, starts_at=start)
    if is_held:
        assert hold(wanted=wanted, holder=Holder(), now=now).booking.expires_at == start
    else:
        with pytest.raises(refusals.SlotUnavailable) as refused:
            hold(wanted=wanted, holder=Holder(), now=now)
        assert refused.value.members["limit"] == 1
        assert (Booking.objects.count(), taken()) == (0, [])


def test_a_lapsed_hold_is_not_extended():
    made = held(ServiceFactory()).booking
    lapse(made)
    with pytest.raises(refusals.HoldExpired):
        extend_hold(booking_id=made.id)


def test_a_table_serves_one_party_at_a_time_buffers_included():
    service = ServiceFactory(capacity=9, duration_minutes=60, buffer_after_minutes=30)
    for seats in (2, 4):
        service.resources.add(Resource.objects.create(branch=service.branch, name=f"for {seats}", seats=seats))
    first = held(service, party=2).booking
    assert first.occupancies.get().resource.seats == 2
    held(service, party=2)
    with transaction.atomic(), pytest.raises(refusals.SlotFull), transaction.atomic():
        held(service, party=2, starts_at=start_in(hours=1))
    held(service, party=2, starts_at=start_in(hours=2))
    release_hold(booking_id=first.id, now=timezone.now())
    with transaction.atomic(), pytest.raises(refusals.SlotFull), transaction.atomic():
        held(service, party=3)
    held(service, party=1)
    assert drifts() == []


def one_table(**facts):
    """The only table serves an hour; starts are every half hour."""
    service = ServiceFactory(capacity=9, duration_minutes=60, step_minutes=30, **facts)
    service.resources.add(Resource.objects.create(branch=service.branch, name="the only one", seats=4))
    return service


def test_a_lapsed_hold_gives_back_its_table_for_every_start_that_wants_it():
    service = one_table()
    first = held(service).booking
    with transaction.atomic(), pytest.raises(refusals.SlotFull), transaction.atomic():
        held(service, starts_at=start_in() + timedelta(minutes=30))
    lapse(first)
    second = held(service, starts_at=start_in() + timedelta(minutes=30)).booking
    first.refresh_from_db()
    assert (first.state, second.occupancies.count(), taken(), drifts()) == ("expired", 1, [0, 1], [])


def test_a_booking_moves_to_a_table_that_a_lapsed_hold_had():
    service = one_table(cancellation=[[0, 100]])
    mine = paid(service, starts_at=start_in(hours=5))
    lapse(held(service).booking)
    moved = change_time(booking_id=mine.id, starts_at=start_in() + timedelta(minutes=30), now=timezone.now())
    assert (moved.occupancies.count(), taken(), drifts()) == (1, [0, 1, 0], [])


def test_what_others_still_hold_is_not_taken_from_them():
    service = one_table()
    held(service)
    lapse(held(service, starts_at=start_in(hours=5)).booking)
    with transaction.atomic(), pytest.raises(refusals.SlotFull), transaction.atomic():
        held(service, starts_at=start_in() + timedelta(minutes=30))
    assert list(Booking.objects.values_list("state", flat=True)) == ["held", "held"]


def test_the_sweeper_ends_holds_of_deals_without_stock_too():
    deal = DealFactory(stock=None)
    wanted = Wanted(deal_id=deal.id, place_id=BranchFactory(merchant=deal.merchant).id)
    made = hold(wanted=wanted, holder=Holder(), now=timezone.now()).booking
    lapse(made)
    assert (sweep_lapsed(), sweep_lapsed()) == (1, 0)
    made.refresh_from_db()
    assert made.state == "expired"


def test_the_sweeper_lets_go_of_what_has_lapsed_and_nothing_else():
    service = ServiceFactory()
    lapsed, waiting, live, sold = held(service).booking, booked(service), held(service).booking, paid(service)
    lapse(lapsed, waiting)
    assert sweep_lapsed() == 2
    assert sweep_lapsed() == 0
    assert [Booking.objects.get(id=each.id).state for each in (lapsed, waiting, live, sold)] == [
        "expired", "expired", "held", "confirmed",
    ]  # fmt: skip
    assert (taken(), drifts()) == ([2], [])


def test_the_sweeper_waits_for_a_payment_of_the_last_moment_and_who_wants_the_place_does_not():
    service = ServiceFactory(capacity=2)
    hold, waiting = held(service).booking, booked(service)
    Booking.objects.update(expires_at=timezone.now() - timedelta(seconds=20))
    assert sweep_lapsed() == 1
    assert [Booking.objects.get(id=each.id).state for each in (hold, waiting)] == ["expired", "awaiting_payment"]
    held(service)
    held(service)
    assert (Booking.objects.get(id=waiting.id).state, taken(), drifts()) == ("expired", [2], [])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE booking_booking SET state = 'fulfilled'",
        "UPDATE booking_booking SET state = 'expired'; UPDATE booking_booking SET state = 'held'",
        "UPDATE booking_booking SET price_minor = 1, deposit_minor = 1",
        "UPDATE booking_booking SET state = 'confirmed'",
        "DELETE FROM booking_booking",
        "UPDATE booking_slot SET taken = capacity + 1",
        "UPDATE booking_slot SET taken = -1",
        "UPDATE booking_event SET kind = 'nothing'",
        (
            "INSERT INTO booking_booking (state, branch_id, service_id, title, price_minor, list_price_minor, currency,"
            " deposit_minor, token_hash, policy, expires_at) SELECT 'confirmed', branch_id, service_id, '', 0, 0,"
            " 'EUR', 0, 'x', '{}', now() FROM booking_booking"
        ),
    ],
)
def test_psql_cannot_break_it_either(statement):
    held(ServiceFactory())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_state_that_psql_may_change_gives_back_all_the_same():
    held(ServiceFactory())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE booking_booking SET state = 'cancelled'")
    assert (taken(), drifts()) == ([0], [])


def test_the_checker_sees_a_counter_that_is_wrong():
    held(ServiceFactory())
    Slot.objects.update(taken=2)
    assert [(each.what, each.counted, each.taken) for each in drifts()] == [("slot", 2, 1)]
    with pytest.raises(CommandError, match="1 counters"):
        call_command("check_bookings")
    Slot.objects.update(taken=1)
    call_command("check_bookings")


def test_a_service_that_shrinks_keeps_what_is_sold():
    service = ServiceFactory(capacity=4)
    held(service)
    held(service)
    service.capacity = 1
    service.save()
    slot = Slot.objects.get()
    assert (slot.capacity, slot.taken) == (2, 2)
