"""Which of the branches that cover an address should serve it, and why the others do not. Pure.

Open before not known, then the nearer one that has room, then the lower id: the same question has the same answer.
docs/service-areas.md tells the rules in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Literal
from uuid import UUID

from config.errors import InvalidParameter
from geo.types import Point
from listings.areas.bands import CoveringBand
from listings.hours import HoursState, state_at

ROOM_AT_A_TIME = 20
"""Branches whose room is asked for at once, nearest first."""
ROOM_ASKED_OF = 200
"""Of the nearest so many that are open, and so many that may be. Where all of them are full nobody serves."""


class Reason(StrEnum):
    """Why a branch does not serve the address."""

    FURTHER = "further"
    """It would; another is nearer."""
    HOURS_UNKNOWN = "hours_unknown"
    """It covers the address, but not known to be open; another is."""
    NO_ROOM = "no_room"
    """It covers the address and is open; all that can be booked in time is taken."""
    CLOSED = "closed"
    """It covers the address, but is closed at the instant."""
    NOT_VALID = "not_valid"
    """It covers the address by an area that does not hold at the instant."""
    OUTSIDE_AREA = "outside_area"
    NO_AREA = "no_area"
    """Nothing is published of it in this mode."""


@dataclass(frozen=True, slots=True)
class Room:
    """What of a branch can still be taken. `left` 0: nothing in time; then there is no start. Deliveries have none."""

    left: int
    starts_at: datetime | None = None
    service_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A branch that covers the address, by the band that counts."""

    branch_id: UUID
    branch_name: str
    metres: float
    band: CoveringBand
    state: Literal["open", "unknown", "closed", "not_valid"]


@dataclass(frozen=True, slots=True)
class Lost:
    candidate: Candidate
    reason: Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """`room` None: nothing of the branch is counted. `lost`: all others that cover the address, nearest first."""

    winner: Candidate | None
    room: Room | None
    lost: list[Lost]


AskRoom = Callable[[Sequence[Candidate]], Mapping[UUID, Room]]
"""The room of those whose room is counted at all."""


def candidates_of(
    bands: Sequence[CoveringBand], *, at: datetime, metres_to: Callable[[Point], float]
) -> list[Candidate]:
    """One for each branch, nearest first. Of its bands that cover the address counts the first, by position of the
    area, id of the area and rank, that is open at `at`; else the first that may be; else the first.
    """
    ordered = sorted(bands, key=lambda band: (band.branch_id, band.position, band.area_id, band.rank))
    found = []
    for branch_id, group in groupby(ordered, key=lambda band: band.branch_id):
        judged = [(_state(band, at), band) for band in group]
        state, band = min(judged, key=lambda each: _STATES.index(each[0]))
        found.append(Candidate(branch_id, band.branch_name, metres_to(band.branch_point), band, state))
    return sorted(found, key=lambda candidate: (candidate.metres, candidate.branch_id))


_STATES: tuple[Literal["open", "unknown", "closed", "not_valid"], ...] = ("open", "unknown", "closed", "not_valid")


def decide(candidates: Sequence[Candidate], *, ask_room: AskRoom) -> Decision:
    """Room is asked for nearest first, and no further than the branch that has it."""
    room: dict[UUID, Room | None] = {}
    winner = None
    for state in ("open", "unknown"):
        able = [candidate for candidate in candidates if candidate.state == state][:ROOM_ASKED_OF]
        for start in range(0, len(able), ROOM_AT_A_TIME):
            asked = able[start : start + ROOM_AT_A_TIME]
            told = ask_room(asked)
            room |= {candidate.branch_id: told.get(candidate.branch_id) for candidate in asked}
            winner = next((each for each in asked if not _is_full(room[each.branch_id])), None)
            if winner is not None:
                break
        if winner is not None:
            break
    lost = [Lost(each, _why(each, winner, room)) for each in candidates if each is not winner]
    return Decision(winner, None if winner is None else room[winner.branch_id], lost)


def _why(candidate: Candidate, winner: Candidate | None, room: Mapping[UUID, Room | None]) -> Reason:
    if candidate.state == "closed":
        return Reason.CLOSED
    if candidate.state == "not_valid":
        return Reason.NOT_VALID
    if _is_full(room.get(candidate.branch_id)):
        return Reason.NO_ROOM
    if winner is not None and candidate.state != winner.state:
        return Reason.HOURS_UNKNOWN
    return Reason.FURTHER


def _is_full(room: Room | None) -> bool:
    return room is not None and room.left == 0


def holds_at(band: CoveringBand, at: datetime, *, with_hours: bool) -> bool:
    """Whether the band's area is valid at `at` and, `with_hours`, not closed by hours of its own."""
    if (band.valid_from is not None and at < band.valid_from) or (
        band.valid_until is not None and at >= band.valid_until
    ):
        return False
    return not with_hours or _hours_state(band.hours, band, at) != "closed"


def _state(band: CoveringBand, at: datetime) -> Literal["open", "unknown", "closed", "not_valid"]:
    if not holds_at(band, at, with_hours=False):
        return "not_valid"
    if band.closed_at is not None and band.closed_at <= at:
        return "closed"
    return _hours_state(band.hours or band.opening_hours, band, at)


def _hours_state(text: str, band: CoveringBand, at: datetime) -> HoursState:
    """Hours that some writer let through and nobody can read are not known, as those that were never told."""
    if not text:
        return "unknown"
    try:
        return state_at(text, zone=band.zone, country=band.country, point=band.branch_point, at=at)
    except InvalidParameter:
        return "unknown"
