"""POST /v1/assign: which branch serves an address. A POST for its body: addresses do not belong into logs of URLs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from booking import schema
from booking.assigning import OTHERS, Answer, Question, assign
from booking.assignment import Candidate, Lost, Reason, Room
from booking.bodies import instant_of, uuid_of, whole_of
from config.api.bodies import read_object
from config.api.throttling import ReadThrottle
from config.errors import InvalidParameter
from config.instants import instant_text
from geo.datum_view import DATUM, DatumView
from geo.params import point_of
from listings.areas.bands import CoveringBand, Neighbour, Owner
from listings.models import ServiceArea

FIELDS = frozenset({"lat", "lon", "merchant_id", "chain_id", "mode", "at", "party", "within_minutes"})
MAX_PARTY = 100
DEFAULT_WITHIN_MINUTES = 120
MAX_WITHIN_MINUTES = 1_440


class Assign(DatumView):
    throttle_classes = (ReadThrottle,)

    @extend_schema(
        operation_id="assign",
        summary="The branch of a merchant or chain that should serve an address, and why the others do not.",
        tags=["service areas"],
        parameters=[DATUM],
        request=schema.AssignRequest,
        responses=schema.AssignmentShape,
    )
    def post(self, request: Request) -> Response:
        self.query_of(request, known=())
        now = timezone.now()
        question = _question(read_object(self.body_of(request), known=FIELDS), default_at=now)
        data = {
            "mode": question.mode,
            "at": instant_text(question.at),
            **_answer_data(assign(question, now=now)),
            "as_of": instant_text(now),
        }
        return Response(data, headers={"Cache-Control": "no-store"})


def _question(data: Mapping[str, Any], *, default_at: Any) -> Question:
    point = point_of(data)
    if point is None:
        raise InvalidParameter("lat", "Say where the address is, with lat and lon.")
    merchant_id, chain_id = uuid_of(data, "merchant_id"), uuid_of(data, "chain_id")
    if merchant_id is not None and chain_id is None:
        owner = Owner("merchant_id", merchant_id)
    elif chain_id is not None and merchant_id is None:
        owner = Owner("brand_id", chain_id)
    else:
        raise InvalidParameter("merchant_id", "Say whose branches: merchant_id or chain_id, one of them.")
    mode = data.get("mode")
    if mode not in ServiceArea.Mode.values:
        raise InvalidParameter("mode", f"One of {', '.join(ServiceArea.Mode.values)} is expected.")
    at = instant_of(data, "at") or default_at
    within = whole_of(data, "within_minutes", minimum=1, maximum=MAX_WITHIN_MINUTES, default=DEFAULT_WITHIN_MINUTES)
    return Question(
        owner=owner,
        point=point,
        mode=str(mode),
        at=at,
        room_until=at + timedelta(minutes=within),
        party=whole_of(data, "party", minimum=1, maximum=MAX_PARTY, default=1),
    )


def _answer_data(answer: Answer) -> dict[str, Any]:
    decision = answer.decision
    lost = decision.lost
    return {
        "branch": None if decision.winner is None else _winner_data(decision.winner, decision.room),
        "others": [*map(_lost_data, lost[:OTHERS]), *(_outside_data(*each) for each in answer.outside)],
        "covering": len(lost) + (decision.winner is not None),
    }


def _winner_data(winner: Candidate, room: Room | None) -> dict[str, Any]:
    return {
        **_branch_data(winner.branch_id, winner.branch_name, winner.metres),
        "hours": winner.state,
        "band": _band_data(winner.band),
        "room": None
        if room is None
        else {
            "left": room.left,
            "starts_at": None if room.starts_at is None else instant_text(room.starts_at),
            "service_id": None if room.service_id is None else str(room.service_id),
        },
    }


def _lost_data(lost: Lost) -> dict[str, Any]:
    each = lost.candidate
    return {**_branch_data(each.branch_id, each.branch_name, each.metres), "reason": lost.reason}


def _outside_data(each: Neighbour, reason: Reason) -> dict[str, Any]:
    return {**_branch_data(each.branch_id, each.branch_name, each.metres), "reason": reason}


def _branch_data(branch_id: object, name: str, metres: float) -> dict[str, Any]:
    return {"place_id": str(branch_id), "name": name, "distance_metres": round(metres, 1)}


def _band_data(band: CoveringBand) -> dict[str, Any]:
    return {
        "area_id": str(band.area_id),
        "area_name": band.area_name,
        "version": band.version,
        "rank": band.rank,
        "named_area": band.named_area,
        "fee_minor": band.fee_minor,
        "minimum_minor": band.minimum_minor,
        "currency": band.currency,
        "eta_min_minutes": band.eta_min_minutes,
        "eta_max_minutes": band.eta_max_minutes,
    }
