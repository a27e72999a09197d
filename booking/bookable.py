"""Which offers of an area can be booked at one instant by a party of a size, as things are now.

One statement over the live tables asks all but whether a service starts then: is it on sale, has the party room, is
there a table. The starts of a service's day are worked out once (booking.schedule) and remembered by a digest of all
that they are made from, so a changed week, opening time or deal is seen by the next question.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import TextField
from django.db.models.expressions import RawSQL

from booking import selectors
from booking.models import Service
from booking.schedule import LEAST_LEAD_MINUTES, starts_between
from config.errors import InvalidParameter
from geo.db import near_boxes
from geo.types import Box

MAX_SERVICES = 5_000
"""In one area. A question about more is refused: it may name a smaller one."""
REMEMBERED_DAYS = 50_000
"""Days of services, about 400 bytes each."""

_DAY_MINUTES = 1440
_A_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_SCHEDULE = """md5(ROW(
  booking_service.weekly, booking_service.exceptions, booking_service.duration_minutes, booking_service.step_minutes,
  listings_branch.zone, listings_branch.country, listings_branch.opening_hours, listings_branch.point::bytea,
  deals_deal.valid_from, deals_deal.valid_until, deals_deal.weekdays, deals_deal.daily_from, deals_deal.daily_until,
  deals_deal.blackout_dates)::text)"""
"""All that `selectors.schedule_of` reads."""

_WITH_ROOM = """
SELECT booking_service.id, listings_branch.id, deals_deal.id, {schedule}
FROM listings_branch
JOIN booking_service ON booking_service.branch_id = listings_branch.id
LEFT JOIN deals_deal ON deals_deal.id = booking_service.deal_id
CROSS JOIN LATERAL (SELECT
  booking_service.capacity - CASE WHEN booking_service.counts_people THEN %(party)s ELSE 1 END >= coalesce((
    SELECT slot.taken - coalesce((
      SELECT sum(lapsed.units) FROM booking_booking AS lapsed WHERE lapsed.slot_id = slot.id
        AND lapsed.state IN ('held', 'awaiting_payment') AND lapsed.expires_at <= statement_timestamp()), 0)
    FROM booking_slot AS slot
    WHERE slot.service_id = booking_service.id AND slot.starts_at = %(at)s), 0)
  AND (NOT EXISTS (SELECT FROM booking_service_resources AS at WHERE at.service_id = booking_service.id) OR EXISTS (
    SELECT FROM booking_service_resources AS at JOIN booking_resource AS resource ON resource.id = at.resource_id
    WHERE at.service_id = booking_service.id AND resource.seats >= %(party)s AND NOT EXISTS (
      SELECT FROM booking_occupancy AS busy JOIN booking_booking AS booking ON booking.id = busy.booking_id
      WHERE busy.resource_id = resource.id
        AND NOT (booking.state IN ('held', 'awaiting_payment') AND booking.expires_at <= statement_timestamp())
        AND busy.during && tstzrange(
          %(at)s - make_interval(mins => booking_service.buffer_before_minutes + {travel}),
          %(at)s + make_interval(mins =>
            booking_service.duration_minutes + booking_service.buffer_after_minutes + {travel}))))) AS is_left
  OFFSET 0) AS room
WHERE {near} AND booking_service.is_offered
  AND booking_service.party_min <= %(party)s AND booking_service.party_max >= %(party)s
  AND booking_service.lead_minutes <= %(minutes_ahead)s AND booking_service.horizon_days >= %(days_ahead)s
  AND (listings_branch.closed_at IS NULL OR listings_branch.closed_at > %(at)s)
  AND (booking_service.deal_id IS NULL OR (
    deals_deal.state = 'live' AND deals_deal.valid_from <= %(now)s AND deals_deal.valid_until > %(now)s
    AND deals_deal.merchant_id = listings_branch.merchant_id
    AND (deals_deal.all_branches OR EXISTS (
      SELECT FROM deals_dealbranch AS good
      WHERE good.deal_id = deals_deal.id AND good.branch_id = listings_branch.id))
    AND (deals_deal.stock IS NULL
      OR deals_deal.stock - CASE WHEN booking_service.price_is_per_person THEN %(party)s ELSE 1 END >= coalesce((
      SELECT stock.taken - coalesce((
        SELECT sum(lapsed.stock_units) FROM booking_booking AS lapsed WHERE lapsed.deal_id = stock.deal_id
          AND lapsed.state IN ('held', 'awaiting_payment') AND lapsed.expires_at <= statement_timestamp()), 0)
      FROM booking_dealstock AS stock WHERE stock.deal_id = deals_deal.id), 0))))
  AND room.is_left
