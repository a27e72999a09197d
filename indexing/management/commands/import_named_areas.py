"""manage.py import_named_areas: districts, postcodes and the like from GeoJSON. docs/service-areas.md."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.errors import CodedError
from indexing.named_areas import suggest_named_areas
from listings.areas.gazetteer import Gazetteer, import_named_areas
from listings.imports.places import Finding
from listings.imports.report import report_file


class Command(BaseCommand):
    help = "Import named areas from a GeoJSON file, also gzipped: upsert by (source, id)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="The gazetteer; ids are unique within it.")
        parser.add_argument("--kind", required=True, help="district, quarter, postcode, neighbourhood, borough, …")
        parser.add_argument("--id", default="", metavar="PROPERTY", help="Default: the feature's own id.")
        parser.add_argument("--name", default="name", metavar="PROPERTY")
        parser.add_argument("--report", type=Path, metavar="FILE", help="Refused rows: .csv or .jsonl.")

    def handle(self, *args: Any, **options: Any) -> None:
        gazetteer = Gazetteer(
            path=options["file"],
            source=options["source"],
            kind=options["kind"],
            id_property=options["id"],
            name_property=options["name"],
        )
        keep = report_file(options["report"], append=False) if options["report"] else nullcontext(self._say)
        try:
            with keep as report:
                summary = import_named_areas(gazetteer=gazetteer, now=timezone.now(), report=report)
        except (CodedError, OSError) as error:
            raise CommandError(str(error)) from None
        suggest_named_areas(summary.written_ids)
        self.stdout.write(
            f"{summary.read} areas read: {summary.inserted} new, {summary.updated} changed,"
            f" {summary.unchanged} unchanged, {summary.refused} refused."
        )

    def _say(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.stderr.write(f"line {finding.line}, {finding.external_id}: {finding.reason}: {finding.detail}")
