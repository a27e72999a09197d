"""How much one account, device or network may keep from others without paying: holds, and units of one thing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from booking.limits import Limit, keep_within
from booking.refusals import TooManyHolds

_HOLDS = """
SELECT count(*) FROM booking_booking
WHERE {column} = %s AND state IN ('held', 'awaiting_payment') AND expires_at > statement_timestamp()
"""
_UNITS = """
SELECT coalesce(sum(greatest(units, stock_units)), 0) FROM booking_booking
WHERE {column} = %s AND state IN ('held', 'awaiting_payment') AND expires_at > statement_timestamp()
  AND ((service_id = %s AND starts_at = %s) OR (deal_id = %s AND (slot_id IS NULL OR stock_units > 0)))
"""


def check_holds(keys: Mapping[str, Any]) -> None:
    """TooManyHolds where one of `keys` has as many holds and unpaid bookings as it may, of whatever."""
    keep_within(
        _limits(keys, settings.HOLDS_PER_CUSTOMER, settings.HOLDS_PER_NETWORK),
        counting=_HOLDS,
        refusal=TooManyHolds("Release a hold, or wait until one lapses.", retry_after_seconds=60),
    )


def check_units(
    keys: Mapping[str, Any], *, units: int, service_id: UUID | None, starts_at: datetime | None, deal_id: UUID | None
) -> None:
    """TooManyHolds where `units` more of the start, or of the deal that has a stock or no times, are too many for one
    of `keys`. Who holds nothing of it yet may hold as many as one booking can have.
    """
    keep_within(
        _limits(keys, settings.HELD_UNITS_PER_CUSTOMER, settings.HELD_UNITS_PER_NETWORK),
        counting=_UNITS,
        further=[service_id, starts_at, deal_id],
        adding=units,
        refusal=TooManyHolds("So many of one time or deal are not held at once.", retry_after_seconds=60),
    )


def _limits(keys: Mapping[str, Any], per_customer: int, per_network: int) -> list[Limit]:
    return [
        Limit("user_id", keys["user_id"], per_customer),
        Limit("device_key", keys["device_key"], per_customer),
        Limit("network_key", keys["network_key"], per_network),
    ]
