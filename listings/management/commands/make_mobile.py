"""Let a branch tell where it is, or stay where it was: `manage.py make_mobile BRANCH_ID [--undo]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.errors import CodedError
from listings.mobile.services import make_mobile, make_settled


class Command(BaseCommand):
    help = "Make a branch a mobile one, which is found where its staff report it to be."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("branch_id", type=UUID)
        parser.add_argument("--undo", action="store_true", help="It stays at its own position from now on.")

    def handle(self, *args: Any, **options: Any) -> None:
        make = make_settled if options["undo"] else make_mobile
        try:
            branch = make(branch_id=options["branch_id"], by="manage.py make_mobile", now=timezone.now())
        except CodedError as error:
            raise CommandError(error.detail) from error
        where = "is a mobile branch, and nowhere until it reports" if branch.home_point else "stays where it is"
        self.stdout.write(f"{branch.name} {where}.")
