"""What is taken of services, for availability: a constant number of queries however many services are asked for.

What has lapsed is not taken, whether the sweeper has been there or not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from booking import selectors
from booking.availability import Busy, Opening, Room, openings
from booking.holds import busy_around
from booking.models import Service
from booking.schedule import first_bookable, starts_between
from deals.models import Deal, DealBranch
from listings.models import Branch

_SLOTS = """
SELECT slot.service_id, slot.starts_at, slot.taken - coalesce((
  SELECT sum(lapsed.units) FROM booking_booking AS lapsed WHERE lapsed.slot_id = slot.id
    AND lapsed.state IN ('held', 'awaiting_payment') AND lapsed.expires_at <= statement_timestamp()
), 0)
FROM booking_slot AS slot
WHERE slot.service_id = ANY(%(services)s) AND slot.starts_at >= %(from)s AND slot.starts_at < %(until)s
  AND slot.taken > 0
"""

_RESOURCES = """
SELECT at.service_id, resource.id, resource.seats, lower(busy.during), upper(busy.during)
FROM booking_service_resources AS at
JOIN booking_resource AS resource ON resource.id = at.resource_id
LEFT JOIN (booking_occupancy AS busy JOIN booking_booking AS booking ON booking.id = busy.booking_id
  AND NOT (booking.state IN ('held', 'awaiting_payment') AND booking.expires_at <= statement_timestamp()))
  ON busy.resource_id = resource.id AND busy.during && tstzrange(%(from)s, %(until)s)
WHERE at.service_id = ANY(%(services)s)
"""

_STOCK = """
SELECT stock.deal_id, stock.taken - coalesce((
  SELECT sum(lapsed.stock_units) FROM booking_booking AS lapsed WHERE lapsed.deal_id = stock.deal_id
    AND lapsed.state IN ('held', 'awaiting_payment') AND lapsed.expires_at <= statement_timestamp()
), 0)
FROM booking_dealstock AS stock WHERE stock.deal_id = ANY(%(deals)s)
"""

_A_DAY = timedelta(days=1)


def _rows(sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def rooms_of(services: Sequence[Service], *, since: datetime, until: datetime) -> dict[UUID, Room]:
    """What is taken of each service's starts within [since, until). Three queries; two where no deal has a stock."""
    params = {"services": [service.id for service in services], "from": since - _A_DAY, "until": until + 2 * _A_DAY}
    taken: dict[UUID, dict[datetime, int]] = defaultdict(dict)
    for service_id, starts_at, units in _rows(_SLOTS, params):
        taken[service_id][starts_at] = int(units)
    resources: dict[UUID, dict[int, tuple[int, list[Busy]]]] = defaultdict(dict)
    for service_id, resource_id, seats, begins, ends in _rows(_RESOURCES, params):
        _, busy = resources[service_id].setdefault(resource_id, (seats, []))
        if begins is not None:
            busy.append((begins, ends))
    limited = {
        service.deal.id: service.deal.stock for service in services if service.deal and service.deal.stock is not None
    }
    used = dict(_rows(_STOCK, {"deals": list(limited)})) if limited else {}
    return {
        service.id: Room(
            capacity=service.capacity,
            taken=taken.get(service.id, {}),
            resources=list(resources[service.id].values()) if service.id in resources else None,
            left_of_deal=(
                None if service.deal_id not in limited else int(limited[service.deal_id] - used.get(service.deal_id, 0))
            ),
        )
        for service in services
    }


@dataclass(frozen=True, slots=True)
class Offered:
    """A service, its starts that could be booked if nothing were taken, and those with room, in order.

    `fits` False: it never takes a party of this size.
    """

    service: Service
    fits: bool
    starts: list[datetime]
    openings: list[Opening]


def offered(
    services: Sequence[Service], *, since: datetime, until: datetime, party: int, now: datetime
) -> list[Offered]:
    """When each can be booked by a party that asks now, within [since, until), lead time and horizon kept."""
    good = on_sale(services, now=now)
    rooms = rooms_of(services, since=since, until=until) if good else {}
    found = []
    for service in services:
        fits = service.party_min <= party <= service.party_max
        starts: list[datetime] = []
        if fits and service.id in good:
            starts = starts_of(service, since=since, until=until, now=now)
        free = openings_of(service, rooms[service.id], starts, party=party) if starts else []
        found.append(Offered(service, fits, starts, free))
    return found


def starts_of(service: Service, *, since: datetime, until: datetime, now: datetime) -> list[datetime]:
    """Its starts within [since, until), lead time, horizon and the end of its branch kept; taken or not."""
    first = max(since, first_bookable(lead_minutes=service.lead_minutes, now=now))
    last = min(until, now + timedelta(days=service.horizon_days, microseconds=1))
    if service.branch.closed_at is not None:
        last = min(last, service.branch.closed_at)
    return starts_between(selectors.schedule_of(service), first, last) if first < last else []


def openings_of(service: Service, room: Room, starts: Sequence[datetime], *, party: int) -> list[Opening]:
    """Those of `starts` with room for the party."""
    before, after = busy_around(service)
    return openings(
        starts,
        room,
        units=party if service.counts_people else 1,
        pieces=selectors.pieces_of(service, party=party),
        party=party,
        duration=timedelta(minutes=service.duration_minutes),
        before=before,
        after=after,
    )


def on_sale(services: Sequence[Service], *, now: datetime) -> set[UUID]:
    """Ids of the services whose deal, where they have one, is on sale at their branch. One query, or none."""
    named = [service.deal.id for service in services if service.deal and not service.deal.all_branches]
    pairs = set(DealBranch.objects.filter(deal__in=named).values_list("deal_id", "branch_id")) if named else set()
    return {service.id for service in services if _is_good(service.deal, service.branch, pairs, now)}


def _is_good(deal: Deal | None, branch: Branch, pairs: Collection[tuple[UUID, UUID]], now: datetime) -> bool:
    if deal is None:
        return True
    if not selectors.is_on_sale(deal, now=now) or deal.merchant_id != branch.merchant_id:
        return False
    return deal.all_branches or (deal.id, branch.id) in pairs
