"""Holds: take a place for some minutes, extend once, let go. One use case, one transaction each.

Everything that can be refused is refused before capacity is touched; the taking comes last, so that the row that
everyone wants is locked for as short as can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID

from django.conf import settings
from django.contrib.gis.geos import Point as GeometryPoint
from django.db import connection, transaction

from booking import selectors
from booking.deliveries.capacity import take_delivery
from booking.hoarding import check_holds, check_units
from booking.models import Booking, Service
from booking.quotes import Quote
from booking.reach import check_delivery, check_visit
from booking.refusals import (
    BookingState,
    DealUnavailable,
    ExtendedAlready,
    HoldExpired,
    SlotUnavailable,
)
from booking.schedule import LEAST_LEAD_MINUTES, first_bookable, is_start
from booking.taking import Taken, Use, nobody_free, occupy, reclaim, slot_row, stock_row, take, uses_resources
from booking.tokens import keyed, new_token
from config.compiled import CompiledRead
from config.errors import InvalidParameter, NotFound
from config.instants import instant_text
from deals.models import Deal
from geo.areas import SRID
from geo.types import Point
from listings.models import Branch
from listings.selectors import PlaceClosed

MAX_UNITS = 20
"""Of a deal without a slot, in one booking."""
RESOURCE_TRIES = 8
Keys = dict[str, Any]
"""`user_id`, `device_key` and `network_key`: whose limits a hold counts for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who asks, as far as it is known, and by which way they came."""

    user_id: int | None = None
    device: str = ""
    network: str = ""
    channel: str = ""
    partner: str = ""
    trace_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be held: a start of a service (its own id, or a deal at a place), or units of a deal without one."""

    service_id: UUID | None = None
    deal_id: UUID | None = None
    place_id: UUID | None = None
    starts_at: datetime | None = None
    party: int = 1
    address: str = ""
    destination: Point | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """`token` is told once and kept nowhere."""

    booking: Booking
    token: str


def hold(*, wanted: Wanted, holder: Holder, now: datetime) -> Held:
    """Take what is wanted for `hold_seconds`, or until it starts.

    Raises a refusal of booking.refusals, NotFound or InvalidParameter.
    """
    with transaction.atomic():
        service = selectors.service_for(service_id=wanted.service_id, deal_id=wanted.deal_id, branch_id=wanted.place_id)
        keys = keys_of(holder)
        check_holds(keys)
        if service is None:
            return _hold_deal(wanted, holder, keys, now)
        _check_units(service, wanted, keys)
        return hold_slot(service, wanted, holder, keys, seconds=hold_seconds(service), now=now)


def hold_slot(service: Service, wanted: Wanted, holder: Holder, keys: Keys, *, seconds: int, now: datetime) -> Held:
    """Take a start of a service for `seconds`, inside the caller's transaction. It counts for the limits of `keys`."""
    starts_at = checked_start(service, wanted.starts_at, now=now)
    units = checked_party(service, wanted.party)
    quote = selectors.quote_of(service, party=wanted.party)
    check_visit(service, address=wanted.address, destination=wanted.destination, priced=quote, now=now, at=starts_at)
    ends_at = starts_at + timedelta(minutes=service.duration_minutes)
    slot_id, has_lapsed = slot_row(service_id=service.id, starts_at=starts_at, ends_at=ends_at)
    stock_units = _stock_units(service.deal, selectors.pieces_of(service, party=wanted.party))
    use = use_of(service, starts_at, ends_at) if uses_resources(service.id) else None
    if has_lapsed or stock_units or use is not None:
        reclaim(slot_id=slot_id, deal_id=service.deal_id if stock_units else None, use=use)
    held = _take(
        quote,
        holder,
        keys,
        seconds=seconds,
        branch=service.branch,
        service=service,
        deal=service.deal,
        slot_id=slot_id,
        starts_at=starts_at,
        ends_at=ends_at,
        party=wanted.party,
        units=units,
        stock_units=stock_units,
        address=wanted.address,
        point=wanted.destination,
    )
    if use is not None:
        give_resource(held.booking, use)
    return held


