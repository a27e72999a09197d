"""Shared reads of booking: services with all that decides whether and how they can be booked."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.crypto import constant_time_compare

from booking.models import Booking, Service, Slot
from booking.policy import Policy, parse_tiers
from booking.quotes import Quote, quote
from booking.schedule import Schedule, parse_exceptions, parse_weekly
from booking.states import GIVEN_BACK
from booking.tokens import link_token, token_hash
from config.compiled import CompiledRead
from config.errors import NotFound
from deals.models import Deal, DealBranch
from deals.windows import Window
from geo.types import Point
from listings.models import Branch

_OFFERED = Service.objects.select_related("branch", "deal").filter(is_offered=True)
_SERVICE = CompiledRead(lambda service: _OFFERED.filter(id=service))
_SERVICE_AT = CompiledRead(lambda deal, branch: _OFFERED.filter(deal=deal, branch=branch).order_by("id")[:1])
_SERVICES = CompiledRead(lambda deals: _OFFERED.filter(deal__in=deals).order_by("deal", "branch", "id"))
_SERVICES_AT = CompiledRead(
    lambda deals, branches: _OFFERED.filter(deal__in=deals, branch__in=branches).order_by("deal", "branch", "id")
)


def service_for(*, service_id: UUID | None, deal_id: UUID | None, branch_id: UUID | None) -> Service | None:
    """The offered service of the id, else that of the deal at the branch, with branch and deal, in one query."""
    if service_id is not None:
        return _SERVICE.first(service=service_id)
    if deal_id is None or branch_id is None:
        return None
    return _SERVICE_AT.first(deal=deal_id, branch=branch_id)


def services_of(deal_ids: Collection[UUID], *, branch_ids: Collection[UUID] | None = None) -> list[Service]:
    """The offered services of deals, with branch and deal, by deal and branch."""
    if branch_ids is None:
        return _SERVICES.all(deals=deal_ids)
    return _SERVICES_AT.all(deals=deal_ids, branches=branch_ids)


def is_good_at(deal: Deal, branch: Branch) -> bool:
    """Whether the deal can be used at the branch. A deal is never good at another merchant's."""
    if deal.merchant_id != branch.merchant_id:
        return False
    return deal.all_branches or DealBranch.objects.filter(deal=deal, branch=branch).exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """By what somebody says that bookings are theirs: a booking's own token, an account, e-mail addresses they proved.

    `addresses` are in lower case.
    """

    token: str = ""
    user_id: int | None = None
    addresses: frozenset[str] = frozenset()


_WITH_ALL = Booking.objects.select_related("branch", "service", "deal")
_BOOKING = CompiledRead(lambda booking: _WITH_ALL.filter(id=booking))


def booking_of(booking_id: UUID, claim: Claim) -> Booking:
    """The booking of the id, for who has the token that it was held with or that is in our letters' links; else for
    its account, and for who has proved its address.

    NotFound alike for an unknown id and for another's booking.
    """
    if claim.token:
        booking = _BOOKING.first(booking=booking_id)
        if booking is not None and not _opens(claim.token, booking):
            booking = None
    else:
        booking = _claimed(claim).select_related("branch", "service", "deal").filter(id=booking_id).first()
    if booking is None:
        raise NotFound("There is no booking of this id for who asks.")
    return booking


def _opens(token: str, booking: Booking) -> bool:
    if constant_time_compare(token, link_token(booking.id)):
        return True
    return hmac.compare_digest(token_hash(token), bytes(booking.token_hash))


def bookings_of(claim: Claim) -> QuerySet[Booking]:
    """All of an account or of proved addresses, newest first, with branch, service and deal.

    A hold that ended before anybody's name was on it was never a booking, and is left out.
    """
    mine = _claimed(claim).select_related("branch", "service", "deal")
    return mine.exclude(state__in=GIVEN_BACK, customer_key="").order_by("-created_at", "-id")


def _claimed(claim: Claim) -> QuerySet[Booking]:
    by_address = ~Q(email="") & Q(address_in_lower_case__in=sorted(claim.addresses))
    by_account = Q() if claim.user_id is None else Q(user=claim.user_id)
    return Booking.objects.alias(address_in_lower_case=Lower("email")).filter(by_address | by_account)


def policy_of(service: Service) -> Policy:
    return Policy(
        deposit_percent=service.deposit_percent,
        no_show_fee_percent=service.no_show_fee_percent,
        tiers=parse_tiers(service.cancellation),
    )


def schedule_of(service: Service) -> Schedule:
    """When it can start; within its deal's window, where it has a deal."""
    branch, deal = service.branch, service.deal
    window = None
    if deal is not None:
        window = Window(
            valid_from=deal.valid_from,
            valid_until=deal.valid_until,
            weekdays=frozenset(deal.weekdays),
            daily_from=deal.daily_from,
            daily_until=deal.daily_until,
            blackout_dates=frozenset(deal.blackout_dates),
        )
    return Schedule(
        zone=branch.zone,
        country=branch.country,
        opening_hours=branch.opening_hours,
        point=Point(branch.point.x, branch.point.y),
        weekly=parse_weekly(service.weekly),
        exceptions=parse_exceptions(service.exceptions),
        duration_minutes=service.duration_minutes,
        step_minutes=service.step_minutes,
        window=window,
    )


def pieces_of(service: Service, *, party: int) -> int:
    """How many times the price a party pays, and takes of its deal's stock and of what one customer may have."""
    return party if service.price_is_per_person else 1


def quote_of(service: Service, *, party: int) -> Quote:
    """At the deal's price where it has a deal, else at its own."""
    deal = service.deal
    return quote(
        title=service.name if deal is None else deal.title,
        price_minor=(service.price_minor or 0) if deal is None else deal.price_minor,
        list_price_minor=(service.price_minor or 0) if deal is None else deal.list_price_minor,
        currency=service.currency if deal is None else deal.currency,
        count=pieces_of(service, party=party),
        policy=policy_of(service),
        commission_bps=service.commission_bps,
        discount_funder=service.discount_funder,
    )


def quote_of_deal(deal: Deal, *, count: int) -> Quote:
    """Of a deal without a slot: paid in full, given back in full until it is used."""
    return quote(
        title=deal.title,
        price_minor=deal.price_minor,
        list_price_minor=deal.list_price_minor,
        currency=deal.currency,
        count=count,
        policy=Policy(),
    )


def is_on_sale(deal: Deal, *, now: datetime) -> bool:
    return deal.state == Deal.State.LIVE and deal.valid_from <= now < deal.valid_until


MAX_SLOTS_OVER = 20


@dataclass(frozen=True, slots=True)
class SlotOver:
    """A start to come of which more is taken than its service has by now."""

    starts_at: datetime
    taken: int


def slots_over(service_id: UUID, *, now: datetime) -> tuple[int, list[SlotOver]]:
    """How many there are, and the first MAX_SLOTS_OVER of them. One query where there are none."""
    over = Slot.objects.filter(service=service_id, starts_at__gt=now, surplus__gt=0).order_by("starts_at")
    found = [SlotOver(slot.starts_at, slot.taken) for slot in over[: MAX_SLOTS_OVER + 1]]
    return (len(found) if len(found) <= MAX_SLOTS_OVER else over.count()), found[:MAX_SLOTS_OVER]
