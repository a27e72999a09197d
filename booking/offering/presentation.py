"""What a merchant offers as plain data ready for JSON. Field by field: nothing is told because a model has it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any

import orjson

from booking.models import Booking, Resource, Service
from booking.selectors import SlotOver
from config.instants import instant_text
from deals.models import Deal
from listings.roles import Action, Role, may


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


def limits_data(deal: Deal, *, taken: int) -> dict[str, Any]:
    """What of a deal may be sold; `taken` by bookings and holds since it has a stock."""
    said = {"deal_id": str(deal.id), "stock": deal.stock, "per_customer_cap": deal.per_customer_cap}
    return {
        **said,
        "title": deal.title,
        "state": str(deal.state),
        "taken": taken,
        "left": None if deal.stock is None else max(0, deal.stock - taken),
        "etag": tag_of(said),
    }


def tag_of(said: Mapping[str, Any]) -> str:
    """A strong ETag: the same for the same words."""
    return f'"{blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=12).hexdigest()}"'


def over_data(over: list[SlotOver]) -> list[dict[str, Any]]:
    return [{"starts_at": instant_text(each.starts_at), "taken": each.taken} for each in over]


def booking_data(booking: Booking, *, role: Role) -> dict[str, Any]:
    """A booking as its merchant's staff see it. Service, deal and occupancies with their resources are at hand."""
    sees_contacts = may(role, Action.SEE_CONTACTS)
    return {
        "id": str(booking.id),
        "branch_id": str(booking.branch_id),
        "state": str(booking.state),
        "title": booking.title,
        "service": None if booking.service is None else {"id": str(booking.service_id), "name": booking.service.name},
        "deal": None if booking.deal is None else {"id": str(booking.deal_id), "title": booking.deal.title},
        "starts_at": _instant(booking.starts_at),
        "ends_at": _instant(booking.ends_at),
        "party": booking.party,
        "resources": sorted(busy.resource.name for busy in booking.occupancies.all()),
        "name": booking.name,
        "note": booking.note,
        "address": booking.address,
        "email": booking.email if sees_contacts else None,
        "phone": booking.phone if sees_contacts else None,
        "price": {
            "price_minor": booking.price_minor,
            "currency": booking.currency,
            "due_minor": booking.deposit_minor,
            "paid_minor": booking.paid_minor,
            "refund_due_minor": booking.refund_due_minor,
            "no_show_fee_minor": booking.no_show_fee_minor,
        },
        "created_at": instant_text(booking.created_at),
        "expires_at": _instant(booking.expires_at) if booking.state in {"held", "awaiting_payment"} else None,
        "ended_at": _instant(booking.ended_at),
        "ended_by": booking.ended_by or None,
        "reason": booking.reason,
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant_text(at)
