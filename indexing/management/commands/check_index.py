"""Compare the projection and its tally with the database, or OpenSearch with the projection; --repair mends it."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from indexing.comparing import Differences, compare, repair
from indexing.drift import compare_all
from indexing.engines import engine
from indexing.leases import EpochForgotten
from indexing.relay import drain_all
from listings import changes
from listings.models import Change
from search.backends.opensearch.client import Client, SearchEngineUnavailable, required
from search.backends.postgis.backend import PostgisBackend
from search.models import Generation, Parked

SHOWN = 50
TELL_EVERY_SECONDS = 2.0


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Act on what waits, then rebuild what differs.")
        parser.add_argument("--backend", choices=["postgis", "opensearch"], default="postgis", help="Which to compare.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["backend"] == "opensearch":
            self._check_opensearch(repairing=options["repair"])
            return
        backend = engine()
        if options["repair"]:
            drain_all(backend)
        documents = in_flight = differing = 0
        began = told = time.monotonic()
        for compared in compare_all(backend):
            documents += compared.documents
            in_flight += compared.in_flight
            for difference in compared.differences:
                differing += 1
                if differing <= SHOWN:
                    self.stdout.write(str(difference))
            if options["repair"] and compared.differences:
                with transaction.atomic():
                    branches = {difference.branch_id for difference in compared.differences}
                    changes.record(topic=Change.Topic.BRANCH, keys=branches)
                drain_all(backend)
            if time.monotonic() - told >= TELL_EVERY_SECONDS:
                told = time.monotonic()
                self.stdout.write(f"  {documents:,} documents compared")
        rate = documents / max(time.monotonic() - began, 1e-9)
        self.stdout.write(
            f"{documents:,} documents compared, {differing:,} differ, {in_flight:,} branches in flight, {rate:,.0f}/s."
        )
        miscounted = self._check_tally(backend, repairing=options["repair"])
        if differing and not options["repair"]:
            raise CommandError("The index differs from the database; --repair rebuilds what does.")
        if miscounted:
            raise CommandError("The tally differs from the projection; --repair counts anew.")

    def _check_tally(self, backend: PostgisBackend, *, repairing: bool) -> int:
        differing = backend.tally_differences()
        if differing:
            self.stdout.write(f"{differing:,} counts of the tally differ.")
        if differing and repairing:
            backend.retally()
            differing = backend.tally_differences()
            self.stdout.write(f"  counted anew, {differing:,} differ.")
        return differing

    def _check_opensearch(self, *, repairing: bool) -> None:
        client = required()
        left = 0
        for generation in Generation.objects.filter(retired_at=None).order_by("kind", "number"):
            found = self._compared(client, generation)
            if (found.count or found.parked) and repairing:
                repair(client, generation, found)
                self.stdout.write("  after repair:")
                found = self._compared(client, Generation.objects.get(name=generation.name))
            for parked in Parked.objects.filter(generation=generation).order_by("parked_at")[:SHOWN]:
                self.stdout.write(f"  parked {parked.document_id}, tried {parked.attempts} times: {parked.reason}")
            left += found.count
        if left:
            raise CommandError("OpenSearch differs from the projection; --repair writes again what does.")

    def _compared(self, client: Client, generation: Generation) -> Differences:
        try:
            found = compare(client, generation)
        except (EpochForgotten, SearchEngineUnavailable) as error:
            raise CommandError(f"{generation.name} could not be compared to the end: {error}") from None
        self.stdout.write(
            f"{generation.name} at epoch {generation.epoch:,}: {found.compared:,} documents compared,"
            f" {len(found.missing):,} missing, {len(found.extra):,} extra, {len(found.other):,} of other content,"
            f" {len(found.parked):,} parked."
        )
        return found
