"""manage.py import_places: places from a file. docs/import.md tells formats, options, limits and reasons."""

from __future__ import annotations

import csv
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from config.errors import CodedError
from geo.types import Box
from listings.imports.formats import FORMATS
from listings.imports.places import Finding
from listings.imports.report import report_file
from listings.imports.run import BATCH_ROWS, ImportRequest, ImportSummary, run_import
from listings.imports.run import Progress as Told

PLAIN_PROGRESS_SECONDS = 2.0


class Command(BaseCommand):
    help = "Import places from GeoJSON, CSV, OSM PBF or Overture files: upsert by (source, external id)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="Where the facts come from; ids are unique within it.")
        parser.add_argument("--format", choices=FORMATS, default="", help="Default: by the name's ending.")
        parser.add_argument("--map", action="append", default=[], metavar="FIELD=COLUMN", help="May be repeated.")
        parser.add_argument("--brand-column", metavar="COLUMN", help="Short for --map brand=COLUMN.")
        parser.add_argument("--category-map", type=Path, metavar="CSV", help="Two columns: the file's word, our slug.")
        parser.add_argument("--category", default="", metavar="SLUG", help="For rows that name none.")
        parser.add_argument("--box", metavar="W,S,E,N", help="Refuse what lies outside. W > E crosses 180°.")
        parser.add_argument("--country", default="", help="ISO 3166-1 alpha-2, for rows that name none.")
        parser.add_argument("--report", type=Path, metavar="FILE", help="Refused rows and fields: .csv or .jsonl.")
        parser.add_argument("--dry-run", action="store_true", help="Do everything and take it back.")
        parser.add_argument("--resume", action="store_true", help="Go on after the last batch of a killed run.")
        parser.add_argument("--skip-duplicates", action="store_true", help="Refuse the same name within 30 m.")
        parser.add_argument(
            "--retire-missing", action="store_true", help="The file is the whole source: close what is not in it."
        )
        parser.add_argument("--retire-at-most", type=int, default=20, metavar="PERCENT")
        parser.add_argument("--batch-rows", type=int, default=BATCH_ROWS)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            request = self._request(options)
            keep = report_file(options["report"], append=request.resume) if options["report"] else nullcontext(_forget)
            with keep as report, self._progress() as told:
                summary = run_import(request=request, now=timezone.now(), report=report, progress=told)
        except CodedError as error:
            raise CommandError(f"{error.code}: {error.detail}") from None
        self._tell(request, summary, options["report"])

    def _request(self, options: Mapping[str, Any]) -> ImportRequest:
        columns = dict(_pair(text) for text in options["map"])
        if options["brand_column"]:
            columns["brand"] = options["brand_column"]
        country = options["country"].upper()
        if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise CommandError("--country is two letters, such as FI.")
        if not 0 < options["batch_rows"] <= 50_000:
            raise CommandError("--batch-rows is 1 to 50000.")
        return ImportRequest(
            path=options["file"],
            source=options["source"],
            file_format=options["format"],
            columns=columns,
            categories=_category_map(options["category_map"]),
            default_category=options["category"],
            box=_box(options["box"]),
            country=country,
            dry_run=options["dry_run"],
            resume=options["resume"],
            skip_duplicates=options["skip_duplicates"],
            retire_missing=options["retire_missing"],
            retire_at_most_percent=options["retire_at_most"],
            batch_rows=options["batch_rows"],
        )

    @contextmanager
    def _progress(self) -> Iterator[Told]:
        """A bar on a terminal; elsewhere a line every two seconds."""
        if sys.stdout.isatty():
            columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
            with Progress(*columns, transient=True) as bar:
                task = bar.add_task("Reading", total=None)

                def show(summary: ImportSummary, fraction: float | None) -> None:
                    bar.update(
                        task,
                        description=f"{summary.read:,} rows, {summary.refused:,} refused",
                        total=None if fraction is None else 1.0,
                        completed=fraction or 0.0,
                    )

                yield show
            return
        last = monotonic()

        def say(summary: ImportSummary, fraction: float | None) -> None:
            nonlocal last
            if monotonic() - last >= PLAIN_PROGRESS_SECONDS:
                last = monotonic()
                share = "" if fraction is None else f" ({fraction:.0%})"
                self.stdout.write(f"  {summary.read:,} rows{share}, {summary.refused:,} refused")

        yield say

    def _tell(self, request: ImportRequest, summary: ImportSummary, report: Path | None) -> None:
        if request.dry_run:
            self.stdout.write("Dry run: nothing was written. It would have been:")
        if summary.resumed_at:
            self.stdout.write(f"Went on after row {summary.resumed_at:,}.")
        self.stdout.write(
            f"{summary.read:,} rows read: {summary.inserted:,} new, {summary.updated:,} changed,"
            f" {summary.unchanged:,} unchanged, {summary.refused:,} refused."
        )
        if summary.retired:
            self.stdout.write(
                f"{summary.retired:,} places that the file no longer has, or calls closed for good, were closed."
            )
        if summary.reasons:
            told = ", ".join(f"{reason} {count:,}" for reason, count in sorted(summary.reasons.items()))
            self.stdout.write(
                f"{summary.fields_dropped:,} fields dropped, {summary.duplicates:,} duplicates. By reason: {told}."
            )
            if report:
                self.stdout.write(f"Each is told in {report}.")
            else:
                self.stdout.write("Say --report FILE to have each told.")
        self.stdout.write(
            f"{summary.seconds:.1f} s, {summary.rows_per_second:,.0f} rows/s;"
            f" {summary.seconds_writing:.1f} s of it writing."
        )


def _forget(findings: Iterable[Finding]) -> None:
    """Without a report only the counts are kept."""


def _pair(text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    if not equals or not column:
        raise CommandError(f"--map is FIELD=COLUMN; got {text}.")
    return name.strip(), column.strip()


def _category_map(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"--category-map cannot be read: {error}.") from None
    if any(len(row) != 2 for row in rows):
        raise CommandError("--category-map has two columns: the file's word and our slug.")
    return {word: slug.strip() for word, slug in rows}


def _box(text: str | None) -> Box | None:
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise CommandError("--box is four numbers: west,south,east,north.") from None
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south < north <= 90):
        raise CommandError("--box is west,south,east,north in degrees, south below north.")
    return Box(west, south, east, north)
