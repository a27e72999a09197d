"""Statements whose plan PostgreSQL keeps, on each connection: for those that take longer to plan than to run.

A kept plan does not know the values (`plan_cache_mode=force_generic_plan`), so it must be good for all of them, and the
statement says the type of each value where PostgreSQL can not infer it. docs/adr/0036
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection


@contextmanager
def kept_cursor() -> Iterator[Any]:
    """A cursor of the connection that prepares what it is given again. A plain one where DATABASE_PREPARES is off."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    if connection.connection.prepare_threshold is None:
        with connection.cursor() as plain:
            yield plain
        return
    bound: Any = psycopg.Cursor(connection.connection)
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(bound) as cursor:
        yield cursor