def _hold_deal(wanted: Wanted, holder: Holder, keys: Keys, now: datetime) -> Held:
    """Units of a deal that is used without an appointment."""
    if wanted.service_id is not None or wanted.deal_id is None or wanted.place_id is None:
        raise NotFound("There is no such service.")
    deal = Deal.objects.filter(id=wanted.deal_id).exclude(state=Deal.State.DRAFT).first()
    branch = Branch.objects.filter(id=wanted.place_id).first()
    if deal is None or branch is None:
        raise NotFound("There is no such deal at this place.")
    if branch.closed_at is not None and branch.closed_at <= now:
        raise PlaceClosed("The place has closed for good.", closed_at=instant_text(branch.closed_at))
    check_deal(deal, branch, now=now)
    if deal.fulfilment in {Deal.Fulfilment.RESERVATION, Deal.Fulfilment.AT_HOME}:
        raise SlotUnavailable("This deal has no times to book at this place.")
    if wanted.starts_at is not None:
        raise InvalidParameter("starts_at", "This deal has no times: leave it out.")
    if not 1 <= wanted.party <= MAX_UNITS:
        raise InvalidParameter("party", f"Of this deal 1 to {MAX_UNITS} can be bought at once.", limit=MAX_UNITS)
    quote = selectors.quote_of_deal(deal, count=wanted.party)
    if deal.fulfilment == Deal.Fulfilment.DELIVERY:
        check_delivery(branch, address=wanted.address, destination=wanted.destination, priced=quote, now=now)
    check_units(keys, units=wanted.party, service_id=None, starts_at=None, deal_id=deal.id)
    if deal.fulfilment == Deal.Fulfilment.DELIVERY:
        take_delivery(branch.id, now=now)
    stock_units = _stock_units(deal, wanted.party)
    if stock_units:
        reclaim(slot_id=None, deal_id=deal.id)
    return _take(
        quote,
        holder,
        keys,
        seconds=hold_seconds(None),
        branch=branch,
        service=None,
        deal=deal,
        slot_id=None,
        starts_at=None,
        ends_at=None,
        party=wanted.party,
        units=wanted.party,
        stock_units=stock_units,
        address=wanted.address,
        point=wanted.destination,
    )


def checked_start(service: Service, starts_at: datetime | None, *, now: datetime) -> datetime:
    """The start, if the service can be booked then by one who asks now."""
    if starts_at is None:
        raise InvalidParameter("starts_at", "This is booked for a time: say which.")
    if service.branch.closed_at is not None and service.branch.closed_at <= starts_at:
        raise SlotUnavailable("The place has closed by then.")
    if service.deal is not None:
        check_deal(service.deal, service.branch, now=now)
    if starts_at < first_bookable(lead_minutes=service.lead_minutes, now=now):
        lead = max(service.lead_minutes, LEAST_LEAD_MINUTES)
        raise SlotUnavailable(f"It must be booked {lead} minutes ahead.", limit=lead)
    if starts_at > now + timedelta(days=service.horizon_days):
        raise SlotUnavailable(f"It can be booked {service.horizon_days} days ahead.", limit=service.horizon_days)
    if not is_start(selectors.schedule_of(service), starts_at):
        raise SlotUnavailable("The service does not start at this time.")
    return starts_at


def checked_party(service: Service, party: int) -> int:
    """The units that a party takes of a slot."""
    if not service.party_min <= party <= service.party_max:
        limit = f"{service.party_min}..{service.party_max}"
        raise InvalidParameter("party", f"A party is {limit} people here.", limit=limit)
    return party if service.counts_people else 1


def check_deal(deal: Deal, branch: Branch, *, now: datetime) -> None:
    if not selectors.is_on_sale(deal, now=now) or not selectors.is_good_at(deal, branch):
        raise DealUnavailable("The deal is not for sale here now.")


def _check_units(service: Service, wanted: Wanted, keys: Keys) -> None:
    units, limited = checked_party(service, wanted.party), service.deal is not None and service.deal.stock is not None
    if limited:
        units = max(units, selectors.pieces_of(service, party=wanted.party))
    deal_id = service.deal_id if limited else None
    check_units(keys, units=units, service_id=service.id, starts_at=wanted.starts_at, deal_id=deal_id)


def _stock_units(deal: Deal | None, count: int) -> int:
    """What is taken of the deal's stock: nothing where it has no limit."""
    if deal is None or deal.stock is None:
        return 0
    stock_row(deal.id)
    return count


def keys_of(holder: Holder) -> Keys:
    """The keyed hashes by which a holder's claims are counted."""
    return {
        "user_id": holder.user_id,
        "device_key": keyed("device", holder.device),
        "network_key": keyed("network", holder.network),
    }


