"""The change feed: what changed, written in the transaction of the change.

Triggers on the tables write it (migrations `change_feed`, docs/adr/0002-change-feed.md), so every writer is covered and
none has to remember. `record` is for what no table shows: a horizon that ran short, a repair. The NOTIFY reaches
listeners at commit; losing it costs latency, never the change. The relay (indexing) claims rows with `claim`, acts on
the *current* state of what they name, and then acknowledges. Acting twice is harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

CHANNEL = "vicinity_changes"


class OutsideTransaction(RuntimeError):
    """`record` was called where the change and its notice could be torn apart. A programming error."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """One claimed row. `attempts` counts failed tries before this one."""

    id: int
    topic: str
    key: UUID
    attempts: int


def record(*, topic: str, keys: Iterable[UUID], due_at: datetime | None = None) -> None:
    """Append one row for each key and wake the relay at commit; with `due_at` in the future the rows wait until then.

    Must run inside a transaction.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction("listings.changes.record needs the transaction of the change it tells of.")
    distinct = sorted(set(keys))
    if not distinct:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO listings_change (topic, key, due_at) SELECT %s, unnest(%s::uuid[]), coalesce(%s, now())",
            [topic, distinct, due_at],
        )


def claim(*, limit: int) -> list[Claimed]:
    """Lock up to `limit` due rows, oldest first, skipping those that another relay holds.

    Runs inside the transaction in which the caller acts and acknowledges; rolling back (or dying) gives the rows back.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction("A claim lasts as long as its transaction.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, topic, key, attempts FROM listings_change"
            " WHERE parked_at IS NULL AND due_at <= statement_timestamp()"
            " ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED",
            [limit],
        )
        return [Claimed(*row) for row in cursor.fetchall()]


def acknowledge(claimed: Sequence[Claimed]) -> None:
    """Forget rows that have been acted on, and rows parked earlier for the same keys. Commits with the caller."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM listings_change WHERE id = ANY(%s)", [[row.id for row in claimed]])
        for topic in {row.topic for row in claimed}:
            keys = list({row.key for row in claimed if row.topic == topic})
            cursor.execute(
                "DELETE FROM listings_change WHERE parked_at IS NOT NULL AND topic = %s AND key = ANY(%s)",
                [topic, keys],
            )


def postpone(row: Claimed, *, reason: str, delay_seconds: float, park: bool) -> None:
    """Put one failed row back for later, or park it for a person to look at. The reason is kept."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE listings_change SET attempts = attempts + 1, reason = %s,"
            " due_at = now() + make_interval(secs => %s), parked_at = CASE WHEN %s THEN now() END WHERE id = %s",
            [reason[:2000], delay_seconds, park, row.id],
        )
