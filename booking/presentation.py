"""A booking, a hold and a policy as plain data ready for JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from booking.models import Booking
from booking.policy import Policy, deadlines, refund_minor
from config.instants import instant_text


def booking_data(booking: Booking, *, now: datetime) -> dict[str, Any]:
    """The body of `GET /v1/bookings/{id}`. Needs branch, service and deal at hand."""
    return {
        "id": str(booking.id),
        "state": str(booking.state),
        "title": booking.title,
        "place": {"id": str(booking.branch_id), "name": booking.branch.name, "zone": booking.branch.zone},
        "service": None if booking.service is None else {"id": str(booking.service_id), "name": booking.service.name},
        "deal": None if booking.deal is None else {"id": str(booking.deal_id), "title": booking.deal.title},
        "starts_at": _instant(booking.starts_at),
        "ends_at": _instant(booking.ends_at),
        "party": booking.party,
        "address": booking.address,
        "created_at": _instant(booking.created_at),
        "expires_at": _instant(booking.expires_at) if booking.state in {"held", "awaiting_payment"} else None,
        "can_extend": booking.state == "held" and booking.extensions == 0,
        "price": {
            "price_minor": booking.price_minor,
            "list_price_minor": booking.list_price_minor,
            "currency": booking.currency,
            "due_minor": booking.deposit_minor,
            "paid_minor": booking.paid_minor,
            "refund_due_minor": booking.refund_due_minor,
            "refund_if_cancelled_minor": _refund_if_cancelled(booking, now=now),
        },
        "cancellation": policy_data(
            Policy.from_json(booking.policy), starts_at=booking.starts_at, no_show_fee_minor=booking.no_show_fee_minor
        ),
        "contact": {
            "name": booking.name,
            "email": booking.email,
            "phone": booking.phone,
            "language": booking.language,
            "note": booking.note,
        },
        "trace_id": booking.trace_id,
        "as_of": instant_text(now),
    }


def _refund_if_cancelled(booking: Booking, *, now: datetime) -> int | None:
    if booking.state not in {"held", "awaiting_payment", "confirmed"}:
        return None
    if booking.starts_at is not None and booking.starts_at <= now:
        return None
    policy = Policy.from_json(booking.policy)
    return refund_minor(policy, paid_minor=booking.paid_minor, starts_at=booking.starts_at, now=now)


def policy_data(policy: Policy, *, starts_at: datetime | None, no_show_fee_minor: int) -> dict[str, Any]:
    """Until when a cancellation gives back how much of what was paid; no line: nothing, or (without a start) all."""
    lines = [] if starts_at is None else deadlines(policy, starts_at=starts_at)
    return {
        "is_free_until_used": starts_at is None,
        "deadlines": [{"until": instant_text(until), "refund_percent": percent} for until, percent in lines],
        "no_show_fee_minor": no_show_fee_minor,
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant_text(at)
