"""Ask again for a refund that failed: `manage.py retry_refund <id>`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from booking.payments.models import Refund
from booking.payments.refunding import retry_refund
from config.api.values import parse_uuid
from config.errors import InvalidParameter


class Command(BaseCommand):
    help = "Ask the provider again for a refund that failed, under a new id; the worker does it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("refund_id")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            asked = retry_refund(refund_id=parse_uuid(options["refund_id"]))
        except (InvalidParameter, Refund.DoesNotExist):
            raise CommandError("There is no refund of this id.") from None
        self.stdout.write(f"Refund {asked.id}, attempt {asked.attempt}: {asked.state}.")
