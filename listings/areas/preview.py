"""What a drafted area would be: its size, what it shares with other areas of the branch, the places inside it.

Bounded whatever the shapes: shares are counted on a lattice of 4,096 points, places up to PLACES_CAP.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.functions import Coalesce
from django.utils import timezone

from config.errors import InvalidParameter
from geo.areas import Area, area_from_ewkb
from geo.lattice import Lattice, Region, circle_box, square_metres
from geo.types import Box, Circle, Point
from listings.areas.drafts import Draft
from listings.models import AreaBand, Branch, NamedArea, ServiceArea, ServiceAreaVersion

PLACES_CAP = 10_000

_PLACES = """
SELECT count(*) FROM (
  SELECT FROM listings_branch AS branch
  WHERE (branch.closed_at IS NULL OR branch.closed_at > %s) AND ({inside}) LIMIT {cap} + 1
) AS found
"""


def preview_draft(*, branch: Branch, mode: str, draft: Draft, besides: UUID | None = None) -> dict[str, Any]:
    """Of a version that may not be stored. `besides`: the area it is a version of."""
    named = [band.shape for band in draft.bands if isinstance(band.shape, UUID)]
    shapes = {area.id: area_from_ewkb(bytes(area.geometry.ewkb)) for area in NamedArea.objects.filter(id__in=named)}
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
    return _preview(branch, mode, regions, besides)


def preview_version(*, area: ServiceArea, version: ServiceAreaVersion) -> dict[str, Any]:
    """Of a stored version."""
    branch = Branch.objects.get(id=area.branch_id)
    return _preview(branch, area.mode, _regions(branch, {version.id})[version.id], area.id)


def _preview(branch: Branch, mode: str, regions: Sequence[Region], besides: UUID | None) -> dict[str, Any]:
    box = _around([circle_box(region) if isinstance(region, Circle) else region.box for region in regions])
    lattice = Lattice(box)
    own = lattice.inside(regions)
    covered = max(1, int(own.sum()))
    others = ServiceAreaVersion.objects.filter(
        area__branch=branch, area__mode=mode, state=ServiceAreaVersion.State.PUBLISHED
    ).exclude(area_id=besides)
    versions = {version.id: version for version in others.select_related("area")}
    overlaps = []
    for version_id, theirs in _regions(branch, set(versions)).items():
        shared = int((own & lattice.inside(theirs)).sum())
        if shared:
            area = versions[version_id].area
            overlaps.append({"area_id": str(area.id), "name": area.name, "percent": round(100 * shared / covered, 1)})
    sizes = [square_metres(region) for region in regions]
    whole = sizes[0] if len(sizes) == 1 else max(*sizes, lattice.square_metres * lattice.share(own))
    return {
        "square_kilometres": _kilometres(whole),
        "bands": [{"rank": rank, "square_kilometres": _kilometres(size)} for rank, size in enumerate(sizes)],
        "box": {side: round(getattr(box, side), 7) for side in ("west", "south", "east", "north")},
        "overlaps": sorted(overlaps, key=lambda overlap: (-overlap["percent"], overlap["area_id"])),
        "places": _places(regions),
    }


def _regions(branch: Branch, version_ids: set[UUID]) -> dict[UUID, list[Region]]:
    """The shapes of stored versions of the branch's areas, in one query."""
    found: dict[UUID, list[Region]] = {version_id: [] for version_id in version_ids}
    bands = AreaBand.objects.filter(version_id__in=version_ids).annotate(
        shape=Coalesce("geometry", "named_area__geometry")
    )
    for band in bands.order_by("version_id", "rank"):
        radius = band.radius_metres
        region = area_from_ewkb(bytes(band.shape.ewkb)) if radius is None else _disc(branch, radius)
        found[band.version_id].append(region)
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


def _places(regions: Sequence[Region]) -> dict[str, Any]:
    """Places known to us, not closed, in any of the regions: `gte` where there are more than are counted."""
    tests: list[str] = []
    params: list[Any] = [timezone.now()]
    for region in regions:
        if isinstance(region, Circle):
            halves = circle_box(region).halves()
            within = " OR ".join("branch.point && ST_MakeEnvelope(%s, %s, %s, %s, 4326)" for _ in halves)
            tests.append(
                f"(({within}) AND ST_DistanceSphere(branch.point, ST_SetSRID(ST_MakePoint(%s, %s), 4326)) <= %s)"
            )
            for half in halves:
                params += [half.west, half.south, half.east, half.north]
            params += [region.centre.lon, region.centre.lat, region.radius_metres]
        else:
            tests.append("ST_Covers(%s::geometry, branch.point)")
            params.append(region.ewkb_hex())
    with connection.cursor() as cursor:
        cursor.execute(_PLACES.format(inside=" OR ".join(tests), cap=PLACES_CAP), params)
        (count,) = cursor.fetchone()
    return {"value": min(count, PLACES_CAP), "relation": "eq" if count <= PLACES_CAP else "gte", "cap": PLACES_CAP}


def _kilometres(metres: float) -> float:
    return round(metres / 1e6, 3)
