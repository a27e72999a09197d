"""Many who free, join, walk in, leave and offer at once: no oversell, no double offer, nobody passed over (R1)."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from booking.holds import Holder, Wanted, hold, release_hold
from booking.letters.models import Letter
from booking.models import Booking, Event
from booking.upkeep import drifts
from booking.waitlist.joining import leave
from booking.waitlist.models import Entry, Freed
from booking.waitlist.offering import offer_freed, offer_missed
from config.errors import CodedError
from tests.booking.waitlist.world import joined
from tests.booking.world import held, start_in
from tests.concurrency.rivals import ROOT, WORKERS, all_at_once, dsn, tally
from tests.factories import ServiceFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROUNDS = int(os.environ.get("VICINITY_WAITLIST_ROUNDS", "6"))


def offers_of() -> Counter:
    """How many offers each entry was made, by the stream."""
    return Counter(Event.objects.filter(kind="waitlist_offered").values_list("entry", flat=True))


def live_offers() -> int:
    return Booking.objects.filter(state="held").exclude(email="").count()


def queue() -> list[str]:
    return list(Entry.objects.order_by("joined_at", "id").values_list("state", flat=True))


def test_rivals_who_free_and_offer_serve_the_queue_in_its_order():
    """Sixteen give back a place each and offer at the same moment; twice as many wait."""
    service = ServiceFactory(capacity=WORKERS)
    holds = [held(service).booking for _ in range(WORKERS)]
    for number in range(2 * WORKERS):
        joined(service, f"guest{number}")

    def work(number: int) -> None:
        release_hold(booking_id=holds[number].id, now=timezone.now())
        offer_freed(now=timezone.now())

    all_at_once(work)
    offer_freed(now=timezone.now())
    assert queue() == ["offered"] * WORKERS + ["waiting"] * WORKERS
    assert (set(offers_of().values()), live_offers(), tally(), drifts()) == ({1}, WORKERS, (WORKERS, 0, 0), [])
    assert Letter.objects.filter(kind="waitlist_offered").count() == WORKERS


def offer_without_guards() -> Booking | None:
    """What not to do: look who is first, take a place, then write who has it."""
    first = Entry.objects.filter(state="waiting").order_by("joined_at").first()
    if first is None:
        return None
    try:
        booking = hold(
            wanted=Wanted(service_id=first.service_id, starts_at=start_in()), holder=Holder(), now=timezone.now()
        ).booking
    except CodedError:
        return None
    with transaction.atomic():
        Booking.objects.filter(id=booking.id).update(email=first.email)
        Entry.objects.filter(id=first.id).update(state="offered", offer=booking.id, offers_left=first.offers_left - 1)
    return booking


def test_control_without_the_guards_one_guest_has_several_offers():
    service = ServiceFactory(capacity=WORKERS)
    holds = [held(service).booking for _ in range(WORKERS)]
    for number in range(2 * WORKERS):
        joined(service, f"guest{number}")
    for booking in holds:
        release_hold(booking_id=booking.id, now=timezone.now())
    all_at_once(lambda _: offer_without_guards())
    given = Counter(Booking.objects.filter(state="held").exclude(email="").values_list("email", flat=True))
    print(f"control: {sum(given.values())} offers to {len(given)} guests")  # noqa: T201  -rP shows it
    assert max(given.values()) > 1


def test_in_any_disorder_no_place_is_lost_or_sold_twice_and_nobody_is_passed_over():
    """Holds, releases, joins, leaves and declines at random by sixteen, for a few rounds, over some starts."""
    service = ServiceFactory(capacity=2)
    starts = [start_in() + timedelta(minutes=30 * n) for n in range(4)]
    for start in starts:
        for _ in range(2):
            held(service, starts_at=start)
    for number in range(WORKERS):
        joined(service, f"guest{number}", starts_from=starts[0], minutes=120)

    def work(number: int) -> Counter:
        chance, seen = random.Random(number), Counter()
        for turn in range(ROUNDS):
            what = chance.choice(["release", "release", "join", "hold", "leave", "offer", "offer"])
            try:
                if what == "join":
                    joined(service, f"guest{number}x{turn}", starts_from=chance.choice(starts))
                elif what == "hold":
                    held(service, starts_at=chance.choice(starts))
                elif what == "leave":
                    entry = Entry.objects.filter(state__in=["waiting", "offered"]).order_by("?").first()
                    if entry is not None:
                        leave(entry_id=entry.id, now=timezone.now())
                elif what == "release":
                    booking = Booking.objects.filter(state="held").order_by("?").first()
                    if booking is not None:
                        release_hold(booking_id=booking.id, now=timezone.now())
                else:
                    offer_freed(now=timezone.now())
                seen[what] += 1
            except CodedError as refused:
                seen[refused.code] += 1
        return seen

    seen = sum(all_at_once(work), Counter())
    print(f"{sum(seen.values())} steps: {dict(seen)}")  # noqa: T201  -rP shows it
    while Freed.objects.exists():
        offer_freed(now=timezone.now())
    assert (tally()[1:], drifts()) == ((0, 0), [])
    missed = offer_missed(now=timezone.now())
    assert missed == 0
    for entry in Entry.objects.filter(state="offered").select_related("offer"):
        assert entry.offer is not None
        assert entry.offer.state == "held"
    tied = Booking.objects.filter(state="held").exclude(email="")
    assert set(tied.values_list("id", flat=True)) == set(
        Entry.objects.filter(state="offered").values_list("offer", flat=True)
    )


@pytest.mark.parametrize(
    "where", ["before_offer_is_kept=exit:2", "after_offer=exit:2", "before_notes_are_deleted=exit"]
)
def test_a_worker_that_is_killed_loses_nothing_and_the_next_does_nothing_twice(where):
    service = ServiceFactory(capacity=4)
    holds = [held(service).booking for _ in range(4)]
    for number in range(5):
        joined(service, f"guest{number}")
    for booking in holds:
        release_hold(booking_id=booking.id, now=timezone.now())
    offering = (
        "import django; django.setup()\n"
        "from django.utils import timezone; from booking.waitlist.offering import offer_freed\n"
        "offer_freed(now=timezone.now())"
    )
    environment = {
        **os.environ,
        "DATABASE_URL": dsn().replace("postgresql://", "postgis://"),
        "SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }

    def run(**more: str) -> int:
        return subprocess.run(
            [sys.executable, "-c", offering], cwd=ROOT, env={**environment, **more}, check=False, timeout=120
        ).returncode

    assert run(VICINITY_FAILPOINT=where) == 137
    assert Freed.objects.exists()
    assert live_offers() == Letter.objects.filter(kind="waitlist_offered").count()
    assert run() == 0
    assert queue() == ["offered"] * 4 + ["waiting"]
    assert (set(offers_of().values()), live_offers(), drifts(), Freed.objects.exists()) == ({1}, 4, [], False)
    assert Letter.objects.filter(kind="waitlist_offered").count() == 4
