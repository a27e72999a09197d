"""Work that one process does at a time, for longer than a transaction should last.

An advisory lock of the session: it outlives transactions and goes with the process or connection that held it. So it
keeps two from doing the same work, and nothing may depend on it: what is written must be right without it too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_KEY = "hashtextextended(%s, 0)"


@contextmanager
def turn(work: str) -> Iterator[bool]:
    """Whether nobody else does `work`; nobody else can until the block ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({_KEY})", [work])
        is_ours: bool = cursor.fetchone()[0]
    try:
        yield is_ours
    finally:
        if is_ours and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({_KEY})", [work])
