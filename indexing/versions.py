"""The order of builds: a version taken from a sequence, and the clock read after it.

A build may read state only after it took its version, so whatever carries a higher version read later; and its clock,
read later too, is not behind. docs/adr/0002-change-feed.md has the argument.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection


def take_version() -> tuple[int, datetime]:
    """A version above every one taken before, and the database's time after that."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('indexing_version')")
        version = int(cursor.fetchone()[0])
        cursor.execute("SELECT clock_timestamp()")
        return version, cursor.fetchone()[0].astimezone(UTC)


def database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now.astimezone(UTC)
