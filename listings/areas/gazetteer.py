"""Named areas from a GeoJSON file: inserted or updated by (source, id). Each row stands for itself.

A shape is taken up to 20,000 positions, 500 parts and 500 holes, and refused where it is not valid, like any other
area: nothing is repaired. Bands that refer to a named area follow its update; the change feed tells their branches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import transaction

from config.errors import InvalidParameter
from geo.areas import AreaLimits, area_from_geojson
from listings.areas.models import NamedArea
from listings.imports.batches import batches
from listings.imports.geojson import Feature, read_features
from listings.imports.opened import open_bytes
from listings.imports.places import BrokenRecord, Finding, Outcome, Reason
from listings.names import canonical_tag
from listings.texts import plain_text

LIMITS = AreaLimits(vertices=20_000, parts=500, holes=500, parts_once_cut=600)
MAX_ROWS = 100_000
BATCH_ROWS = 200
_NAME_PREFIX = "name:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """What to read. `id_property` and `name_property` name the file's own; the feature's `id` where the first is ''."""

    path: Path
    source: str
    kind: str
    id_property: str = ""
    name_property: str = "name"


@dataclass(slots=True)
class GazetteerSummary:
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    written_ids: list[UUID] = field(default_factory=list)

    @property
    def read(self) -> int:
        return self.inserted + self.updated + self.unchanged + self.refused


def import_named_areas(
    *, gazetteer: Gazetteer, now: datetime, report: Callable[[Iterable[Finding]], None]
) -> GazetteerSummary:
    """FileRefused where the file is no GeoJSON; InvalidParameter for a source or kind that cannot be.

    Batches of 200 rows, each in its own transaction: what was written before a fault stays, and a second run is
    harmless. Named areas that the file does not have are left alone: bands may refer to them.
    """
    gazetteer = replace(
        gazetteer,
        source=plain_text(gazetteer.source, parameter="source", limit=60, required=True),
        kind=plain_text(gazetteer.kind, parameter="kind", limit=30, required=True),
    )
    summary = GazetteerSummary()
    seen: set[str] = set()
    with open_bytes(gazetteer.path) as stream:
        for batch in batches(_at_most(read_features(stream)), BATCH_ROWS):
            findings: list[Finding] = []
            with transaction.atomic():
                for feature in batch:
                    found = _take(feature, gazetteer, seen, now, summary)
                    if found is not None:
                        summary.refused += 1
                        findings.append(found)
                report(findings)
    return summary


def _take(
    feature: Feature | BrokenRecord, gazetteer: Gazetteer, seen: set[str], now: datetime, summary: GazetteerSummary
) -> Finding | None:
    """Write one row, or say why not."""
    if isinstance(feature, BrokenRecord):
        return Finding(feature.line, "", "", feature.reason, Outcome.REFUSED, feature.detail)
    external_id = _text(_id_of(feature.value, gazetteer))
    try:
        area = _read(feature.value, external_id, gazetteer)
    except InvalidParameter as error:
        reason = {"name": Reason.MISSING_NAME, "area": Reason.AREA_INVALID}.get(error.parameter, Reason.ID_INVALID)
        return Finding(feature.line, external_id[:120], error.parameter, reason, Outcome.REFUSED, error.detail)
    if external_id in seen:
        detail = "An earlier row has the same id."
        return Finding(feature.line, external_id, "id", Reason.DUPLICATE_EXTERNAL_ID, Outcome.REFUSED, detail)
    seen.add(external_id)
    _write(area, now, summary)
    return None


def _read(feature: Mapping[str, Any], external_id: str, gazetteer: Gazetteer) -> NamedArea:
    properties = feature["properties"]
    names = {}
    for key, value in properties.items():
        if key.startswith(_NAME_PREFIX) and isinstance(value, str) and value:
            try:
                names[canonical_tag(key.removeprefix(_NAME_PREFIX))] = plain_text(value, parameter="name", limit=200)
            except InvalidParameter:
                continue  # such as name:signed: no language
    shape = area_from_geojson(feature.get("geometry"), limits=LIMITS)
    return NamedArea(
        source=gazetteer.source,
        external_id=plain_text(external_id, parameter="id", limit=120, required=True),
        name=plain_text(_text(properties.get(gazetteer.name_property)), parameter="name", limit=200, required=True),
        names=names,
        kind=gazetteer.kind,
        geometry=cast(MultiPolygon, GEOSGeometry(shape.ewkb_hex())),
    )


def _write(area: NamedArea, now: datetime, summary: GazetteerSummary) -> None:
    held = NamedArea.objects.select_for_update().filter(source=area.source, external_id=area.external_id).first()
    if held is None:
        area.updated_at = now
        area.save(force_insert=True)
        summary.inserted += 1
        summary.written_ids.append(area.id)
        return
    fields = ("name", "names", "kind")
    same = all(getattr(held, each) == getattr(area, each) for each in fields)
    if same and bytes(held.geometry.ewkb) == bytes(area.geometry.ewkb):
        summary.unchanged += 1
        return
    for each in (*fields, "geometry"):
        setattr(held, each, getattr(area, each))
    held.updated_at = now
    held.save()
    summary.updated += 1
    summary.written_ids.append(held.id)


def _id_of(feature: Mapping[str, Any], gazetteer: Gazetteer) -> object:
    return feature["properties"].get(gazetteer.id_property) if gazetteer.id_property else feature.get("id")


def _text(value: object) -> str:
    """Numbers too are ids and names."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _at_most(rows: Iterator[Feature | BrokenRecord]) -> Iterator[Feature | BrokenRecord]:
    for count, row in enumerate(rows, start=1):
        if count > MAX_ROWS:
            raise InvalidParameter("file", f"A file has at most {MAX_ROWS} areas.", limit=MAX_ROWS)
        yield row
