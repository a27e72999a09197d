"""Reads of service areas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from config.errors import NotFound
from listings.areas.models import AreaBand, NamedArea, ServiceArea, ServiceAreaVersion
from listings.areas.published import PublishedBand

# A named area gives its shape of today: a band that refers to it follows its updates.
_PUBLISHED = """
SELECT area.branch_id, area.id, area.mode, area.name, version.id, version.valid_from, version.valid_until,
  version.hours, band.id, band.radius_metres, ST_AsEWKB(coalesce(band.geometry, named.geometry)), named.name,
  band.fee_minor, band.minimum_minor, band.currency, band.eta_min_minutes, band.eta_max_minutes
FROM listings_servicearea AS area
JOIN listings_serviceareaversion AS version ON version.area_id = area.id AND version.state = 'published'
JOIN listings_areaband AS band ON band.version_id = version.id
LEFT JOIN listings_namedarea AS named ON named.id = band.named_area_id
WHERE area.branch_id = ANY(%(branches)s) AND (version.valid_until IS NULL OR version.valid_until > %(now)s)
ORDER BY area.branch_id, area.mode, area.position, area.id, band.rank
"""


def published_bands(branch_ids: Collection[UUID], *, now: datetime) -> Mapping[UUID, tuple[PublishedBand, ...]]:
    """The bands of many branches at once, in one query; without those whose validity has ended by `now`.

    In the order in which they count: of the bands of one mode that cover an address and are valid at the instant, the
    first is the one that holds.
    """
    found: dict[UUID, list[PublishedBand]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISHED, {"branches": list(branch_ids), "now": now})
        for branch_id, *values in cursor.fetchall():
            found[branch_id].append(PublishedBand(*values))
    return {branch_id: tuple(bands) for branch_id, bands in found.items()}


@dataclass(frozen=True, slots=True)
class CurrentArea:
    """An area with its draft and what is published of it; bands and named areas are read."""

    area: ServiceArea
    draft: ServiceAreaVersion | None
    published: ServiceAreaVersion | None


def areas_of(branch_id: UUID) -> list[CurrentArea]:
    """All areas of a branch, by mode, position and name: three queries."""
    return _current(ServiceArea.objects.filter(branch_id=branch_id).order_by("mode", "position", "name", "id"))


def area_of(area_id: UUID) -> CurrentArea:
    """NotFound. Three queries."""
    found = _current(ServiceArea.objects.filter(id=area_id))
    if not found:
        raise NotFound("There is no service area of this id.")
    return found[0]


def version_of(area: ServiceArea, number: int) -> ServiceAreaVersion:
    """NotFound. With its bands."""
    version = area.versions.filter(number=number).prefetch_related(_BANDS).first()
    if version is None:
        raise NotFound("The area has no version of this number.")
    return version


def named_areas(*, text: str, kind: str, limit: int) -> list[NamedArea]:
    """Those whose name or id begins with the text, by name; without their shapes."""
    found = NamedArea.objects.defer("geometry").order_by("name", "id")
    if text:
        found = found.filter(Q(name__istartswith=text) | Q(external_id__istartswith=text))
    if kind:
        found = found.filter(kind=kind)
    return list(found[:limit])


_BANDS = Prefetch("bands", AreaBand.objects.select_related("named_area").defer("named_area__geometry").order_by("rank"))


def _current(areas: QuerySet[ServiceArea]) -> list[CurrentArea]:
    live = ServiceAreaVersion.objects.exclude(state=ServiceAreaVersion.State.RETIRED).prefetch_related(_BANDS)
    found = []
    for area in areas.prefetch_related(Prefetch("versions", live, to_attr="live")):
        by_state = {version.state: version for version in area.live}
        found.append(CurrentArea(area, by_state.get("draft"), by_state.get("published")))
    return found
