"""The relay: claim changes, act on the current state of what they name, acknowledge. Twice is harmless.

One call of `drain` is one database transaction. Until it commits its rows are only locked, so whatever dies gives them
back; relays beside it skip them. A row that cannot be done is found by halving, put off with a growing delay, and
parked with its reason after MAX_ATTEMPTS; it never holds up the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import structlog
from django.db import connection

from config.failpoints import failpoint
from indexing.facts import BATCH_LIMIT
from indexing.halving import each_by_halves
from indexing.patience import patient_transaction
from indexing.placing import lock_branches, place
from listings import changes
from listings.changes import Claimed
from listings.models import Change
from search.backends.base import SearchBackend

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 8
"""Then a row is parked: with the delays below, after about four minutes."""
FIRST_DELAY_SECONDS, MAX_DELAY_SECONDS = 2, 300
LOOK_AHEAD = 4
"""Rows claimed for each branch to be built: of a branch that changes often, many rows are answered by one build."""
SPREAD_DEALS = 50
"""Deals spread to their branches in one transaction."""

_SPREAD = """
INSERT INTO listings_change (topic, key)
SELECT 'branch', branch.id
FROM deals_deal AS deal JOIN listings_branch AS branch ON branch.merchant_id = deal.merchant_id
WHERE deal.id = ANY(%(deals)s) AND deal.all_branches
UNION
SELECT 'branch', at.branch_id FROM deals_dealbranch AS at JOIN deals_deal AS deal ON deal.id = at.deal_id
WHERE deal.id = ANY(%(deals)s) AND NOT deal.all_branches
"""


@dataclass(frozen=True, slots=True)
class Drained:
    """What one transaction did with the rows it claimed."""

    claimed: int = 0
    failed: int = 0


def drain(backend: SearchBackend, *, limit: int = BATCH_LIMIT) -> Drained:
    """Act on up to `limit` branches with due rows, oldest first. `claimed == 0`: nothing is due (or others hold it).

    Raises OperationalError or InterfaceError (Django's or psycopg's) or RetryableError when the database or the engine
    is away: the rows stay as they were, without an attempt counted.
    """
    limit = min(limit, BATCH_LIMIT)
    failpoint("before_claim")
    with patient_transaction():
        rows = changes.claim(limit=limit * LOOK_AHEAD)
        failpoint("after_claim")
        deals = _by_key(rows, Change.Topic.DEAL, limit=SPREAD_DEALS)
        branches = _by_key(rows, Change.Topic.BRANCH, limit=limit)
        lock_branches(branches)
        failpoint("after_lock")
        failed = _act_on(deals, _spread) + _act_on(branches, partial(_place, backend))
        failpoint("before_commit")
    failpoint("after_commit")
    return Drained(sum(map(len, (*deals.values(), *branches.values()))), failed)


def drain_all(backend: SearchBackend, *, transactions: int = 1_000) -> Drained:
    """Drain until nothing is due, in at most so many transactions."""
    claimed = failed = 0
    for _ in range(transactions):
        done = drain(backend)
        if done.claimed == 0:
            break
        claimed, failed = claimed + done.claimed, failed + done.failed
    return Drained(claimed, failed)


def _by_key(rows: Iterable[Claimed], topic: str, *, limit: int) -> dict[UUID, list[Claimed]]:
    """The rows of the first `limit` keys of a topic. One build answers all rows of a key; the rest is let go again."""
    grouped: dict[UUID, list[Claimed]] = {}
    for row in rows:
        if row.topic == topic and (row.key in grouped or len(grouped) < limit):
            grouped.setdefault(row.key, []).append(row)
    return grouped


def _act_on(grouped: dict[UUID, list[Claimed]], act: Callable[[Sequence[UUID]], None]) -> int:
    """Act and acknowledge, together in one savepoint; how many keys failed."""

    def act_and_acknowledge(keys: Sequence[UUID]) -> None:
        act(keys)
        failpoint("before_acknowledge")
        changes.acknowledge([row for key in keys for row in grouped[key]])
        failpoint("after_acknowledge")

    def put_off(key: UUID, error: Exception) -> None:
        for row in grouped[key]:
            _put_off(row, error)

    return each_by_halves(list(grouped), act_and_acknowledge, failed=put_off)


def _spread(deals: Sequence[UUID]) -> None:
    """A change of a deal becomes changes of its branches, which later transactions act on in chunks."""
    failpoint("before_spread")
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD, {"deals": list(deals)})
    failpoint("after_spread")


def _place(backend: SearchBackend, branches: Sequence[UUID]) -> None:
    place(backend, branches)


def _put_off(row: Claimed, error: Exception) -> None:
    attempt = row.attempts + 1
    park = attempt >= MAX_ATTEMPTS
    changes.postpone(
        row,
        reason=f"{type(error).__name__}: {error}",
        delay_seconds=min(MAX_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** (attempt - 1)),
        park=park,
    )
    log.error("change_failed", topic=row.topic, key=str(row.key), attempt=attempt, parked=park, exc_info=error)
