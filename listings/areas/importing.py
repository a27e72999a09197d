"""Service areas of one merchant from a GeoJSON file. docs/import.md tells what is read, and every reason.

An area is taken whole or not at all: as a draft, or published. Areas are known by branch, mode and name; one that is as
the file has it is left alone. Batches of areas are one transaction each, with how far the run has come, as those of
places are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from config.api.values import parse_uuid
from config.errors import CodedError, InvalidParameter
from geo.areas import InvalidArea
from geo.datum import Datum
from geo.datum_values import into_wgs84
from listings.areas import services
from listings.areas.drafts import Draft, parse_draft, parse_name, parse_position
from listings.areas.import_rows import AreaRows, areas
from listings.imports.batches import alone, batch_transaction, batches
from listings.imports.geojson import Feature, read_features
from listings.imports.opened import open_bytes, sha256
from listings.imports.places import BrokenRecord, Finding, Outcome, Reason
from listings.models import AreaBand, Branch, ImportRun, Merchant, NamedArea, ServiceArea, ServiceAreaVersion

ACTOR = "import_service_areas"
BATCH_AREAS = 200
_BAND = re.compile(r"bands\[(?P<band>\d+)\](\.(?P<field>.+))?")
State = ServiceAreaVersion.State


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaImport:
    path: Path
    merchant_id: UUID
    publish: bool = False
    datum: Datum = Datum.WGS84
    ignored: frozenset[str] = frozenset()
    dry_run: bool = False
    resume: bool = False
    batch_areas: int = BATCH_AREAS


@dataclass(slots=True)
class AreaImportSummary:
    """Counts of areas; `resumed_at`: the record that the run went on after."""

    read: int = 0
    drafted: int = 0
    published: int = 0
    unchanged: int = 0
    refused: int = 0
    resumed_at: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


class _Refused(Exception):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.detail)
        self.finding = finding


def import_service_areas(
    *, request: AreaImport, now: datetime, report: Callable[[Iterable[Finding]], None]
) -> AreaImportSummary:
    """FileRefused, InvalidParameter or ImportBusy where the file or the merchant cannot be taken; batches that were
    written before stay. A dry run does everything and takes it back.
    """
    if not Merchant.objects.filter(id=request.merchant_id).exists():
        raise InvalidParameter("merchant", "There is no merchant of this id.")
    source = f"areas:{request.merchant_id}"
    summary = AreaImportSummary()
    with open_bytes(request.path) as stream, alone(source):
        run = _begun(source, request, now, summary)
        for batch in batches(
            areas(_turned(read_features(stream), request.datum), ignored=request.ignored), request.batch_areas
        ):
            fresh = [rows for rows in batch if rows.last_record > summary.resumed_at]
            if not fresh:
                continue
            with batch_transaction(dry_run=request.dry_run):
                findings = [finding for rows in fresh for finding in _take(rows, request, now, summary)]
                summary.reasons.update(finding.reason for finding in findings)
                report(findings)
                if run is not None:
                    run.line = fresh[-1].last_record
                    run.save()
        if run is not None:
            run.finished_at = now
            run.save()
    return summary


def _begun(source: str, request: AreaImport, now: datetime, summary: AreaImportSummary) -> ImportRun | None:
    if request.dry_run:
        return None
    run, _ = ImportRun.objects.get_or_create(source=source, file_sha256=sha256(request.path))
    meaning = {"publish": request.publish, "datum": request.datum.value, "ignored": sorted(request.ignored)}
    if request.resume and run.finished_at is None and run.line:
        if run.summary != meaning:
            raise InvalidParameter("resume", "The options differ from those of the run to go on with.")
        summary.resumed_at = run.line
    else:
        run.line, run.started_at, run.finished_at, run.summary = 0, now, None, meaning
    return run


def _turned(features: Iterable[Feature | BrokenRecord], datum: Datum) -> Iterator[Feature | BrokenRecord]:
    for each in features:
        if isinstance(each, Feature):
            geometry = into_wgs84(each.value.get("geometry"), datum)
            yield Feature(each.record, each.line, {**each.value, "geometry": geometry})
        else:
            yield each


def _take(rows: AreaRows, request: AreaImport, now: datetime, summary: AreaImportSummary) -> list[Finding]:
    """Write one area, or say why not."""
    summary.read += 1
    findings = list(rows.findings)
    if not findings:
        try:
            return _write(rows, request, now, summary)
        except _Refused as refused:
            findings = [refused.finding]
    summary.refused += 1
    at_fault = {finding.line for finding in findings}
    detail = "Another band of the area was refused, and an area is taken whole."
    findings += [
        rows.refusal(Reason.AREA_INCOMPLETE, detail, band=number)
        for number, band in enumerate(rows.bands)
        if band.line not in at_fault
    ]
    return sorted(findings, key=lambda finding: finding.line)


def _write(rows: AreaRows, request: AreaImport, now: datetime, summary: AreaImportSummary) -> list[Finding]:
    _, _, mode, name = rows.key
    if mode not in ServiceArea.Mode.values:
        known = ", ".join(ServiceArea.Mode.values)
        raise _Refused(rows.refusal(Reason.BAND_INVALID, f"mode is one of {known}.", field="mode"))
    draft, position = _draft(rows, name)
    branch = _branch(rows, request.merchant_id)
    held = list(
        ServiceArea.objects.select_for_update(no_key=True)
        .filter(branch=branch, mode=mode, name=name)
        .order_by("id")[:2]
    )
    if len(held) == 2:
        detail = "The branch has two areas of this mode and name: which is meant is not told."
        raise _Refused(rows.refusal(Reason.AREA_IN_THE_WAY, detail, field="area"))
    area = held[0] if held else None
    live = {} if area is None else {version.state: version for version in area.versions.exclude(state=State.RETIRED)}
    published, drafted = live.get("published"), live.get("draft")
    if drafted is not None and drafted.created_actor != ACTOR and not _is(drafted, draft):
        detail = f"The area has another draft, by {drafted.created_actor}: publish or discard it first."
        raise _Refused(rows.refusal(Reason.AREA_IN_THE_WAY, detail, field="area"))
    if area is not None and _is_there(published, drafted, draft, publish=request.publish):
        summary.unchanged += 1
        return _position_kept(rows, area, position)
    try:
        with transaction.atomic():
            if area is None:
                area = services.create_area(
                    branch_id=branch.id, mode=mode, name=name, position=position, draft=draft, by=ACTOR, now=now
                )
            elif drafted is None or not _is(drafted, draft):
                services.save_draft(area_id=area.id, draft=draft, expected="*", by=ACTOR, now=now)
            if request.publish:
                services.publish(area_id=area.id, expected="*", by=ACTOR, now=now)
    except CodedError as error:
        where = error.parameter if isinstance(error, InvalidParameter) else "area"
        raise _Refused(rows.refusal(Reason.AREA_IN_THE_WAY, error.detail, field=where)) from None
    summary.published += request.publish
    summary.drafted += not request.publish
    return _position_kept(rows, area, position)


def _is_there(
    published: ServiceAreaVersion | None, drafted: ServiceAreaVersion | None, draft: Draft, *, publish: bool
) -> bool:
    """Nothing is to be done for the area to be as the file has it."""
    if drafted is None:
        return published is not None and _is(published, draft)
    return not publish and _is(drafted, draft)


def _position_kept(rows: AreaRows, area: ServiceArea, position: int) -> list[Finding]:
    if rows.bands[0].position is None or area.position == position:
        return []
    detail = f"The area keeps its position {area.position}."
    return [
        Finding(
            rows.line,
            rows.refusal(Reason.POSITION_KEPT, "").external_id,
            "position",
            Reason.POSITION_KEPT,
            Outcome.NOTED,
            detail,
        )
    ]


def _branch(rows: AreaRows, merchant_id: UUID) -> Branch:
    branch_id, external_id, _, _ = rows.key
    branches = Branch.objects.filter(merchant_id=merchant_id)
    try:
        found = (
            branches.filter(id=parse_uuid(branch_id, parameter="branch_id"))
            if branch_id
            else branches.filter(external_id=external_id)
        )[:2]
    except InvalidParameter as error:
        raise _Refused(rows.refusal(Reason.BRANCH_UNKNOWN, error.detail, field="branch_id")) from None
    if len(found) != 1:
        what = "no branch" if not found else "two branches"
        detail = f"The merchant has {what} of this id."
        field_name = "branch_id" if branch_id else "external_id"
        raise _Refused(rows.refusal(Reason.BRANCH_UNKNOWN, detail, field=field_name))
    return found[0]


def _draft(rows: AreaRows, name: str) -> tuple[Draft, int]:
    first = rows.bands[0]
    for number, band in enumerate(rows.bands):
        if (band.version, band.position) != (first.version, first.position):
            detail = "Currency, validity, hours and position are those of the whole area: as on its first feature."
            raise _Refused(rows.refusal(Reason.BAND_INVALID, detail, field="area", band=number))
    try:
        parse_name(name)
        position = parse_position(first.position)
        bands = [_named(dict(band.band), f"bands[{number}]") for number, band in enumerate(rows.bands)]
        return parse_draft({**first.version, "bands": bands}), position
    except InvalidParameter as error:
        found = _BAND.fullmatch(error.parameter)
        number, where = (int(found["band"]), found["field"] or "") if found else (0, error.parameter)
        reason, detail = Reason.BAND_INVALID, error.detail
        if isinstance(error, InvalidArea):
            place = error.members.get("place")
            reason = Reason.AREA_INVALID
            detail = f"{error.members['reason']}: {detail}" + (
                f" Place: {place['lat']}, {place['lon']}." if place else ""
            )
        raise _Refused(rows.refusal(reason, detail, field=where, band=number)) from None


def _named(band: dict[str, Any], where: str) -> dict[str, Any]:
    """With the id for `source:id` of a named area."""
    reference = band.pop("named_area", None)
    if reference is None:
        return band
    source, _, external_id = reference.partition(":")
    found = NamedArea.objects.filter(source=source, external_id=external_id).values_list("id", flat=True).first()
    if found is None:
        raise InvalidParameter(f"{where}.named_area", "There is no named area of this source:id.")
    return {**band, "named_area_id": str(found)}


def _is(version: ServiceAreaVersion, draft: Draft) -> bool:
    """The stored version says what the draft says."""
    head = (version.valid_from, version.valid_until, version.hours)
    if head != (draft.valid_from, draft.valid_until, draft.hours):
        return False
    return [_values(band) for band in version.bands.order_by("rank")] == [
        _values(band) for band in services.band_rows(draft)
    ]


def _values(band: AreaBand) -> tuple[Any, ...]:
    return (
        band.rank, band.radius_metres, None if band.geometry is None else bytes(band.geometry.ewkb), band.named_area_id,
        band.fee_minor, band.minimum_minor, band.currency, band.eta_min_minutes, band.eta_max_minutes,
    )  # fmt: skip
