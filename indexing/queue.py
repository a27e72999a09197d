"""The feed as an operator sees it: how much waits, for how long, and what was given up."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

LAG_ALARM_SECONDS = 30.0
"""A due change older than this means that nobody drains."""


@dataclass(frozen=True, slots=True)
class QueueState:
    due: int
    """Changes waiting now, counted up to COUNT_LIMIT."""
    lag_seconds: float
    """Age of the oldest of them; 0 when there is none."""
    parked: int


COUNT_LIMIT = 100_000


def lag_seconds() -> float:
    """Age of the oldest due change; 0 when nothing is due. One look at an index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM clock_timestamp() - due_at) FROM listings_change"
            " WHERE parked_at IS NULL AND due_at <= statement_timestamp() ORDER BY due_at, id LIMIT 1"
        )
        row = cursor.fetchone()
    return float(row[0]) if row else 0.0


def queue_state() -> QueueState:
    lag = lag_seconds()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM (SELECT FROM listings_change"
            "  WHERE parked_at IS NULL AND due_at <= statement_timestamp() LIMIT %s) AS due),"
            " (SELECT count(*) FROM listings_change WHERE parked_at IS NOT NULL)",
            [COUNT_LIMIT],
        )
        due, parked = cursor.fetchone()
    return QueueState(due, lag, parked)
