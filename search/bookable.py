"""Which documents can be booked at the moment of answering. Pure: the truth is asked of who is wired in above.

Search knows no bookings. `config.urls` gives its views a `BookableOffers`: (branch, deal or None) of each service in
some boxes that can be booked now. A place can be booked when any of its services can, a deal where its own can.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from geo.areas import Area
from geo.distance import circle_boxes
from geo.types import Box, Circle
from search.document import deal_id, place_id
from search.query import SearchQuery


class BookableOffers(Protocol):
    def __call__(
        self, *, minute: int, party: int, boxes: Sequence[Box], now: datetime
    ) -> Iterable[tuple[UUID, UUID | None]]: ...


def nothing(*, minute: int, party: int, boxes: Sequence[Box], now: datetime) -> Iterable[tuple[UUID, UUID | None]]:  # noqa: ARG001  the protocol's
    """Of a search without bookings."""
    return ()


def with_bookable(query: SearchQuery, ask: BookableOffers, *, now: datetime) -> SearchQuery:
    """The question with the ids of what can be booked `now`; itself, and nothing asked, where it does not say when."""
    wanted = query.bookable
    if wanted is None or query.impossible:
        return query
    ids: set[str] = set()
    for branch, deal in ask(minute=wanted.minute, party=wanted.party, boxes=_boxes(query.area), now=now):
        ids.add(place_id(branch))
        if deal is not None:
            ids.add(deal_id(deal, branch))
    return replace(query, bookable=replace(wanted, ids=frozenset(ids)))


def _boxes(area: Circle | Box | Area | None) -> Sequence[Box]:
    if area is None:
        return (Box(-180.0, -90.0, 180.0, 90.0),)
    if isinstance(area, Circle):
        return circle_boxes(area)
    return (area.box if isinstance(area, Area) else area).halves()
