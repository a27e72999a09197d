"""Capacity is taken here and nowhere else: one statement that takes and books, or does neither (docs/locking.md).

The statement takes units of the slot and of the deal's stock under their limits and inserts the booking from what it
took. Where one of them has too few, `take` raises and the caller's transaction must not commit: the other may be taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from booking.refusals import SlotFull, SoldOut
from config.instants import instant_text

TAKE_SLOT = """
UPDATE booking_slot SET taken = taken + %(units)s
WHERE id = %(slot_id)s AND taken + %(units)s <= capacity RETURNING id"""

TAKE_STOCK = """
UPDATE booking_dealstock AS stock SET taken = stock.taken + %(stock_units)s
WHERE stock.deal_id = %(deal_id)s
  AND stock.taken + %(stock_units)s <= stock.stock{after_slot} RETURNING stock.deal_id"""

COLUMNS = (
    "branch_id",
    "service_id",
    "deal_id",
    "slot_id",
    "starts_at",
    "ends_at",
    "party",
    "units",
    "stock_units",
    "token_hash",
    "title",
    "price_minor",
    "list_price_minor",
    "currency",
    "deposit_minor",
    "no_show_fee_minor",
    "policy",
    "commission_bps",
    "discount_funder",
    "address",
    "point",
    "user_id",
    "device_key",
    "network_key",
    "channel",
    "partner",
    "trace_id",
)


@dataclass(frozen=True, slots=True)
class Taken:
    id: UUID
    created_at: datetime
    expires_at: datetime


def statement(*, slot: bool, stock: bool) -> str:
    """The one statement, for a booking that takes from a slot, from the stock, from both or from nothing."""
    parts, source = [], []
    if slot:
        parts.append(f"slot AS ({TAKE_SLOT}\n)")
        source.append("slot")
    if stock:
        parts.append(f"stock AS ({TAKE_STOCK.format(after_slot=' AND EXISTS (SELECT FROM slot)' if slot else '')}\n)")
        source.append("stock")
    made = (
        f"made AS (\nINSERT INTO booking_booking ({', '.join(COLUMNS)}, created_at, expires_at)\n"
        f"SELECT {', '.join(_VALUES)}, clock.now, "
        "least(clock.now + make_interval(secs => %(seconds)s), %(starts_at)s::timestamptz)\n"
        f"FROM {', '.join([*source, '(SELECT clock_timestamp() AS now) AS clock'])}\n"
        "RETURNING id, created_at, expires_at\n)"
    )
    told = f"{'EXISTS (SELECT FROM slot)' if slot else 'true'} AS has_slot"
    return (
        f"WITH {', '.join([*parts, made])}\n"
        f"SELECT {told}, made.id, made.created_at, made.expires_at FROM (SELECT) AS one LEFT JOIN made ON true"
    )


_VALUES = [
    "%(point)s::geometry" if name == "point" else "%(policy)s::jsonb" if name == "policy" else f"%({name})s"
    for name in COLUMNS
]
_STATEMENTS = {(slot, stock): statement(slot=slot, stock=stock) for slot in (True, False) for stock in (True, False)}


def take(values: Mapping[str, Any], *, seconds: int) -> Taken:
    """Take what `values` (of COLUMNS) ask for and insert the booking. SlotFull or SoldOut: roll back."""
    slot, stock = values["slot_id"] is not None, values["stock_units"] > 0
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENTS[slot, stock], {**values, "policy": orjson.dumps(values["policy"]).decode(), "seconds": seconds}
        )
        has_slot, booking_id, created_at, expires_at = cursor.fetchone()
    if not has_slot:
        raise _full(slot_id=values["slot_id"])
    if booking_id is None:
        raise SoldOut("Nothing is left of this deal.")
    return Taken(booking_id, created_at, expires_at)


def take_slot(*, slot_id: int, units: int) -> None:
    """Units of one more slot, for a booking that moves there. SlotFull: roll back."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_SLOT, {"slot_id": slot_id, "units": units})
        if cursor.fetchone() is None:
            raise _full(slot_id=slot_id)


