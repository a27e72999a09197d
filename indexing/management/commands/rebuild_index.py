"""Build every document anew. Live changes go on meanwhile; an interrupted rebuild goes on where it was."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indexing.engines import engine
from indexing.leases import EpochForgotten
from indexing.rebuild import Progress, RebuildRuns, rebuild, unfinished
from indexing.replacing import NotTheSame, replace_index
from listings.models import Branch
from search.backends.opensearch.client import SearchEngineUnavailable, required
from search.models import Generation

TELL_EVERY_SECONDS = 2.0


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--backend", choices=["postgis", "opensearch"], default="postgis", help="Which to rebuild.")
        parser.add_argument("--restart", action="store_true", help="Begin anew even if a rebuild was interrupted.")
        parser.add_argument(
            "--accept-parked",
            action="store_true",
            help="Serve from the new index of OpenSearch even if it refused documents that the old one holds.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["backend"] == "opensearch":
            self._rebuild_opensearch(restart=options["restart"], accept_parked=options["accept_parked"])
            return
        resumed = None if options["restart"] else unfinished()
        if resumed:
            self.stdout.write(f"Going on behind branch {resumed.after} ({resumed.branches:,} were done).")
        total = Branch.objects.count()
        began = told = time.monotonic()
        done_before = resumed.documents if resumed else 0

        def rate(progress: Progress) -> float:
            return (progress.documents - done_before) / max(time.monotonic() - began, 1e-9)

        def tell(progress: Progress) -> None:
            nonlocal told
            if time.monotonic() - told >= TELL_EVERY_SECONDS:
                told = time.monotonic()
                self.stdout.write(
                    f"  {progress.branches:,} of {total:,} branches, {progress.documents:,} documents,"
                    f" {rate(progress):,.0f} documents/s"
                )

        try:
            done = rebuild(engine(), progress=resumed or Progress(), tell=tell)
        except RebuildRuns as error:
            raise CommandError(error.detail) from None
        engine().retally()
        self.stdout.write(
            f"{done.branches:,} branches, {done.documents:,} documents, {done.gone:,} gone,"
            f" {rate(done):,.0f} documents/s."
        )
        if done.failed:
            raise CommandError(f"{done.failed:,} branches could not be built; the relay tries again and keeps why.")

    def _rebuild_opensearch(self, *, restart: bool, accept_parked: bool) -> None:
        def tell(generation: Generation) -> None:
            self.stdout.write(f"  {generation.name} holds all up to epoch {generation.epoch:,}")

        try:
            served = replace_index(required(), restart=restart, accept_parked=accept_parked, tell=tell)
        except RebuildRuns as error:
            raise CommandError(error.detail) from None
        except (NotTheSame, EpochForgotten, SearchEngineUnavailable) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{served.name} is the same as the projection and serves.")
