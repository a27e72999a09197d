"""An entry of the waitlist as plain data ready for JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from booking.tokens import link_token
from booking.waitlist.models import Entry
from config.instants import instant_text


def entry_data(entry: Entry, *, place: int | None, now: datetime) -> dict[str, Any]:
    """The body of `GET /v1/waitlist/{id}`. Needs service, branch, deal and offer at hand."""
    service, branch = entry.service, entry.service.branch
    return {
        "id": str(entry.id),
        "state": str(entry.state),
        "title": service.name if service.deal is None else service.deal.title,
        "place": {"id": str(branch.id), "name": branch.name, "zone": branch.zone},
        "service": {"id": str(service.id), "name": service.name},
        "deal": None if service.deal is None else {"id": str(service.deal.id), "title": service.deal.title},
        "starts_from": instant_text(entry.starts_from),
        "starts_until": instant_text(entry.starts_until),
        "party": entry.party,
        "joined_at": instant_text(entry.joined_at),
        "place_in_queue": place,
        "offers_left": entry.offers_left,
        "offer": _offer_data(entry),
        "ended_because": entry.ended_because or None,
        "trace_id": entry.trace_id,
        "as_of": instant_text(now),
    }


def _offer_data(entry: Entry) -> dict[str, Any] | None:
    """The booking that is offered or came of it, with the token that opens it: who has the entry's may take it."""
    booking = entry.offer
    if booking is None or booking.starts_at is None or booking.ends_at is None:
        return None
    return {
        "booking_id": str(booking.id),
        "token": link_token(booking.id),
        "state": str(booking.state),
        "starts_at": instant_text(booking.starts_at),
        "ends_at": instant_text(booking.ends_at),
        "expires_at": None if booking.expires_at is None else instant_text(booking.expires_at),
    }
