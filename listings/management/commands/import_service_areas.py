"""manage.py import_service_areas: a merchant's service areas from GeoJSON. docs/import.md tells what is read."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.api.values import parse_uuid
from config.errors import CodedError
from geo.datum import Datum
from listings.areas.importing import BATCH_AREAS, AreaImport, import_service_areas
from listings.imports.places import Finding
from listings.imports.report import report_file


class Command(BaseCommand):
    help = "Draft or publish a merchant's service areas from a GeoJSON file, also gzipped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--merchant", required=True, metavar="ID", help="Whose branches the file speaks of.")
        parser.add_argument("--publish", action="store_true", help="Serve by them at once; else they become drafts.")
        parser.add_argument("--datum", choices=list(Datum), default=Datum.WGS84.value, help="Of the coordinates.")
        parser.add_argument("--ignore", action="append", default=[], metavar="PROPERTY", help="May be repeated.")
        parser.add_argument("--report", type=Path, metavar="FILE", help="Refused features: .csv or .jsonl.")
        parser.add_argument("--dry-run", action="store_true", help="Do everything and take it back.")
        parser.add_argument("--resume", action="store_true", help="Go on after the last batch of a killed run.")
        parser.add_argument("--batch-areas", type=int, default=BATCH_AREAS)

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 < options["batch_areas"] <= 5_000:
            raise CommandError("--batch-areas is 1 to 5000.")
        path, resume = options["report"], options["resume"]
        keep = report_file(path, append=resume) if path else nullcontext(self._say)
        try:
            request = AreaImport(
                path=options["file"],
                merchant_id=parse_uuid(options["merchant"], parameter="merchant"),
                publish=options["publish"],
                datum=Datum(options["datum"]),
                ignored=frozenset(options["ignore"]),
                dry_run=options["dry_run"],
                resume=resume,
                batch_areas=options["batch_areas"],
            )
            with keep as report:
                summary = import_service_areas(request=request, now=timezone.now(), report=report)
        except (CodedError, OSError) as error:
            raise CommandError(str(error)) from None
        if request.dry_run:
            self.stdout.write("Dry run: nothing was written. It would have been:")
        if summary.resumed_at:
            self.stdout.write(f"Went on after feature {summary.resumed_at:,}.")
        self.stdout.write(
            f"{summary.read:,} areas read: {summary.published:,} published, {summary.drafted:,} drafted,"
            f" {summary.unchanged:,} unchanged, {summary.refused:,} refused."
        )

    def _say(self, findings: Iterable[Finding]) -> None:
        for each in findings:
            self.stderr.write(f"line {each.line}, {each.external_id}: {each.reason}: {each.detail}")
