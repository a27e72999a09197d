"""Service areas as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from config.instants import instant_text
from geo.areas import area_from_ewkb
from listings.models import AreaBand, NamedArea, ServiceArea, ServiceAreaVersion


def area_data(
    area: ServiceArea, *, draft: ServiceAreaVersion | None, published: ServiceAreaVersion | None
) -> dict[str, Any]:
    """Versions with their bands prefetched."""
    return {
        "id": str(area.id),
        "branch_id": str(area.branch_id),
        "mode": area.mode,
        "name": area.name,
        "position": area.position,
        "created_at": instant_text(area.created_at),
        "draft": None if draft is None else version_data(draft),
        "published": None if published is None else version_data(published),
    }


def version_data(version: ServiceAreaVersion) -> dict[str, Any]:
    bands = sorted(version.bands.all(), key=lambda band: band.rank)
    return {
        **version_head(version),
        "currency": bands[0].currency if bands else None,
        "hours": version.hours,
        "bands": [_band(band) for band in bands],
    }


def version_head(version: ServiceAreaVersion) -> dict[str, Any]:
    """What the history lists of each version."""
    return {
        "number": version.number,
        "state": version.state,
        "valid_from": _instant(version.valid_from),
        "valid_until": _instant(version.valid_until),
        "copied_from": version.copied_from,
        "created_at": instant_text(version.created_at),
        "created_by": version.created_actor,
        "edited_at": instant_text(version.edited_at),
        "published_at": _instant(version.published_at),
        "published_by": version.published_actor or None,
        "retired_at": _instant(version.retired_at),
        "retired_by": version.retired_actor or None,
    }


def named_area_data(area: NamedArea, *, with_shape: bool = False) -> dict[str, Any]:
    data: dict[str, Any] = {"id": str(area.id), "name": area.name, "kind": area.kind, "source": area.source}
    if with_shape:
        data["area"] = area_from_ewkb(bytes(area.geometry.ewkb)).geojson()
    return data


def _band(band: AreaBand) -> dict[str, Any]:
    return {
        "radius_metres": band.radius_metres,
        "area": None if band.geometry is None else area_from_ewkb(bytes(band.geometry.ewkb)).geojson(),
        "named_area": None if band.named_area is None else named_area_data(band.named_area),
        "fee_minor": band.fee_minor,
        "minimum_minor": band.minimum_minor,
        "eta_min_minutes": band.eta_min_minutes,
        "eta_max_minutes": band.eta_max_minutes,
    }


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant_text(instant)
