"""Make an account an owner of a merchant: `manage.py make_owner EMAIL MERCHANT_ID`. The account is made if need be.

For the operator, who vouches for the address. Without --password the account signs in by mailed codes.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.services import account_for
from config.errors import CodedError
from listings.staff.services import add_owner


class Command(BaseCommand):
    help = "Make an account an owner of a merchant."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("merchant_id", type=UUID)
        parser.add_argument("--password", action="store_true", help="Read a password from standard input.")

    def handle(self, *args: Any, **options: Any) -> None:
        password = sys.stdin.readline().rstrip("\n") if options["password"] else None
        try:
            with transaction.atomic():
                user = account_for(email=options["email"], password=password)
                add_owner(merchant_id=options["merchant_id"], user=user, by="manage.py make_owner")
        except CodedError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"{user.email} is an owner of {options['merchant_id']}.")