_NEXT_LAPSE = """
SELECT min(expires_at) FROM booking_booking
WHERE slot_id = %s AND state IN ('held', 'awaiting_payment') AND expires_at > statement_timestamp()
"""


def _full(*, slot_id: int) -> SlotFull:
    return SlotFull("Others hold or have booked this time.", **_retry(_NEXT_LAPSE, [slot_id]))


_NEXT_FREE = """
SELECT min(booking.expires_at) FROM booking_service_resources AS at
JOIN booking_resource AS resource ON resource.id = at.resource_id AND resource.seats >= %s
JOIN booking_occupancy AS busy ON busy.resource_id = resource.id AND busy.during && tstzrange(%s, %s)
JOIN booking_booking AS booking ON booking.id = busy.booking_id
WHERE at.service_id = %s AND booking.state IN ('held', 'awaiting_payment')
  AND booking.expires_at > statement_timestamp()
"""


def nobody_free(*, use: Use, party: int) -> SlotFull:
    """The refusal of one for whom `occupy` found nothing."""
    retry = _retry(_NEXT_FREE, [party, use.busy_from, use.busy_until, use.service_id])
    return SlotFull("Nobody and no table is free for this party at this time.", **retry)


def _retry(sql: str, params: Sequence[Any]) -> dict[str, str]:
    """When the first of the holds that are in the way lapses; nothing where all is booked."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        (lapses_at,) = cursor.fetchone()
    return {} if lapses_at is None else {"retry_at": instant_text(lapses_at)}


_FIND_SLOT = """
SELECT slot.id, EXISTS (
  SELECT FROM booking_booking AS lapsed WHERE lapsed.slot_id = slot.id
    AND lapsed.state IN ('held', 'awaiting_payment') AND lapsed.expires_at <= statement_timestamp()
)
FROM booking_slot AS slot WHERE slot.service_id = %s AND slot.starts_at = %s
"""


_MAKE_SLOT = """
INSERT INTO booking_slot (service_id, starts_at, ends_at, capacity)
SELECT id, %s, %s, capacity FROM booking_service WHERE id = %s FOR SHARE
ON CONFLICT (service_id, starts_at) DO NOTHING RETURNING id, false
"""


def slot_row(*, service_id: UUID, starts_at: datetime, ends_at: datetime) -> tuple[int, bool]:
    """(id, whether something on it has lapsed) of the slot's row, made for the first who wants it.

    It is made with the capacity that its service has now, under a lock that whoever changes it waits for: else a slot
    that is made while the service shrinks would keep what the service had.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FIND_SLOT, [service_id, starts_at])
        row = cursor.fetchone()
        if row is None:
            cursor.execute(_MAKE_SLOT, [starts_at, ends_at, service_id])
            row = cursor.fetchone()
        if row is None:  # another made it while we waited for it
            cursor.execute(_FIND_SLOT, [service_id, starts_at])
            row = cursor.fetchone()
    slot_id, has_lapsed = row
    return slot_id, has_lapsed


_MAKE_STOCK = """
INSERT INTO booking_dealstock (deal_id, stock)
SELECT id, stock FROM deals_deal
WHERE id = %(deal)s AND NOT EXISTS (SELECT FROM booking_dealstock WHERE deal_id = %(deal)s) FOR SHARE
ON CONFLICT DO NOTHING
"""


def stock_row(deal_id: UUID) -> None:
    """The row that counts what of a deal is taken, made for the first who wants it, with the limit of now."""
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_STOCK, {"deal": deal_id})


