"""Onto the waitlist and off it. One use case, one transaction each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.gis.geos import Point as GeometryPoint
from django.db import connection, transaction
from django.db.models import Max

from booking import selectors
from booking.contacts import Contact
from booking.customers import customer_key_of
from booking.holds import Holder, Wanted, check_deal, checked_party, keys_of, release_hold
from booking.limits import Limit, keep_within
from booking.models import Service
from booking.reach import check_visit
from booking.refusals import SlotUnavailable
from booking.rooms import offered
from booking.tokens import keyed, new_token
from booking.waitlist.models import Entry
from booking.waitlist.queue import lock_queue
from booking.waitlist.refusals import PlaceFree, TooManyWaiting, WaitingAlready, WaitingState, WaitlistFull
from booking.waitlist.states import LIVE
from config.errors import InvalidParameter, NotFound
from config.instants import instant_text
from geo.areas import SRID

MAX_WINDOW_HOURS = 25
"""A local day, also the one that a clock change makes longer."""
MAX_WAITING = 500
"""For one service."""

State = Entry.State


@dataclass(frozen=True, slots=True)
class Joined:
    """`token` is told once and kept nowhere."""

    entry: Entry
    token: str


def join(
    *, wanted: Wanted, starts_from: datetime, starts_until: datetime, contact: Contact, holder: Holder, now: datetime
) -> Joined:
    """Wait for any start within [starts_from, starts_until); `wanted.starts_at` is not read.

    PlaceFree where one can be held now; SlotUnavailable where none can ever be; InvalidParameter, NotFound, or why one
    may not wait.
    """
    _check_window(starts_from, starts_until)
    if not contact.email:
        raise InvalidParameter("contact.email", "A free place is told by e-mail: give an address.")
    with transaction.atomic():
        service = selectors.service_for(service_id=wanted.service_id, deal_id=wanted.deal_id, branch_id=wanted.place_id)
        if service is None:
            raise NotFound("There is no such service with times to wait for.")
        if service.deal is not None:
            check_deal(service.deal, service.branch, now=now)
        _check_fits(service, wanted.party)
        quote = selectors.quote_of(service, party=wanted.party)
        check_visit(service, address=wanted.address, destination=wanted.destination, priced=quote, now=now)
        customer_key = customer_key_of(contact, user_id=holder.user_id)
        _keep_within_limits(holder, customer_key)
        lock_queue(service.id)
        _check_queue(service, customer_key, starts_from, starts_until)
        _check_room(service, wanted.party, starts_from, starts_until, now=now)
        token, hashed = new_token()
        point = wanted.destination
        entry = Entry.objects.create(
            service=service,
            starts_from=starts_from,
            starts_until=starts_until,
            party=wanted.party,
            address=wanted.address,
            point=None if point is None else GeometryPoint(point.lon, point.lat, srid=SRID),
            offers_left=settings.OFFERS_PER_ENTRY,
            token_hash=hashed,
            name=contact.name,
            email=contact.email,
            language=contact.language,
            user_id=holder.user_id,
            customer_key=customer_key,
            device_key=keyed("device", holder.device),
            network_key=keyed("network", holder.network),
            channel=holder.channel,
            partner=holder.partner,
            trace_id=holder.trace_id,
        )
        with connection.cursor() as cursor:  # a place that came free since we looked had nobody to be told of
            cursor.execute("SELECT waitlist_note(ARRAY[%s::uuid])", [service.id])
        entry.refresh_from_db(fields=["joined_at"])
    return Joined(entry, token)


def leave(*, entry_id: UUID, now: datetime) -> Entry:
    """Off the list; what is just offered is given back. Leaving twice changes nothing. WaitingState, or BookingState,
    once it is booked.

    The booking's row is locked before the entry's, as everywhere; so an offer that is made while we look is looked at
    again.
    """
    with transaction.atomic():
        while True:
            entry = Entry.objects.get(id=entry_id)
            if entry.state == State.BOOKED:
                raise WaitingState("It has become a booking: cancel that.", state=str(entry.state))
            if entry.state in {State.LEFT, State.ENDED}:
                return entry
            if entry.state == State.OFFERED and entry.offer_id is not None:
                release_hold(booking_id=entry.offer_id, now=now)
            done = Entry.objects.filter(id=entry_id, state=State.WAITING).update(state=State.LEFT, ended_at=now)
            if done:
                return Entry.objects.get(id=entry_id)


def _check_window(starts_from: datetime, starts_until: datetime) -> None:
    if starts_until <= starts_from:
        raise InvalidParameter("starts_until", "It must be after starts_from.")
    if starts_until - starts_from > timedelta(hours=MAX_WINDOW_HOURS):
        limit = f"{MAX_WINDOW_HOURS} hours"
        raise InvalidParameter("starts_until", f"A window is {limit} at most.", limit=limit)


def _check_fits(service: Service, party: int) -> None:
    """Nobody waits for what can never be."""
    checked_party(service, party)
    most = service.capacity if service.counts_people else party
    seats = service.resources.filter(removed_at=None).aggregate(most=Max("seats"))["most"]
    if seats is not None:
        most = min(most, seats)
    if party > most:
        raise InvalidParameter("party", f"At most {most} people have room here at one time.", limit=most)


def _keep_within_limits(holder: Holder, customer_key: str) -> None:
    keys = keys_of(holder)
    live = ", ".join(f"'{state}'" for state in LIVE)
    keep_within(
        [
            Limit("customer_key", customer_key, settings.WAITLIST_PER_CUSTOMER),  # of the account, of who has one
            Limit("device_key", keys["device_key"], settings.WAITLIST_PER_CUSTOMER),
            Limit("network_key", keys["network_key"], settings.WAITLIST_PER_NETWORK),
        ],
        counting=f"SELECT count(*) FROM waitlist_entry WHERE {{column}} = %s AND state IN ({live})",  # noqa: S608
        refusal=TooManyWaiting("Leave a waitlist first, or wait for a place.", retry_after_seconds=60),
    )


def _check_queue(service: Service, customer_key: str, starts_from: datetime, starts_until: datetime) -> None:
    live = Entry.objects.filter(service=service, state__in=LIVE)
    if live.filter(customer_key=customer_key, starts_from__lt=starts_until, starts_until__gt=starts_from).exists():
        raise WaitingAlready("This address is on the list for a start in this window.")
    if live.count() >= MAX_WAITING:
        raise WaitlistFull(f"{MAX_WAITING} are on the list of this service.", limit=MAX_WAITING)


def _check_room(service: Service, party: int, starts_from: datetime, starts_until: datetime, *, now: datetime) -> None:
    since, horizon = max(starts_from, now), now + timedelta(days=service.horizon_days)
    found = None
    if since < starts_until and since <= horizon:
        (found,) = offered([service], since=since, until=starts_until, party=party, now=now)
    if found is None or not found.starts:
        raise SlotUnavailable(
            f"No start in this window can be booked: it must be {service.lead_minutes} minutes ahead and within"
            f" {service.horizon_days} days.",
            lead_minutes=service.lead_minutes,
            horizon_days=service.horizon_days,
        )
    if found.openings:
        raise PlaceFree("There is room in this window: hold it.", starts_at=instant_text(found.openings[0].starts_at))
