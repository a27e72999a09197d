"""The relay: claim changes, act on the current state of what they name, acknowledge. Twice is harmless.

One call of `drain` is one database transaction. Until it commits its rows are only locked, so whatever dies gives them
back; relays beside it skip them. A row that cannot be done is found by halving, put off with a growing delay, and
parked with its reason after MAX_ATTEMPTS; it never holds up the others.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
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
MAX_DELAY_SECONDS = 300
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
    """Act on up to `limit` due rows, oldest first. `claimed == 0`: nothing is due (or others hold it).

    Raises OperationalError, InterfaceError or RetryableError when the database or the engine is away: the rows stay as
    they were, without an attempt counted.
    """
    failpoint("before_claim")
    with patient_transaction():
        rows = changes.claim(limit=min(limit, BATCH_LIMIT))
        failpoint("after_claim")
        deals = [row for row in rows if row.topic == Change.Topic.DEAL][:SPREAD_DEALS]
        branches = [row for row in rows if row.topic == Change.Topic.BRANCH]
        lock_branches(_keys(branches))
        failpoint("after_lock")
        failed = each_by_halves(deals, _spread, failed=_put_off)
        failed += each_by_halves(branches, lambda part: _place(backend, part), failed=_put_off)
        failpoint("before_commit")
    failpoint("after_commit")
    return Drained(len(deals) + len(branches), failed)


def drain_all(backend: SearchBackend, *, transactions: int = 1_000) -> Drained:
    """Drain until nothing is due, in at most so many transactions."""
    claimed = failed = 0
    for _ in range(transactions):
        done = drain(backend)
        if done.claimed == 0:
            break
        claimed, failed = claimed + done.claimed, failed + done.failed
    return Drained(claimed, failed)


def _keys(rows: Sequence[Claimed]) -> Collection[UUID]:
    return {row.key for row in rows}


def _spread(rows: Sequence[Claimed]) -> None:
    """A change of a deal becomes changes of its branches, which later transactions act on in chunks."""
    failpoint("before_spread")
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD, {"deals": list(_keys(rows))})
    failpoint("after_spread")
    changes.acknowledge(rows)


def _place(backend: SearchBackend, rows: Sequence[Claimed]) -> None:
    place(backend, _keys(rows))
    failpoint("before_acknowledge")
    changes.acknowledge(rows)
    failpoint("after_acknowledge")


def _put_off(row: Claimed, error: Exception) -> None:
    attempt = row.attempts + 1
    park = attempt >= MAX_ATTEMPTS
    changes.postpone(
        row,
        reason=f"{type(error).__name__}: {error}",
        delay_seconds=min(MAX_DELAY_SECONDS, 2**attempt),
        park=park,
    )
    log.error("change_failed", topic=row.topic, key=str(row.key), attempt=attempt, parked=park, exc_info=error)