def _take(quote: Quote, holder: Holder, keys: Keys, *, seconds: int, branch: Branch, **what: Any) -> Held:
    token, hashed = new_token()
    point: Point | None = what.pop("point")
    service, deal = what.pop("service"), what.pop("deal")
    values = {
        **what,
        **keys,
        "branch_id": branch.id,
        "service_id": None if service is None else service.id,
        "deal_id": None if deal is None else deal.id,
        "token_hash": hashed,
        "title": quote.title,
        "price_minor": quote.price_minor,
        "list_price_minor": quote.list_price_minor,
        "currency": quote.currency,
        "deposit_minor": quote.deposit_minor,
        "no_show_fee_minor": quote.no_show_fee_minor,
        "policy": quote.policy.as_json(),
        "commission_bps": quote.commission_bps,
        "discount_funder": quote.discount_funder,
        "channel": holder.channel,
        "partner": holder.partner,
        "trace_id": holder.trace_id,
    }
    geometry = None if point is None else GeometryPoint(point.lon, point.lat, srid=SRID)
    taken: Taken = take({**values, "point": None if geometry is None else geometry.hexewkb.decode()}, seconds=seconds)
    made = Booking(
        id=taken.id,
        state=Booking.State.HELD,
        created_at=taken.created_at,
        expires_at=taken.expires_at,
        point=geometry,
        **values,
    )
    made.branch, made.service, made.deal = branch, service, deal
    return Held(made, token)


def hold_seconds(service: Service | None) -> int:
    """How long a place is kept: what its merchant says, else HOLD_SECONDS."""
    if service is None or service.hold_seconds is None:
        return settings.HOLD_SECONDS
    return service.hold_seconds


def use_of(service: Service, starts_at: datetime, ends_at: datetime) -> Use:
    """When a booking of these times has its resource."""
    before, after = busy_around(service)
    return Use(service.id, starts_at - before, ends_at + after)


def give_resource(booking: Booking, use: Use) -> None:
    """A table, a chair, a person for its time. SlotFull where none is free: roll back."""
    if occupy(booking_id=booking.id, use=use, party=booking.party, tries=RESOURCE_TRIES) is None:
        raise nobody_free(use=use, party=booking.party)


def busy_around(service: Service) -> tuple[timedelta, timedelta]:
    """How long before and after a resource is busy: buffers, and the way there and back."""
    travel = service.travel_minutes if service.mode == Service.Mode.AT_HOME else 0
    return (
        timedelta(minutes=service.buffer_before_minutes + travel),
        timedelta(minutes=service.buffer_after_minutes + travel),
    )


def extend_hold(*, booking_id: UUID) -> Booking:
    """As much time again, but not past its start; once, while it has not lapsed."""
    with transaction.atomic():
        booking = locked(booking_id)
        if booking.state != Booking.State.HELD:
            raise_state(booking, "Only a hold can be extended.")
        if booking.extensions:
            raise ExtendedAlready("This hold was extended before.")
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE booking_booking SET extensions = 1,"
                " expires_at = least(expires_at + make_interval(secs => %s), starts_at)"
                " WHERE id = %s AND expires_at > statement_timestamp() RETURNING expires_at",
                [hold_seconds(booking.service), booking.id],
            )
            row = cursor.fetchone()
        if row is None:
            raise HoldExpired("The hold has lapsed; its place may be taken.")
        booking.extensions, booking.expires_at = 1, row[0]
    return booking


def release_hold(*, booking_id: UUID, now: datetime) -> Booking:
    """Give it back before it lapses. What is given back already stays so: releasing twice changes nothing."""
    with transaction.atomic():
        booking = locked(booking_id)
        if booking.state in {Booking.State.CANCELLED, Booking.State.EXPIRED}:
            return booking
        if booking.state not in {Booking.State.HELD, Booking.State.AWAITING_PAYMENT}:
            raise_state(booking, "Only what is not booked yet can be released; cancel the booking.")
        booking.state, booking.ended_by, booking.ended_at = Booking.State.CANCELLED, "customer", now
        booking.save(update_fields=["state", "ended_by", "ended_at"])
    return booking


_LOCKED = CompiledRead(
    lambda booking: (
        Booking.objects.select_for_update(of=("self",)).select_related("branch", "service", "deal").filter(id=booking)
    )
)


def locked(booking_id: UUID) -> Booking:
    """The booking with what belongs to it, its row locked to the end of the transaction. NotFound."""
    booking = _LOCKED.first(booking=booking_id)
    if booking is None:
        raise NotFound("There is no booking of this id.")
    return booking


def raise_state(booking: Booking, detail: str) -> NoReturn:
    if booking.state == Booking.State.EXPIRED:
        raise HoldExpired("The hold has lapsed; its place may be taken.")
    raise BookingState(detail, state=booking.state)
