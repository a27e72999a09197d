"""Pay, cancel and expire at the last second: every order of their statements ends in an allowed state (R4).

Each use case runs on a connection of its own and stops before each statement and before its commit until the scheduler
lets it go on. One that waits for a lock is left waiting and the next is let go, as it would be.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone

from booking.models import Booking
from booking.services import Confirmed, NotBookable, cancel_booking, settle_paid
from booking.taking import reclaim
from booking.upkeep import drifts
from config.errors import CodedError
from tests.booking.world import booked, lapse
from tests.factories import ServiceFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ORDERS = int(os.environ.get("VICINITY_INTERLEAVINGS", "15"))
"""How many are drawn of each pair and triple; more than there are: all."""


class Actor:
    """One use case on its own thread and connection, one statement at a time."""

    def __init__(self, work):
        self.go, self.stopped = threading.Semaphore(0), threading.Event()
        self.pid = self.result = None
        self.done = False
        self.thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self.thread.start()
        assert self.stopped.wait(20)

    def _gate(self):
        self.stopped.set()
        assert self.go.acquire(timeout=60)

    def _run(self, work):
        try:
            connection.ensure_connection()
            self.pid = connection.connection.info.backend_pid
            commit = connection.commit
            connection.commit = lambda: (self._gate(), commit())[1]

            def before(execute, sql, params, many, context):
                self._gate()
                return execute(sql, params, many, context)

            with connection.execute_wrapper(before):
                self.result = work()
        except CodedError as error:
            self.result = error
        finally:
            del connection.commit
            self.done = True
            self.stopped.set()
            connection.close()

    def step(self) -> None:
        """Let go one statement; come back when it has run, or waits for a lock."""
        self.stopped.clear()
        self.go.release()
        while not self.stopped.wait(0.02):
            if self.waits():
                return

    def waits(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [self.pid])
            return cursor.fetchone()[0]

    @property
    def ready(self) -> bool:
        return self.stopped.is_set() and not self.done


def play(works: dict, order: list[str]) -> dict:
    """Run the use cases with their statements in this order, as far as locks allow; their results."""
    actors = {name: Actor(work) for name, work in works.items()}
    for name in [*order, *[name for _ in range(20) for name in works]]:
        if actors[name].ready:
            actors[name].step()
    deadline = time.monotonic() + 60
    while not all(actor.done for actor in actors.values()):
        for actor in actors.values():
            if actor.ready:
                actor.step()
        assert time.monotonic() < deadline
    for actor in actors.values():
        actor.thread.join(20)
    return {name: actor.result for name, actor in actors.items()}


def pay(booking):
    return lambda: settle_paid(
        booking_id=booking.id, amount_minor=booking.deposit_minor, currency="EUR", now=timezone.now()
    )


def cancel(booking):
    return lambda: cancel_booking(booking_id=booking.id, by="customer", now=timezone.now())


def expire(booking):
    def work():
        with transaction.atomic():
            return reclaim(slot_id=booking.slot_id, deal_id=None)

    return work


STEPS = {"pay": 3, "pay_again": 3, "cancel": 3, "expire": 4}
USE_CASES = {"pay": pay, "pay_again": pay, "cancel": cancel, "expire": expire}
CASTS = [
    ("pay", "expire"),
    ("pay", "cancel"),
    ("cancel", "expire"),
    ("pay", "cancel", "expire"),
    ("pay", "pay_again", "expire"),
]


def all_orders(left: dict[str, int]) -> Iterator[tuple[str, ...]]:
    """Every way to put the statements of all in one row, each one's own in their order."""
    if not any(left.values()):
        yield ()
    for name, count in left.items():
        if count:
            yield from ((name, *rest) for rest in all_orders({**left, name: count - 1}))


def orders_of(cast, wanted: int) -> list[tuple[str, ...]]:
    """All of them, or so many drawn from a fixed seed."""
    found = list(all_orders({name: STEPS[name] for name in cast}))
    return found if len(found) <= wanted else random.Random(7).sample(found, wanted)


def check(booking: Booking, results: dict) -> str:
    """The end is allowed, told rightly, and gives back what it does not keep. Its name."""
    booking.refresh_from_db()
    paid = [result for name, result in results.items() if name.startswith("pay")]
    confirmed = sum(isinstance(result, Confirmed) for result in paid)
    assert all(isinstance(result, Confirmed | NotBookable) for result in paid)
    assert confirmed <= 1
    if confirmed:
        # The money was taken: it bought the booking, or goes back by the policy.
        assert booking.paid_minor == booking.deposit_minor
        assert booking.state in {"confirmed", "cancelled"}
        assert booking.state == "confirmed" or booking.refund_due_minor == booking.paid_minor
    else:
        assert (booking.state, booking.paid_minor) in {("cancelled", 0), ("expired", 0)}
    assert drifts() == []
    assert booking.slot.taken == (1 if booking.state == "confirmed" else 0)
    return f"{booking.state} with {booking.paid_minor} paid"


@pytest.mark.parametrize("cast", CASTS, ids="-".join)
def test_every_order_of_statements_ends_in_an_allowed_state(cast):
    service = ServiceFactory(capacity=1, cancellation=[[0, 100]])
    seen: Counter[str] = Counter()
    for order in orders_of(cast, ORDERS):
        booking = booked(service)
        lapse(booking)
        booking.refresh_from_db()
        seen[check(booking, play({name: USE_CASES[name](booking) for name in cast}, list(order)))] += 1
        finish(booking)
    print(f"{' '.join(cast)}: {sum(seen.values())} orders, {dict(seen)}")  # noqa: T201  -rP shows it
    assert len(seen) > 1


def finish(booking):
    """Room for the next."""
    if booking.state == "confirmed":
        cancel_booking(booking_id=booking.id, by="merchant", now=timezone.now())


def unguarded_pay(booking_id: UUID):
    """What not to do: look without a lock, then write."""

    def work():
        booking = Booking.objects.get(id=booking_id)
        if booking.state != "awaiting_payment":
            return NotBookable(booking_id, booking.state)
        Booking.objects.filter(id=booking_id).update(state="confirmed", paid_minor=booking.deposit_minor)
        return Confirmed(booking_id)

    return work


def test_control_paying_without_the_lock_is_confirmed_twice():
    """Both payers see a booking that waits, and both keep the money for it."""
    booking = booked(ServiceFactory())
    works = {"one": unguarded_pay(booking.id), "two": unguarded_pay(booking.id)}
    results = play(works, ["one", "two", "one", "two"])
    assert [type(result) for result in results.values()] == [Confirmed, Confirmed]
