"""Listening to PostgreSQL: a connection of its own, apart from Django's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

Listener = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def listening(channel: str) -> Iterator[Listener]:
    """A connection to Django's database that hears the notices of a channel. psycopg.Error where it breaks."""
    with psycopg.connect(**_parameters(), autocommit=True) as listener:
        listener.execute(f"LISTEN {channel}")
        yield listener


def _parameters() -> dict[str, Any]:
    """Of the database, without what only Django's cursors understand."""
    parameters: dict[str, Any] = connection.get_connection_params()
    parameters.pop("pool", None)
    return {key: parameters[key] for key in ("host", "port", "user", "password", "dbname") if key in parameters}
