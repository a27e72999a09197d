"""What documents are built from: frozen copies of the rows that matter. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from deals.windows import Window
from geo.types import Point
from listings.areas.published import PublishedBand


@dataclass(frozen=True, slots=True)
class CategorySubject:
    slug: str
    names: Mapping[str, str]
    synonyms: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class BrandSubject:
    id: UUID
    name: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StandingSubject:
    rating_count: int = 0
    rating_sum: int = 0
    visits_30d: int = 0
    generated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DealSubject:
    """A live deal whose window is not over."""

    id: UUID
    title: str
    titles: Mapping[str, str]
    terms: str
    fulfilment: str
    list_price_minor: int
    price_minor: int
    currency: str
    window: Window
    new_customers_only: bool
    generated: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchSubject:
    """A branch that is not closed, with all that its documents show."""

    id: UUID
    name: str
    names: Mapping[str, str]
    brand: BrandSubject | None
    categories: tuple[CategorySubject, ...]
    """From the root of the tree to the branch's own category."""
    point: Point
    street: str
    postcode: str
    city: str
    country: str
    zone: str
    opening_hours: str
    phone: str
    website: str
    photos: tuple[str, ...]
    attributes: Mapping[str, str]
    source: str
    created_at: datetime
    standing: StandingSubject
    deals: tuple[DealSubject, ...]
    """All live deals at it that are not over, begun or not."""
    position_until: datetime | None = None
    """Of a mobile branch: until when its point is where it is."""
    bands: tuple[PublishedBand, ...] = ()
    """Of its published areas that are not over, in the order in which they count."""
