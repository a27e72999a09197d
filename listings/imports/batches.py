"""How an import writes: one run of a source at a time, in batches, each a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, transaction

from config.errors import RetryableError

BATCH_TIMEOUT_SECONDS = 300
Row = TypeVar("Row")


class ImportBusy(RetryableError):
    code = "import_busy"
    only_commands = True
    title = "Another import of this source is running"


def batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


@contextmanager
def batch_transaction(*, dry_run: bool) -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{BATCH_TIMEOUT_SECONDS}s'")
            cursor.execute("SET LOCAL client_connection_check_interval = '2s'")  # so that a killed run frees its lock
        yield
        if dry_run:
            transaction.set_rollback(True)


@contextmanager
def alone(source: str) -> Iterator[None]:
    """One import of a source at a time, by a lock that dies with the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"vicinity-import:{source}"])
        if not cursor.fetchone()[0]:
            raise ImportBusy(f"Another import of {source} is running. Let it end, or stop it.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"vicinity-import:{source}"])
