"""When deals can be booked: GET /v1/deals/{id}/availability for one place, GET /v1/availability for many at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from booking import schema, selectors
from booking.models import Service
from booking.presentation import policy_data
from booking.rooms import Offered, offered
from config.api.parameters import read_query
from config.api.values import parse_uuid, whole_of
from config.errors import InvalidParameter, NotFound
from config.instants import instant_text, parse_instant

MAX_PARTY = 100
MAX_OFFERS = 50
MAX_DAYS = 31
MAX_DAYS_OF_MANY = 7
"""Where more than one offer is asked for."""
DEFAULT_DAYS = 7
DEFAULT_EACH = 3
MAX_EACH = 20
_WINDOW = {"from", "until", "party"}

PARTY = OpenApiParameter(
    "party", {"type": "integer", "minimum": 1, "maximum": MAX_PARTY, "default": 1}, description="People."
)
FROM = OpenApiParameter("from", datetime, description="Earliest start; now, where left out.")
UNTIL = OpenApiParameter(
    "until", datetime, description=f"Starts before it; {DEFAULT_DAYS} days later, at most {MAX_DAYS}."
)


def _window(params: dict[str, str], now: datetime, *, most_days: int = MAX_DAYS) -> tuple[datetime, datetime]:
    since = parse_instant(params["from"], parameter="from") if "from" in params else now
    until = (
        parse_instant(params["until"], parameter="until") if "until" in params else since + timedelta(days=DEFAULT_DAYS)
    )
    if until <= since:
        raise InvalidParameter("until", "It must be after from.")
    if until - since > timedelta(days=most_days):
        limit = f"{most_days} days"
        raise InvalidParameter("until", f"At most {limit} at a time.", limit=limit)
    return max(since, now), until


def _bookable_until(service: Service, now: datetime) -> datetime:
    ends = [now + timedelta(days=service.horizon_days), service.branch.closed_at]
    ends.append(None if service.deal is None else service.deal.valid_until)
    return min(end for end in ends if end is not None)


def _offer_data(each: Offered, *, party: int, limit: int | None, now: datetime) -> dict[str, Any]:
    service = each.service
    quote = selectors.quote_of(service, party=party)
    shown = each.openings if limit is None else each.openings[:limit]
    return {
        "deal_id": None if service.deal_id is None else str(service.deal_id),
        "place_id": str(service.branch_id),
        "service": {"id": str(service.id), "name": service.name, "mode": service.mode},
        "zone": service.branch.zone,
        "duration_minutes": service.duration_minutes,
        "party_min": service.party_min,
        "party_max": service.party_max,
        "price_minor": quote.price_minor,
        "list_price_minor": quote.list_price_minor,
        "currency": quote.currency,
        "due_minor": quote.deposit_minor,
        "starts": [
            {
                "starts_at": instant_text(opening.starts_at),
                "ends_at": instant_text(opening.starts_at + timedelta(minutes=service.duration_minutes)),
                "left": opening.left,
                "cancellation": policy_data(
                    quote.policy, starts_at=opening.starts_at, no_show_fee_minor=quote.no_show_fee_minor
                ),
            }
            for opening in shown
        ],
        "total": len(each.openings),
        "bookable_until": instant_text(_bookable_until(service, now)),
    }


class DealAvailability(APIView):
    @extend_schema(
        operation_id="deal_availability",
        summary="Every time at which a deal can be booked at a place.",
        tags=["booking"],
        parameters=[
            OpenApiParameter("id", UUID, OpenApiParameter.PATH, description="`deal.id` of a hit."),
            OpenApiParameter("place_id", UUID, required=True, description="`place_id` of the hit."),
            PARTY,
            FROM,
            UNTIL,
        ],
        responses={200: schema.AvailabilityShape},
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        params = read_query(request, known=_WINDOW | {"place_id"})
        deal_id = parse_uuid(id)
        if "place_id" not in params:
            raise InvalidParameter("place_id", "Say at which place.")
        place_id = parse_uuid(params["place_id"], parameter="place_id")
        party = whole_of(params, "party", minimum=1, maximum=MAX_PARTY, default=1)
        now = timezone.now()
        since, until = _window(params, now)
        services = selectors.services_of([deal_id], branch_ids=[place_id])
        if not services:
            raise NotFound("This deal has no times to book at this place.")
        (found,) = offered(services, since=since, until=until, party=party, now=now)
        free = {opening.starts_at for opening in found.openings}
        data = {
            **_offer_data(found, party=party, limit=None, now=now),
            "taken_starts": [instant_text(start) for start in found.starts if start not in free],
            "party": party,
            "as_of": instant_text(now),
        }
        return Response(data, headers={"Cache-Control": "no-store"})


class Availability(APIView):
    @extend_schema(
        operation_id="availability",
        summary="The next times of many deals at once.",
        tags=["booking"],
        parameters=[
            OpenApiParameter(
                "offers",
                str,
                required=True,
                description=f"`deal_id:place_id`, up to {MAX_OFFERS} by comma: ids of hits with or without their kind.",
            ),
            OpenApiParameter(
                "each",
                {"type": "integer", "minimum": 1, "maximum": MAX_EACH, "default": DEFAULT_EACH},
                description="Times of each; `total` says how many there are.",
            ),
            PARTY,
            FROM,
            OpenApiParameter(
                "until",
                datetime,
                description=f"Starts before it; {DEFAULT_DAYS} days later, at most {MAX_DAYS_OF_MANY} where more than"
                f" one offer is asked for, else {MAX_DAYS}.",
            ),
        ],
        responses={200: schema.AvailabilitiesShape},
    )
    def get(self, request: Request) -> Response:
        params = read_query(request, known=_WINDOW | {"offers", "each"}, max_characters={"offers": MAX_OFFERS * 80})
        pairs = _pairs(params.get("offers", ""))
        party = whole_of(params, "party", minimum=1, maximum=MAX_PARTY, default=1)
        each = whole_of(params, "each", minimum=1, maximum=MAX_EACH, default=DEFAULT_EACH)
        now = timezone.now()
        since, until = _window(params, now, most_days=MAX_DAYS if len(pairs) == 1 else MAX_DAYS_OF_MANY)
        services = [
            service
            for service in selectors.services_of({deal for deal, _ in pairs}, branch_ids={place for _, place in pairs})
            if (service.deal_id, service.branch_id) in pairs
        ]
        found = offered(services, since=since, until=until, party=party, now=now)
        data = {
            "offers": [_offer_data(one, party=party, limit=each, now=now) for one in found],
            "party": party,
            "as_of": instant_text(now),
        }
        return Response(data, headers={"Cache-Control": "no-store"})


def _pairs(text: str) -> set[tuple[UUID, UUID]]:
    parts = [part for part in text.split(",") if part]
    if not 1 <= len(parts) <= MAX_OFFERS:
        raise InvalidParameter("offers", f"1 to {MAX_OFFERS} of deal_id:place_id, by comma.", limit=MAX_OFFERS)
    pairs = set()
    for part in parts:
        deal, colon, place = part.removeprefix("deal:").partition(":")
        if not colon:
            raise InvalidParameter("offers", "An offer is deal_id:place_id.")
        pairs.add((parse_uuid(deal, parameter="offers"), parse_uuid(place, parameter="offers")))
    return pairs
