"""What is told of bands that cover a point, and of branches near it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from geo.types import Point


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose branches are asked: those of a merchant, or those of a brand whoever owns them."""

    column: Literal["merchant_id", "brand_id"]
    id: UUID


@dataclass(frozen=True, slots=True)
class CoveringBand:
    """A band that covers the point, with the branch whose it is."""

    branch_id: UUID
    branch_name: str
    branch_point: Point
    zone: str
    country: str
    opening_hours: str
    closed_at: datetime | None
    area_id: UUID
    area_name: str
    position: int
    version: int
    valid_from: datetime | None
    valid_until: datetime | None
    hours: str
    """Of the area; empty: whenever the branch is open."""
    rank: int
    named_area: str | None
    fee_minor: int
    minimum_minor: int
    currency: str
    eta_min_minutes: int | None
    eta_max_minutes: int | None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A branch near the point. `has_area`: something is published of it in the mode."""

    branch_id: UUID
    branch_name: str
    metres: float
    has_area: bool
