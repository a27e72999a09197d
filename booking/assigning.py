"""The branch of a merchant or chain that should serve an address: docs/service-areas.md, "Assign".

Asked of the live tables: what was published, retired or booked a moment ago counts. A constant number of queries while
few branches are full.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from booking.assignment import Candidate, Decision, Reason, Room, candidates_of, decide
from booking.deliveries.capacity import loads
from booking.models import Service
from booking.rooms import offered
from config.errors import InvalidParameter
from geo.distance import distance_metres
from geo.types import Point
from listings.areas.bands import Neighbour, Owner
from listings.areas.covering import covering_bands, neighbours
from listings.models import Brand, Merchant, ServiceArea

OTHERS = 20
"""Branches that are told beside the one that serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`room_until`: for a home visit, a start with room for `party` people is wanted within [at, room_until)."""

    owner: Owner
    point: Point
    mode: str
    at: datetime
    room_until: datetime
    party: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """`decision.lost` are all that cover the address; `outside` the nearest that do not, where there is space to tell
    of them.
    """

    decision: Decision
    outside: list[tuple[Neighbour, Reason]]


def assign(question: Question, *, now: datetime) -> Answer:
    """InvalidParameter for a merchant or chain that is not there. Two queries at most where nothing covers; one
    more for every twenty branches whose room for deliveries is looked at, five for home visits that are booked by time.
    """
    bands = covering_bands(question.owner, question.point, mode=question.mode, now=now)
    if not bands:
        _refuse_unknown(question.owner)
    candidates = candidates_of(bands, at=question.at, metres_to=lambda point: distance_metres(point, question.point))
    decision = decide(candidates, ask_room=lambda asked: _rooms(asked, question, now))
    space = OTHERS - len(decision.lost)
    outside = []
    if space > 0:
        besides = [candidate.branch_id for candidate in candidates]
        near = neighbours(
            question.owner, question.point, mode=question.mode, at=question.at, besides=besides, limit=space, now=now
        )
        outside = [(each, Reason.OUTSIDE_AREA if each.has_area else Reason.NO_AREA) for each in near]
    return Answer(decision, outside)


def _refuse_unknown(owner: Owner) -> None:
    if owner.column == "brand_id":
        if not Brand.objects.filter(id=owner.id).exists():
            raise InvalidParameter("chain_id", "There is no brand of this id.")
    elif not Merchant.objects.filter(id=owner.id).exists():
        raise InvalidParameter("merchant_id", "There is no merchant of this id.")


def _rooms(asked: Sequence[Candidate], question: Question, now: datetime) -> dict[UUID, Room]:
    """Of home visits, which are booked by time, the first start with room; of deliveries what is left of what the
    branch takes on. A branch that offers no home visits to book, or set no limit to its deliveries, has no entry:
    whether it has room is not known to us.
    """
    if question.mode == ServiceArea.Mode.DELIVERY:
        carried = loads([candidate.branch_id for candidate in asked], at=max(question.at, now))
        return {branch_id: Room(load.left) for branch_id, load in carried.items()}
    metres = {candidate.branch_id: candidate.metres for candidate in asked}
    offering = Service.objects.select_related("branch", "deal").filter(
        branch__in=metres, mode=Service.Mode.AT_HOME, is_offered=True
    )
    services = list(offering.order_by("branch", "id"))
    rooms = {service.branch_id: Room(0) for service in services}
    reach = [
        service
        for service in services
        if service.travel_radius_metres is None or metres[service.branch_id] <= service.travel_radius_metres
    ]
    since = max(question.at, now)
    if since >= question.room_until or not reach:
        return rooms
    for found in offered(reach, since=since, until=question.room_until, party=question.party, now=now):
        held = rooms[found.service.branch_id]
        for opening in found.openings[:1]:
            if held.starts_at is None or (opening.starts_at, found.service.id) < (held.starts_at, held.service_id):
                rooms[found.service.branch_id] = Room(opening.left, opening.starts_at, found.service.id)
    return rooms
