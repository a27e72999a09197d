"""The use case: one file, from its first row to the summary.

Rows are checked in order and written in batches, each in its own transaction together with how far the run has come
(`ImportRun`), so a run that is killed has written whole batches and can go on after the last of them. What a batch
reports is handed out before it commits: a report may repeat a batch after a resume, and never lacks one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import blake2s
from pathlib import Path
from time import monotonic

import orjson

from config.errors import InvalidParameter
from geo.proximity import NearbyPoints
from geo.types import Box
from listings.imports.apply import BatchResult, Neighbour, close_named, refresh_statistics, retire_missing, write_batch
from listings.imports.batches import alone, batch_transaction, batches
from listings.imports.categories import resolver
from listings.imports.duplicates import name_key, nearby_names
from listings.imports.formats import format_of, reading
from listings.imports.opened import sha256
from listings.imports.places import BrokenRecord, Finding, Outcome, PlaceRow, RawRow, Reason
from listings.imports.rows import RowCheck
from listings.models import ImportRun
from listings.services import sync_categories

BATCH_ROWS = 5000
SOURCE_MAX_CHARACTERS = 60
_KEPT_COUNTS = ("read", "inserted", "updated", "unchanged", "refused", "fields_dropped", "duplicates", "retired")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What to import and how. `columns` maps our fields to the file's; `categories` the file's words to our slugs."""

    path: Path
    source: str
    file_format: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    default_category: str = ""
    box: Box | None = None
    country: str = ""
    dry_run: bool = False
    resume: bool = False
    skip_duplicates: bool = False
    retire_missing: bool = False
    retire_at_most_percent: int = 20
    batch_rows: int = BATCH_ROWS

    @property
    def meaning(self) -> str:
        """A digest of what decides how rows are read: a resume must not change it."""
        deciding = (
            self.file_format, sorted(self.columns.items()), sorted(self.categories.items()), self.default_category,
            self.box and asdict(self.box), self.country, self.skip_duplicates,
        )  # fmt: skip
        return blake2s(orjson.dumps(deciding), digest_size=16).hexdigest()


@dataclass(slots=True)
class ImportSummary:
    """Counts of one run. `seconds_writing` is the time in the database; `resumed_at` the record it went on after."""

    read: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    fields_dropped: int = 0
    duplicates: int = 0
    retired: int = 0
    resumed_at: int = 0
    seconds: float = 0.0
    seconds_writing: float = 0.0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def written(self) -> int:
        return self.inserted + self.updated

    @property
    def rows_per_second(self) -> float:
        return (self.read - self.resumed_at) / self.seconds if self.seconds else 0.0


Report = Callable[[Iterable[Finding]], None]
"""Takes the findings of a batch, and has them safe when it returns."""
Progress = Callable[[ImportSummary, float | None], None]
"""Told after each batch: the counts so far, and how much of the file has been read where that is known."""


def run_import(*, request: ImportRequest, now: datetime, report: Report, progress: Progress) -> ImportSummary:
    """Import the file. FileRefused, InvalidParameter, ImportBusy, PlacesUnidentified or TooManyMissing where it
    cannot; whole batches that were written before stay. A dry run reads, checks and writes each batch, and takes it
    back.
    """
    if not 0 < len(request.source) <= SOURCE_MAX_CHARACTERS or not request.source.isprintable():
        raise InvalidParameter("source", f"A source has 1 to {SOURCE_MAX_CHARACTERS} characters.")
    file_format = request.file_format or format_of(request.path)
    check = RowCheck(
        resolver(overrides=request.categories, default=request.default_category), request.box, request.country
    )
    with reading(request.path, file_format=file_format, columns=request.columns) as source, alone(request.source):
        sync_categories()
        run = _Run(request, check, now, report, started=monotonic())
        run.begin(sha256(request.path))
        for batch in batches(source.rows, request.batch_rows):
            run.take(batch)
            progress(run.summary, source.fraction())
        run.end()
    return run.summary