_LAPSED = """
SELECT id, slot_id FROM booking_booking
WHERE state IN ('held', 'awaiting_payment') AND expires_at <= statement_timestamp()
  AND (state = 'held' OR expires_at <= statement_timestamp() - make_interval(secs => %(grace)s)) AND id IN (
  SELECT id FROM booking_booking
  WHERE slot_id = %(slot)s AND state IN ('held', 'awaiting_payment') AND expires_at <= statement_timestamp()
  UNION ALL
  SELECT id FROM booking_booking
  WHERE deal_id = %(deal)s AND (stock_units > 0 OR slot_id IS NULL)
    AND state IN ('held', 'awaiting_payment') AND expires_at <= statement_timestamp()
  UNION ALL
  SELECT busy.booking_id FROM booking_service_resources AS at
  JOIN booking_occupancy AS busy ON busy.resource_id = at.resource_id
  WHERE at.service_id = %(service)s AND busy.during && tstzrange(%(from)s, %(until)s)
)
ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Use:
    """When the resources of a service are wanted, buffers and the way included."""

    service_id: UUID
    busy_from: datetime
    busy_until: datetime


def reclaim(
    *,
    slot_id: int | None,
    deal_id: UUID | None = None,
    use: Use | None = None,
    also_lock: Sequence[int] = (),
    grace: timedelta = timedelta(0),
) -> int:
    """Expire what has lapsed on a slot, of a deal's stock and on the resources of `use`, so that nobody waits for the
    sweeper. How many.

    `grace`: what awaits its payment is left alone until it has lapsed for so long; for who wants no place.

    A booking that somebody is just paying or cancelling is left to them. Bookings first, then all the slots they are
    on and those of `also_lock`, in order, then (by trigger) the stock: as every writer does, so that none waits for one
    that waits for it.
    """
    wanted = {
        "slot": slot_id,
        "deal": deal_id,
        "service": None if use is None else use.service_id,
        "from": None if use is None else use.busy_from,
        "until": None if use is None else use.busy_until,
        "grace": grace.total_seconds(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LAPSED, wanted)
        lapsed = cursor.fetchall()
        if not lapsed:
            return 0
        lock_slots([slot for slot in {*(slot for _, slot in lapsed), slot_id, *also_lock} if slot is not None])
        cursor.execute(
            "UPDATE booking_booking SET state = 'expired', ended_at = clock_timestamp()"
            " WHERE id = ANY(%s) AND state IN ('held', 'awaiting_payment')",
            [[booking_id for booking_id, _ in lapsed]],
        )
        return cursor.rowcount


def lock_slots(slot_ids: Sequence[int]) -> None:
    """In the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM booking_slot WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [sorted(slot_ids)])


def uses_resources(service_id: UUID) -> bool:
    """Whether a booking of the service needs one of its tables, chairs or people, removed ones included."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM booking_service_resources WHERE service_id = %s)", [service_id])
        found: bool = cursor.fetchone()[0]
    return found


_OCCUPY = """
INSERT INTO booking_occupancy (resource_id, booking_id, during)
SELECT resource.id, %(booking)s, tstzrange(%(from)s, %(until)s)
FROM booking_resource AS resource
JOIN booking_service_resources AS at ON at.resource_id = resource.id
WHERE at.service_id = %(service)s AND resource.removed_at IS NULL AND resource.seats >= %(party)s AND NOT EXISTS (
  SELECT FROM booking_occupancy AS busy
  WHERE busy.resource_id = resource.id AND busy.during && tstzrange(%(from)s, %(until)s)
)
ORDER BY resource.seats, resource.id LIMIT 1 FOR KEY SHARE OF resource
ON CONFLICT DO NOTHING
RETURNING resource_id
"""


def occupy(*, booking_id: UUID, use: Use, party: int, tries: int) -> int | None:
    """Give the booking the smallest resource of the service that is free and large enough; None where there is none.

    A resource that another takes at the same moment costs one of `tries`; the constraint decides between the two. So
    does one that is just being removed: whoever removes it waits for us, or we for them.
    """
    values: dict[str, Any] = {
        "booking": booking_id,
        "service": use.service_id,
        "party": party,
        "from": use.busy_from,
        "until": use.busy_until,
    }
    with connection.cursor() as cursor:
        for _ in range(tries):
            cursor.execute(_OCCUPY, values)
            row = cursor.fetchone()
            if row is not None:
                found: int = row[0]
                return found
    return None
