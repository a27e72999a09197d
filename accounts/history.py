"""Databases from before `accounts`: what their record of migrations must say before Django reads it.

The user table was made by django.contrib.auth, and `admin` and `booking` were migrated on top of it. Django refuses to
migrate such a database, for they now depend on `accounts.0001`, which nobody applied. What that migration makes is
there already, column for column; the record is told so, and `accounts.0002` then makes the table ours (ADR 21).
"""

from __future__ import annotations

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

FIRST = ("accounts", "0001_initial")
LAST_OF_AUTH = ("auth", "0012_alter_user_first_name_max_length")


def adopt_user_table(connection: BaseDatabaseWrapper) -> bool:
    """Record accounts.0001 as applied where django.contrib.auth made the user table. Whether it was so."""
    recorder = MigrationRecorder(connection)
    if not recorder.has_table():
        return False
    applied = recorder.applied_migrations()
    if FIRST in applied or LAST_OF_AUTH not in applied:
        return False
    with transaction.atomic(using=connection.alias):
        recorder.record_applied(*FIRST)
    return True
