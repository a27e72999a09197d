"""Django's `migrate`, which first brings the record of a database from before `accounts` up to date."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

from accounts.history import adopt_user_table


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        # A plan or a check writes nothing, so it can only be had of a database that has been adopted.
        if (
            not options["plan"]
            and not options["check_unapplied"]
            and adopt_user_table(connections[options["database"]])
        ):
            self.stdout.write("The user table now belongs to accounts.")
        super().handle(*args, **options)
