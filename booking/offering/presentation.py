"""What a merchant offers as plain data ready for JSON. Field by field: nothing is told because a model has it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson

from booking.models import Resource, Service
from booking.selectors import SlotOver
from config.instants import instant_text


def service_data(service: Service) -> dict[str, Any]:
    """All that is said of it, with its tag. Its resources are at hand, or read."""
    said = {
        "id": str(service.id),
        "branch_id": str(service.branch_id),
        "name": service.name,
        "names": service.names,
        "is_offered": service.is_offered,
        "mode": str(service.mode),
        "deal_id": None if service.deal_id is None else str(service.deal_id),
        "price_minor": service.price_minor,
        "currency": service.currency or None,
        "price_is_per_person": service.price_is_per_person,
        "duration_minutes": service.duration_minutes,
        "step_minutes": service.step_minutes,
        "buffer_before_minutes": service.buffer_before_minutes,
        "buffer_after_minutes": service.buffer_after_minutes,
        "travel_minutes": service.travel_minutes,
        "travel_radius_metres": service.travel_radius_metres,
        "lead_minutes": service.lead_minutes,
        "horizon_days": service.horizon_days,
        "hold_seconds": service.hold_seconds,
        "capacity": service.capacity,
        "counts_people": service.counts_people,
        "party_min": service.party_min,
        "party_max": service.party_max,
        "weekly": service.weekly,
        "exceptions": dict(sorted(service.exceptions.items())),
        "deposit_percent": service.deposit_percent,
        "no_show_fee_percent": service.no_show_fee_percent,
        "cancellation": service.cancellation,
        "discount_funder": str(service.discount_funder),
        "commission_bps": service.commission_bps,
        "resource_ids": sorted(resource.id for resource in service.resources.all() if resource.removed_at is None),
    }
    return {**said, "etag": tag_of(said)}


def resource_data(resource: Resource) -> dict[str, Any]:
    said = {
        "id": resource.id,
        "branch_id": str(resource.branch_id),
        "name": resource.name,
        "seats": resource.seats,
    }
    return {**said, "etag": tag_of(said)}


def tag_of(said: Mapping[str, Any]) -> str:
    """A strong ETag: the same for the same words."""
    return f'"{blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=12).hexdigest()}"'


def over_data(over: list[SlotOver]) -> list[dict[str, Any]]:
    return [{"starts_at": instant_text(each.starts_at), "taken": each.taken} for each in over]
