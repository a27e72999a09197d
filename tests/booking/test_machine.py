"""Random lives of bookings beside a model in plain Python: the same is taken, the same refused, nothing drifts."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from booking.holds import release_hold
from booking.models import Booking, DealStock, Slot
from booking.refusals import BookingState, CustomerCapReached, HoldExpired, SlotFull, SoldOut
from booking.services import book, cancel_booking, change_time, fulfil_booking, settle_paid
from booking.upkeep import drifts, sweep_lapsed
from tests.booking.world import AINO, held, lapse, start_in
from tests.factories import BranchFactory, DealFactory, ServiceFactory

CAPACITY, STOCK, CAP = 2, 5, 2
TAKING = {"held", "awaiting_payment", "confirmed", "fulfilled"}


class Lives(RuleBasedStateMachine):
    """The model: for each booking its state, its slot, and whether its time is over."""

    bookings = Bundle("bookings")

    def __init__(self):
        super().__init__()
        self.point = transaction.savepoint()
        deal = DealFactory(fulfilment="reservation", stock=STOCK, per_customer_cap=CAP)
        self.service = ServiceFactory(
            branch=BranchFactory(merchant=deal.merchant), deal=deal, capacity=CAPACITY, cancellation=[[0, 100]]
        )
        self.rows = {}

    def teardown(self):
        transaction.savepoint_rollback(self.point)

    def taken(self, hour=None) -> int:
        return sum(row["state"] in TAKING and hour in {None, row["hour"]} for row in self.rows.values())

    def expire(self, hour=None):
        """What anybody who wants a place does first: of the deal's stock, so of all slots."""
        for row in self.rows.values():
            if row["lapsed"] and row["state"] in {"held", "awaiting_payment"} and hour in {None, row["hour"]}:
                row["state"] = "expired"

    def attempt(self, work, *refusals):
        """True when it was done; a refusal must be one of those named."""
        try:
            with transaction.atomic():
                work()
        except refusals:
            return False
        return True

    @rule(target=bookings, hour=st.integers(0, 2))
    def hold(self, hour):
        made = []
        done = self.attempt(
            lambda: made.append(held(self.service, starts_at=start_in(hours=hour)).booking), SlotFull, SoldOut
        )
        before = {key: row["state"] for key, row in self.rows.items()}
        self.expire()
        assert done == (self.taken(hour) < CAPACITY and self.taken() < STOCK)
        if not done:  # rolled back, the expiries with it
            for key, state in before.items():
                self.rows[key]["state"] = state
            return None
        self.rows[made[0].id] = {"state": "held", "hour": hour, "lapsed": False, "capped": False}
        return made[0].id

    @rule(key=bookings)
    def time_passes(self, key):
        if key and self.rows[key]["state"] in {"held", "awaiting_payment"}:
            lapse(Booking(id=key))
            self.rows[key]["lapsed"] = True

    @rule(key=bookings)
    def put_a_name_to(self, key):
        if not key:
            return
        row = self.rows[key]
        capped = sum(other["capped"] and other["state"] in TAKING for other in self.rows.values())
        done = self.attempt(
            lambda: book(booking_id=key, contact=AINO, user_id=None, now=timezone.now()),
            HoldExpired, BookingState, CustomerCapReached,
        )  # fmt: skip
        assert done == (row["state"] == "held" and not row["lapsed"] and capped < CAP)
        if done:
            row.update(state="awaiting_payment", capped=True)

    @rule(key=bookings)
    def pay(self, key):
        if not key:
            return
        row = self.rows[key]
        told = settle_paid(booking_id=key, amount_minor=1500, currency="EUR", now=timezone.now())
        assert (type(told).__name__ == "Confirmed") == (row["state"] == "awaiting_payment")
        if row["state"] == "awaiting_payment":
            row["state"] = "confirmed"

    @rule(key=bookings)
    def cancel(self, key):
        if not key:
            return
        row = self.rows[key]
        done = self.attempt(
            lambda: cancel_booking(booking_id=key, by="customer", now=timezone.now()), BookingState, HoldExpired
        )
        assert done == (row["state"] in {"held", "awaiting_payment", "confirmed", "cancelled"})
        if done:
            row["state"] = "cancelled"

    @rule(key=bookings)
    def release(self, key):
        if not key:
            return
        row = self.rows[key]
        done = self.attempt(lambda: release_hold(booking_id=key, now=timezone.now()), BookingState)
        assert done == (row["state"] in {"held", "awaiting_payment", "cancelled", "expired"})
        if row["state"] in {"held", "awaiting_payment"}:
            row["state"] = "cancelled"

    @rule(key=bookings, hour=st.integers(0, 2))
    def move(self, key, hour):
        if not key:
            return
        row = self.rows[key]
        before = {name: other["state"] for name, other in self.rows.items()}
        done = self.attempt(
            lambda: change_time(booking_id=key, starts_at=start_in(hours=hour), now=timezone.now()),
            SlotFull, BookingState, HoldExpired,
        )  # fmt: skip
        if row["state"] == "confirmed" and hour == row["hour"]:
            assert done
            return
        self.expire(hour)
        assert done == (row["state"] == "confirmed" and self.taken(hour) < CAPACITY)
        if done:
            row["hour"] = hour
        else:
            for name, state in before.items():
                self.rows[name]["state"] = state

    @rule(key=consumes(bookings))
    def come(self, key):
        if not key:
            return
        row = self.rows[key]
        done = self.attempt(lambda: fulfil_booking(booking_id=key, now=timezone.now()), BookingState, HoldExpired)
        assert done == (row["state"] in {"confirmed", "fulfilled"})
        if done:
            row["state"] = "fulfilled"

    @rule()
    def sweep(self):
        sweep_lapsed()
        self.expire()

    @invariant()
    def nothing_drifts(self):
        assert drifts() == []
        assert dict(Booking.objects.values_list("id", "state")) == {key: row["state"] for key, row in self.rows.items()}
        for slot in Slot.objects.all():
            hour = (slot.starts_at - start_in()) // timedelta(hours=1)
            assert slot.taken == self.taken(hour) <= CAPACITY
        stock = DealStock.objects.first()
        assert (stock.taken if stock else 0) == self.taken() <= STOCK


class TestLives(Lives.TestCase, TestCase):
    settings = settings(
        max_examples=15, stateful_step_count=25, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
