"""Transactions that may take longer than a web request's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

STATEMENT_TIMEOUT = "60s"
LOCK_TIMEOUT = "30s"
"""Less, so that whoever stands behind a lock is told so: it is nobody's own fault, as a slow statement would be."""


@contextmanager
def patient_transaction(*, snapshot: bool = False) -> Iterator[None]:
    """One transaction in which a statement may run for STATEMENT_TIMEOUT; with `snapshot`, all reads see one moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        if snapshot and len(connection.savepoint_ids) == 0:  # inside a test's transaction there is nothing to set
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true), set_config('lock_timeout', %s, true)",
            [STATEMENT_TIMEOUT, LOCK_TIMEOUT],
        )
        yield
