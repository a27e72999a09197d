"""Who may have how much at a time: one account, one device, one network address, one guest.

Those who share a key wait for each other from here to the commit: a limit that is counted and then used would let all
of them through at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from config.errors import RateLimited


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` rows whose `column` is `key`; no key or 0: no limit."""

    column: str
    key: int | str | None
    most: int


def keep_within(limits: Sequence[Limit], *, counting: str, refusal: RateLimited) -> None:
    """Raise `refusal`, with the limit, where one of them is reached.

    `counting` is `SELECT count(*) FROM … WHERE {column} = %s …`: what counts. Locks are of the table it counts and the
    key, taken in their order.
    """
    asked = [limit for limit in limits if limit.key and limit.most]
    lock_names([f"{limit.column}:{limit.key}" for limit in asked])
    with connection.cursor() as cursor:
        for limit in asked:
            cursor.execute(counting.format(column=limit.column), [limit.key])
            if cursor.fetchone()[0] >= limit.most:
                refusal.members["limit"] = limit.most
                raise refusal


def lock_names(names: Sequence[str]) -> None:
    """In their order, to the end of the transaction: others who ask for one of them wait. They lock no row."""
    with connection.cursor() as cursor:
        for name in sorted(names):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [name])