class _Run:
    """The state of one run between its batches."""

    def __init__(self, request: ImportRequest, check: RowCheck, now: datetime, report: Report, started: float) -> None:
        self.summary = ImportSummary()
        self._request, self._check, self._now, self._report, self._started = request, check, now, report, started
        self._near: NearbyPoints[str] = nearby_names()
        self._run: ImportRun | None = None
        self._batches_written = 0
        self._closed_ids: set[str] = set()

    def begin(self, file_sha256: str) -> None:
        if self._request.dry_run:
            return
        self._run, _ = ImportRun.objects.get_or_create(source=self._request.source, file_sha256=file_sha256)
        if self._request.resume and self._run.finished_at is None and self._run.line:
            if self._run.summary.get("meaning") != self._request.meaning:
                raise InvalidParameter("resume", "The options differ from those of the run to go on with.")
            self.summary.resumed_at = self._run.line
        else:
            self._run.line, self._run.started_at, self._run.finished_at = 0, self._now, None

    def take(self, batch: list[RawRow | BrokenRecord]) -> None:
        """Check the rows, and write those that come after the checkpoint."""
        places: list[PlaceRow] = []
        findings: list[Finding] = []
        for raw in batch:
            if isinstance(raw, RawRow) and raw.is_closed:
                if raw.external_id.isprintable():  # else it is no id that we could have
                    self._closed_ids.add(raw.external_id)
                continue
            checked = self._check.broken(raw) if isinstance(raw, BrokenRecord) else self._check.check(raw)
            place = checked.place
            found = list(checked.findings)
            if place is not None and (note := self._twice_in_file(place)):
                found.append(note)
                place = None if note.outcome is Outcome.REFUSED else place
            if raw.record > self.summary.resumed_at:
                findings += found
                if place is not None:
                    places.append(place)
        self.summary.read = batch[-1].record
        if self.summary.read > self.summary.resumed_at:
            self._write(places, findings)
        self.summary.seconds = monotonic() - self._started

    def end(self) -> None:
        request = self._request
        with batch_transaction(dry_run=request.dry_run):
            self.summary.retired = close_named(
                source=request.source, external_ids=self._closed_ids - self._check.seen_ids, now=self._now
            )
            if request.retire_missing:
                self.summary.retired += retire_missing(
                    source=request.source,
                    seen_ids=self._check.seen_ids,
                    unidentified=self._check.unidentified,
                    at_most_percent=request.retire_at_most_percent,
                    now=self._now,
                )
            if self._run is not None:
                self._run.finished_at = self._now
                self._save()
        self.summary.seconds = monotonic() - self._started

    def _write(self, places: list[PlaceRow], findings: list[Finding]) -> None:
        request = self._request
        writing = monotonic()
        with batch_transaction(dry_run=request.dry_run):
            result = BatchResult(0, 0, 0, ())
            if places:
                self._batches_written += 1
                if self._batches_written.bit_count() == 1:  # at 1, 2, 4, 8 …: whenever the run has doubled
                    refresh_statistics()
                result = write_batch(
                    source=request.source,
                    places=places,
                    reopen=request.retire_missing,
                    skip_neighbours=self._is_stranger if request.skip_duplicates else None,
                    now=self._now,
                )
            by_record = {place.record: place for place in places}
            findings += [
                self._twice_in_database(by_record[neighbour.record], neighbour)
                for neighbour in result.neighbours
                if self._is_stranger(neighbour)
            ]
            self._count(result, findings)
            self._report(sorted(findings, key=lambda finding: finding.line))
            if self._run is not None:
                self._run.line = self.summary.read
                self._save()
        self.summary.seconds_writing += monotonic() - writing

    def _count(self, result: BatchResult, findings: Iterable[Finding]) -> None:
        summary = self.summary
        summary.inserted += result.inserted
        summary.updated += result.updated
        summary.unchanged += result.unchanged
        for finding in findings:
            summary.reasons[finding.reason] += 1
            summary.duplicates += finding.reason is Reason.DUPLICATE_PLACE
            summary.refused += finding.outcome is Outcome.REFUSED
            summary.fields_dropped += finding.outcome is Outcome.FIELD_DROPPED

    def _save(self) -> None:
        if self._run is not None:
            counts = {name: getattr(self.summary, name) for name in _KEPT_COUNTS}
            self._run.summary = {"meaning": self._request.meaning, "reasons": dict(self.summary.reasons), **counts}
            self._run.save()

    def _twice_in_file(self, place: PlaceRow) -> Finding | None:
        key = name_key(place.name)
        found = self._near.find(key, place.point)
        if found is None:
            self._near.add(key, place.point, place.external_id)
            return None
        return self._finding(place, f"{found[0]}, {found[1]:.0f} m away in this file, has the same name.")

    def _twice_in_database(self, place: PlaceRow, neighbour: Neighbour) -> Finding:
        told = f"{neighbour.source}:{neighbour.external_id}" if neighbour.source else "a place entered by hand"
        return self._finding(place, f"{told}, {neighbour.metres:.0f} m away, has the same name.")

    def _finding(self, place: PlaceRow, detail: str) -> Finding:
        outcome = Outcome.REFUSED if self._request.skip_duplicates else Outcome.NOTED
        return Finding(place.line, place.external_id, "name", Reason.DUPLICATE_PLACE, outcome, detail)

    def _is_stranger(self, neighbour: Neighbour) -> bool:
        """Not from an earlier batch of this same file, where it has been told already."""
        return neighbour.source != self._request.source or neighbour.external_id not in self._check.seen_ids
