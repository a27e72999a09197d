"""The offer document: everything that a search answers with, for one place or for one deal at one place. Pure.

`place:<branch>` stands for a branch, `deal:<deal>:<branch>` for a deal at it. Engines hold documents and nothing else,
so a hit needs no read of the live tables. What filters, ranks or counts is a field; what is only shown is in `card`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from geo.types import Point

SCHEMA = 3
"""Raised when the meaning of a field changes; documents of another number are rebuilt."""


class Kind(StrEnum):
    PLACE = "place"
    DEAL = "deal"


class Mode(StrEnum):
    """How somebody gets what is offered."""

    VISIT = "visit"
    DELIVERY = "delivery"
    AT_HOME = "at_home"


def place_id(branch_id: UUID) -> str:
    return f"place:{branch_id}"


def deal_id(deal_id: UUID, branch_id: UUID) -> str:
    return f"deal:{deal_id}:{branch_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceBand:
    """Where a branch serves in one mode, and at what price. Exactly one of `radius_metres` and `ewkb` is set."""

    mode: Mode
    """`delivery` or `at_home`."""
    radius_metres: float | None
    """Round the branch's point, by great-circle distance, border included."""
    ewkb: bytes | None
    """A valid MultiPolygon in 4326, cut at the 180th meridian: what ST_Covers decides on."""
    area_id: UUID
    area_name: str
    band_id: UUID
    named_area: str | None
    """The name of the named area whose shape it has."""
    fee_minor: int
    minimum_minor: int
    """The least that an order comes to."""
    currency: str
    eta_min_minutes: int | None
    eta_max_minutes: int | None
    valid_from: datetime | None
    valid_until: datetime | None
    """Half-open window; None: unbounded."""
    open_minutes: tuple[tuple[int, int], ...] | None
    """The area's own hours, as those of an offer; None: it has none, and is as open as its branch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDocument:
    id: str
    kind: Kind
    branch_id: UUID
    chain_id: UUID | None
    """The brand, for collapsing branches of one chain to the nearest (best) one."""
    point: Point
    zone: str
    """IANA zone of the branch."""
    categories: tuple[str, ...]
    """Slugs from the root of the tree to the branch's own category, that one last."""
    terms: frozenset[str]
    """search.text.document_terms."""
    attributes: frozenset[str]
    """Names of attributes that are a plain yes: `wheelchair`, `outdoor_seating`, …"""
    open_minutes: tuple[tuple[int, int], ...] | None
    """Half-open intervals in minutes since 1970 UTC within the indexed horizon in which it is open (and the deal can be
    used), sorted and apart. None: the hours are not known, which no open filter matches."""
    price_minor: int | None
    """A deal's price; for a place the lowest price among its current deals of its currency."""
    currency: str | None
    discount: float | None
    """0 to 1, to 4 decimals; for a place the highest among its current deals. None: no deal."""
    deal_count: int
    """Deals current at build time; 1 for a deal."""
    rating_stars: float | None
    """search.ranking.shrunk_rating."""
    rating_count: int
    popularity: float
    """search.ranking.popularity_of."""
    listed_at: datetime
    """When the branch (or the deal) was first listed: newest sort, freshness."""
    valid_from: datetime | None
    valid_until: datetime | None
    """Half-open window in which it may be shown; None: unbounded."""
    card: Mapping[str, Any]
    """What a hit shows besides: JSON-serialisable, in the order shown. The same keys for every document of a kind."""
    mode: Mode | None = None
    """The one way in which a deal is had; None of a place: any that its branch has."""
    bands: tuple[ServiceBand, ...] = ()
    """Of a place, for itself and its deals: where its branch serves, in the order in which they count. Of the bands of
    one mode that cover a point and are valid and open at the instant, the first is the one that holds."""
    schema: int = SCHEMA
