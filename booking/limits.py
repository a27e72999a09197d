"""Who may have how much at a time: one account, one device, one network address, one guest.

Those who share a key wait for each other from here to the commit: a limit that is counted and then used would let all
of them through at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from config.errors import RateLimited


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` of what is counted whose `column` is `key`; no key or 0: no limit."""

    column: str
    key: int | str | None
    most: int


def keep_within(
    limits: Sequence[Limit], *, counting: str, refusal: RateLimited, further: Sequence[Any] = (), adding: int = 1
) -> None:
    """Raise `refusal`, with the limit, where `adding` to what counts would pass one of them. Who has nothing of it yet
    may have as much as one request can ask for.

    `counting` is `SELECT count(*) FROM … WHERE {column} = %s …`, with the parameters `further`: what counts. Locks are
    of the column and the key, taken in their order.
    """
    asked = [limit for limit in limits if limit.key and limit.most]
    lock_names([f"{limit.column}:{limit.key}" for limit in asked])
    with connection.cursor() as cursor:
        for limit in asked:
            cursor.execute(counting.format(column=limit.column), [limit.key, *further])
            (held,) = cursor.fetchone()
            if held and held + adding > limit.most:
                refusal.members["limit"] = limit.most
                raise refusal


def lock_names(names: Sequence[str]) -> None:
    """In their order, to the end of the transaction: others who ask for one of them wait. They lock no row."""
    with connection.cursor() as cursor:
        for name in sorted(names):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [name])
