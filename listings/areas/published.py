"""What is published of a service area, as others read it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PublishedBand:
    """One band of a published version. Exactly one of `radius_metres` (round the branch's point) and `ewkb` is set."""

    area_id: UUID
    mode: str
    """`delivery` or `at_home`."""
    area_name: str
    version_id: UUID
    valid_from: datetime | None
    valid_until: datetime | None
    hours: str
    """OSM opening_hours in the branch's zone; empty: whenever the branch is open."""
    band_id: UUID
    radius_metres: int | None
    ewkb: bytes | None
    """A valid MultiPolygon in 4326, cut at the 180th meridian: read it with `geo.areas.area_from_ewkb`."""
    named_area: str | None
    """The name of the named area whose shape it has."""
    fee_minor: int
    minimum_minor: int
    currency: str
    eta_min_minutes: int | None
    eta_max_minutes: int | None
