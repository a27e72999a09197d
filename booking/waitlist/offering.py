"""Offers: who waits longest, of those whom a free place fits, gets it held for them (docs/waitlist.md).

An offer is a booking in the state `held`, taken by the same one statement as any (booking.taking), so a place that
somebody else was quicker to hold is simply not there any more. One service's offers are made one after the other; each
is a transaction in which the place is taken, the entry is marked and the letter is owed, or nothing is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from booking import selectors
from booking.holds import Holder, Wanted, hold_seconds, hold_slot, keys_of
from booking.models import Booking, Service
from booking.rooms import on_sale, openings_of, rooms_of, starts_of
from booking.waitlist.models import Entry, Freed
from booking.waitlist.queue import lock_queue
from config.errors import CodedError
from config.failpoints import failpoint
from geo.types import Point

State = Entry.State
SHORTEST_OFFER_SECONDS = 60
"""A place that begins sooner is offered to nobody."""
NOTES_AT_ONCE = 500


class _Gone(Exception):
    pass


def offer_freed(*, now: datetime) -> int:
    """Make the offers that are due at services where something came free. How many.

    What says so is deleted when all of it is done: who dies before leaves it to the next, who finds the offers made.
    """
    notes = list(Freed.objects.order_by("id").values_list("id", "service_id")[:NOTES_AT_ONCE])
    made = sum(offer_all(service_id, now=now) for service_id in sorted({service for _, service in notes}))
    failpoint("before_notes_are_deleted")
    Freed.objects.filter(id__in=[note for note, _ in notes]).delete()
    return made


def offer_missed(*, now: datetime) -> int:
    """The same for every service that somebody waits for, whether anything was said to be free or not. How many."""
    waited_for = Entry.objects.filter(state=State.WAITING).order_by("service").values_list("service", flat=True)
    return sum(offer_all(service_id, now=now) for service_id in waited_for.distinct())


def offer_all(service_id: UUID, *, now: datetime) -> int:
    """Offers of one service until no place fits anybody. How many."""
    made = 0
    while offer_next(service_id, now=now) is not None:
        failpoint("after_offer")
        made += 1
    return made


def offer_next(service_id: UUID, *, now: datetime) -> Booking | None:
    """One place to the first of the queue whom it fits; None where there is nothing for anybody.

    Two at once for one service are one after the other (booking.waitlist.queue), so nobody is passed over by a second
    who looks while the first is just being served.
    """
    with transaction.atomic():
        lock_queue(service_id)
        service = selectors.service_for(service_id=service_id, deal_id=None, branch_id=None)
        if service is None:
            return None
        queue = Entry.objects.filter(service=service, state=State.WAITING, starts_until__gt=now, offers_left__gt=0)
        for entry, starts_at in _turns(service, list(queue.order_by("joined_at", "id")), now=now):
            booking = _offered(service, entry, starts_at, now=now)
            if booking is not None:
                failpoint("before_offer_is_kept")
                return booking
    return None


def _turns(service: Service, queue: Sequence[Entry], *, now: datetime) -> Iterator[tuple[Entry, datetime]]:
    """Who could be offered which start, in the order of the queue, each one's earliest start first."""
    if not queue or service.id not in on_sale([service], now=now):
        return
    since, until = min(entry.starts_from for entry in queue), max(entry.starts_until for entry in queue)
    room = rooms_of([service], since=since, until=until)[service.id]
    starts: dict[tuple[datetime, datetime], list[datetime]] = {}
    for entry in queue:
        window = entry.starts_from, entry.starts_until
        if window not in starts:
            starts[window] = starts_of(service, since=window[0], until=window[1], now=now)
        if not service.party_min <= entry.party <= service.party_max:
            continue
        new = [start for start in starts[window] if start not in entry.offered_starts]
        for opening in openings_of(service, room, new, party=entry.party):
            if _seconds_for(service, opening.starts_at, now=now) >= SHORTEST_OFFER_SECONDS:
                yield entry, opening.starts_at


def _seconds_for(service: Service, starts_at: datetime, *, now: datetime) -> int:
    """A letter must be read first, so never shorter than a hold of the service; and over when the place begins."""
    return min(max(settings.OFFER_SECONDS, hold_seconds(service)), int((starts_at - now).total_seconds()))


def _offered(service: Service, entry: Entry, starts_at: datetime, *, now: datetime) -> Booking | None:
    """The place taken for the entry; None where it is not to be had (any more), and nothing is changed."""
    wanted = Wanted(
        service_id=service.id,
        starts_at=starts_at,
        party=entry.party,
        address=entry.address,
        destination=None if entry.point is None else Point(entry.point.x, entry.point.y),
    )
    holder = Holder(user_id=entry.user_id, channel=entry.channel, partner=entry.partner, trace_id=entry.trace_id)
    seconds = _seconds_for(service, starts_at, now=now)
    try:
        with transaction.atomic():  # a savepoint: what a refused take has taken is given back
            booking = hold_slot(service, wanted, holder, keys_of(holder), seconds=seconds, now=now).booking
            _tie(entry, booking, starts_at)
    except (CodedError, _Gone):
        return None
    return booking


def _tie(entry: Entry, booking: Booking, starts_at: datetime) -> None:
    """The contact goes onto the booking first: the letter that the entry's step owes is sent there."""
    Booking.objects.filter(id=booking.id).update(name=entry.name, email=entry.email, language=entry.language)
    tied = Entry.objects.filter(id=entry.id, state=State.WAITING).update(
        state=State.OFFERED,
        offer=booking,
        offers_left=F("offers_left") - 1,
        offered_starts=[*entry.offered_starts, starts_at],
    )
    if not tied:
        raise _Gone


_END = """
UPDATE waitlist_entry AS entry SET state = 'ended', ended_because = 'window_past', ended_at = clock_timestamp()
FROM booking_service AS service
WHERE service.id = entry.service_id AND entry.state = 'waiting'
  AND entry.starts_until <= %s + make_interval(mins => service.lead_minutes)
"""


def end_past(*, now: datetime) -> int:
    """End what waits for a window in which nothing can be booked any more. How many."""
    with connection.cursor() as cursor:
        cursor.execute(_END, [now])
        return cursor.rowcount
