"""What a drafted area would be: its size, what it shares with other areas of the branch, the places inside it.

Bounded whatever the shapes: they and those they are compared with have MAX_CORNERS together, shares are counted on a
lattice of 4,096 points, places up to PLACES_CAP, and no more than SCANNED_PLACES in the box are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from django.contrib.gis.db.models.functions import AsWKB
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from config.errors import InvalidParameter
from geo.areas import Area, area_from_ewkb
from geo.lattice import Lattice, Region, circle_box, covered, square_metres
from geo.types import Box, Circle, Point
from listings.areas.corners import refuse_too_many_corners
from listings.areas.drafts import Draft
from listings.models import AreaBand, Branch, NamedArea, ServiceArea, ServiceAreaVersion

PLACES_CAP = 10_000
SCANNED_PLACES = 50_000

_PLACES = """
SELECT ST_X(branch.point), ST_Y(branch.point) FROM listings_branch AS branch
WHERE (branch.closed_at IS NULL OR branch.closed_at > %s) AND ({inside}) LIMIT %s
"""


def preview_draft(*, branch: Branch, mode: str, draft: Draft, besides: UUID | None = None) -> dict[str, Any]:
    """Of a version that may not be stored. `besides`: the area it is a version of. AreasTooDetailed."""
    named = [band.shape for band in draft.bands if isinstance(band.shape, UUID)]
    drawn = sum(band.shape.vertex_count for band in draft.bands if isinstance(band.shape, Area))
    others = _others(branch, mode, besides)
    refuse_too_many_corners(_WHAT, version_ids=set(others), named_area_ids=named, drawn=drawn)
    found = NamedArea.objects.filter(id__in=named).annotate(shape=AsWKB("geometry"))
    shapes = {area_id: area_from_ewkb(bytes(shape)) for area_id, shape in found.values_list("id", "shape")}
    regions: list[Region] = []
    for index, band in enumerate(draft.bands):
        if isinstance(band.shape, int):
            regions.append(_disc(branch, band.shape))
        elif isinstance(band.shape, Area):
            regions.append(band.shape)
        elif band.shape in shapes:
            regions.append(shapes[band.shape])
        else:
            raise InvalidParameter(f"bands[{index}].named_area_id", "There is no named area of this id.")
    return _preview(branch, regions, others)


def preview_version(*, area: ServiceArea, version: ServiceAreaVersion) -> dict[str, Any]:
    """Of a stored version. AreasTooDetailed."""
    branch = Branch.objects.get(id=area.branch_id)
    others = _others(branch, area.mode, area.id)
    refuse_too_many_corners(_WHAT, version_ids={version.id, *others})
    return _preview(branch, _regions(branch, {version.id})[version.id], others)


_WHAT = "It and the other published areas of the branch have"


def _others(branch: Branch, mode: str, besides: UUID | None) -> dict[UUID, ServiceArea]:
    """By published version, the areas of the mode that it is compared with."""
    published: QuerySet[ServiceAreaVersion] = ServiceAreaVersion.objects.filter(
        area__branch=branch, area__mode=mode, state=ServiceAreaVersion.State.PUBLISHED
    ).exclude(area_id=besides)
    return {version.id: version.area for version in published.select_related("area")}


def _preview(branch: Branch, regions: Sequence[Region], others: dict[UUID, ServiceArea]) -> dict[str, Any]:
    box = _around([circle_box(region) if isinstance(region, Circle) else region.box for region in regions])
    lattice = Lattice(box)
    own = lattice.inside(regions)
    on = max(1, int(own.sum()))
    overlaps = []
    for version_id, theirs in _regions(branch, set(others)).items():
        shared = int((own & lattice.inside(theirs)).sum())
        if shared:
            area = others[version_id]
            overlaps.append({"area_id": str(area.id), "name": area.name, "percent": round(100 * shared / on, 1)})
    sizes = [square_metres(region) for region in regions]
    whole = sizes[0] if len(sizes) == 1 else max(*sizes, lattice.square_metres * lattice.share(own))
    return {
        "square_kilometres": _kilometres(whole),
        "bands": [{"rank": rank, "square_kilometres": _kilometres(size)} for rank, size in enumerate(sizes)],
        "box": {side: round(getattr(box, side), 7) for side in ("west", "south", "east", "north")},
        "overlaps": sorted(overlaps, key=lambda overlap: (-overlap["percent"], overlap["area_id"])),
        "places": _places(regions, box),
    }


def _regions(branch: Branch, version_ids: set[UUID]) -> dict[UUID, list[Region]]:
    """The shapes of stored versions of the branch's areas, in one query."""
    found: dict[UUID, list[Region]] = {version_id: [] for version_id in version_ids}
    bands = AreaBand.objects.filter(version_id__in=version_ids).annotate(
        shape=AsWKB(Coalesce("geometry", "named_area__geometry"))
    )
    rows = bands.order_by("version_id", "rank").values_list("version_id", "radius_metres", "shape")
    for version_id, radius, shape in rows:
        found[version_id].append(area_from_ewkb(bytes(shape)) if radius is None else _disc(branch, radius))
    return found


def _disc(branch: Branch, radius_metres: int) -> Circle:
    return Circle(Point(branch.point.x, branch.point.y), float(radius_metres))


def _around(boxes: Sequence[Box]) -> Box:
    """The box round all, each turned to where it is nearest to those before; all longitudes where they need more."""
    first = boxes[0]
    west, east = first.west, first.west + _width(first)
    for box in boxes[1:]:
        start = box.west + 360 * round(((west + east) / 2 - box.west - _width(box) / 2) / 360)
        west, east = min(west, start), max(east, start + _width(box))
    south, north = min(box.south for box in boxes), max(box.north for box in boxes)
    if east - west >= 360:
        return Box(-180.0, south, 180.0, north)
    west, east = (lon - 360 if lon > 180 else lon + 360 if lon < -180 else lon for lon in (west, east))
    return Box(west, south, east, north)


def _width(box: Box) -> float:
    return box.east - box.west + (360 if box.crosses_antimeridian else 0)


def _places(regions: Sequence[Region], box: Box) -> dict[str, Any]:
    """Places known to us, not closed, in any of the regions: `gte` where there may be more than are counted."""
    halves = box.halves()
    inside = " OR ".join("branch.point && ST_MakeEnvelope(%s, %s, %s, %s, 4326)" for _ in halves)
    corners = [side for half in halves for side in (half.west, half.south, half.east, half.north)]
    with connection.cursor() as cursor:
        cursor.execute(_PLACES.format(inside=inside), [timezone.now(), *corners, SCANNED_PLACES + 1])
        points = np.array(cursor.fetchall(), dtype=float).reshape(-1, 2)
    count = int(covered(regions, points[:, 0], points[:, 1]).sum())
    is_all = len(points) <= SCANNED_PLACES and count <= PLACES_CAP
    return {"value": min(count, PLACES_CAP), "relation": "eq" if is_all else "gte", "cap": PLACES_CAP}


def _kilometres(metres: float) -> float:
    return round(metres / 1e6, 3)