LIMIT %(most)s
"""
"""What is asked of a service's own columns is compared with numbers, so that the planner knows how many there are; what
is asked of other tables comes after the join (OFFSET 0), for it guesses that nearly nothing is left. Else it joins row
by row: 29 ms for 1,400 branches instead of 2.
"""
_TRAVEL = "CASE WHEN booking_service.mode = 'at_home' THEN booking_service.travel_minutes ELSE 0 END"

_starts: dict[tuple[str, int], int] = {}
"""By digest of a schedule and UTC day: the minutes of the day at which a booking may start, as bits."""


def bookable(*, minute: int, party: int, boxes: Iterable[Box], now: datetime) -> list[tuple[UUID, UUID | None]]:
    """(branch, deal or None) of each service in `boxes` that `party` people can book now for the UTC `minute` since
    1970; of those less than a metre outside perhaps too, which the question's own area leaves out.

    Two queries at most, one where all starts of that day are remembered. InvalidParameter where the boxes hold more
    than MAX_SERVICES with room.
    """
    at = _EPOCH + minute * _A_MINUTE
    minutes_ahead = (at - now) // _A_MINUTE
    if minutes_ahead < LEAST_LEAD_MINUTES:
        return []
    near = near_boxes("listings_branch.point", boxes, name="near")
    params = {
        **near.params,
        "party": party,
        "at": at,
        "now": now,
        "minutes_ahead": minutes_ahead,
        "days_ahead": -((now - at) // timedelta(days=1)),
        "most": MAX_SERVICES + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WITH_ROOM.format(schedule=_SCHEDULE, near=near.sql, travel=_TRAVEL), params)
        rows = cursor.fetchall()
    if len(rows) > MAX_SERVICES:
        raise InvalidParameter(
            "bookable_at", f"More than {MAX_SERVICES} services can be booked here: name a smaller area.",
            limit=MAX_SERVICES,
        )  # fmt: skip
    day, bit = minute // _DAY_MINUTES, 1 << minute % _DAY_MINUTES
    known = {digest: _starts.get((digest, day)) for *_, digest in rows}
    missing = [service_id for service_id, _, _, digest in rows if known[digest] is None]
    if missing:
        known |= _worked_out(missing, day=day)
    return [(branch_id, deal_id) for _, branch_id, deal_id, digest in rows if (known[digest] or 0) & bit]


def _worked_out(service_ids: list[UUID], *, day: int) -> dict[str, int]:
    """By digest, read with the schedule it is of. A service that changed in between is as good as not there."""
    begins = _EPOCH + day * _DAY_MINUTES * _A_MINUTE
    found: dict[str, int] = {}
    services = Service.objects.select_related("branch", "deal").filter(id__in=service_ids)
    for service in services.annotate(digest=RawSQL(_SCHEDULE, [], output_field=TextField())):  # noqa: S611  our own text
        if service.digest not in found:
            starts = starts_between(selectors.schedule_of(service), begins, begins + timedelta(days=1))
            found[service.digest] = sum(1 << (start - begins) // _A_MINUTE for start in starts)
    if len(_starts) > REMEMBERED_DAYS:
        _starts.clear()
    _starts.update({(digest, day): bits for digest, bits in found.items()})
    return found
