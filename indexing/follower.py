"""OpenSearch follows the projection: rows with an epoch behind the checkpoint are written, then it moves.

A row says when it was added and when it was removed, and epochs are committed in their order; so what an index has to
learn is a range of numbers, read again as often as need be. A removed row stays in the index as such (a tombstone)
until nobody can write of it any more. docs/adr/0009.

No transaction is open while the cluster is asked. One worker follows an index at a time, but only to save work: the
checkpoint moves by comparison with where it was, and only if nothing was forgotten that the pass had yet to read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db.models import Exists

from config.failpoints import failpoint
from indexing import parking
from indexing.generations import CLOCK, begin_anew, ensure_serving, of_this_code
from indexing.reading import in_batches_of, last_epoch_of_pass, rows_changed
from indexing.turns import turn
from indexing.versions import database_time
from indexing.writing import ROWS_AT_ONCE, Written, write
from search.backends.opensearch.client import Client
from search.backends.opensearch.followed import FOLLOWED
from search.models import Epoch, Generation

log = structlog.get_logger(__name__)

ROWS_OF_A_PASS = 20_000
"""About as many are followed before the checkpoint moves; one epoch is never split."""
HEARTBEAT_SECONDS = 2
"""A generation that is true says so as often as this."""
PURGE_AFTER = timedelta(hours=1)
"""How long a tombstone outlives the last question for it: far longer than any write can be on its way."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One pass: how many rows were written and parked, and whether the index then held everything."""

    rows: int
    parked: int
    is_true: bool


NOT_OURS = Followed(0, 0, is_true=False)


def follow(client: Client, *, refresh: Callable[[Client, str], None] = Client.refresh) -> Followed:
    """One pass over each index that serves; it is made when there is none. Raises SearchEngineUnavailable."""
    passes = []
    for table in FOLLOWED.values():
        ensure_serving(client, table)
        serving = of_this_code(table).filter(is_serving=True).values_list("name", flat=True)
        passes += [follow_one(client, name, refresh=refresh) for name in list(serving)]
    return Followed(
        sum(each.rows for each in passes), sum(each.parked for each in passes), all(each.is_true for each in passes)
    )


def follow_all(client: Client) -> Followed:
    """Passes until the indexes hold everything (or nobody but another worker follows)."""
    rows = parked = 0
    while True:
        done = follow(client)
        rows, parked = rows + done.rows, parked + done.parked
        if done.is_true or not done.rows:
            return Followed(rows, parked, done.is_true)


def follow_one(client: Client, name: str, *, refresh: Callable[[Client, str], None] = Client.refresh) -> Followed:
    """One pass over one index, unless another worker is at it."""
    with turn(f"follow {name}") as is_ours:
        generation = Generation.objects.filter(name=name, retired_at=None).first() if is_ours else None
        if generation is None:
            return NOT_OURS
        state = Epoch.objects.first()
        current, oldest = (state.current, state.oldest) if state else (0, 0)
        if generation.epoch >= current and not _is_stale(generation):
            return Followed(0, 0, is_true=True)
        if _must_begin_anew(client, generation, oldest):
            anew = begin_anew(client, generation)
            if anew is None:
                return NOT_OURS
            generation = anew
        return _pass(client, generation, current, refresh)


def _pass(client: Client, generation: Generation, current: int, refresh: Callable[[Client, str], None]) -> Followed:
    table = FOLLOWED[generation.kind]
    target = last_epoch_of_pass(table, generation.epoch, current, rows=ROWS_OF_A_PASS)
    row_ids = rows_changed(table, generation.epoch, target)
    written = Written(0, 0)
    if row_ids:
        written = write(client, generation, in_batches_of(table, row_ids, ROWS_AT_ONCE))
        failpoint("before_refresh_of_index")
        refresh(client, generation.name)
        failpoint("after_refresh_of_index")
    is_true = target >= current
    moved = _move(generation, target, is_true=is_true)
    failpoint("after_checkpoint")
    return Followed(written.rows, written.parked, is_true and moved)


def _move(generation: Generation, target: int, *, is_true: bool) -> bool:
    """Whether the checkpoint was where the pass began, and all that was to be read was still held at its end."""
    began_at = max(generation.epoch, generation.made_at_oldest)
    changes: dict[str, Any] = {"epoch": target, "followed_at": CLOCK}
    if is_true:
        changes["true_at"] = CLOCK
    return bool(
        Generation.objects.filter(name=generation.name, uuid=generation.uuid, epoch=generation.epoch, retired_at=None)
        .exclude(Exists(Epoch.objects.filter(oldest__gt=began_at)))
        .update(**changes)
    )


def _is_stale(generation: Generation) -> bool:
    """Whether it is time to look at the index and say again that it is true."""
    return generation.true_at is None or (database_time() - generation.true_at).total_seconds() > HEARTBEAT_SECONDS


def _must_begin_anew(client: Client, generation: Generation, oldest: int) -> bool:
    """Whether the index is not the one we wrote to, or the projection forgot what it never saw."""
    return max(generation.epoch, generation.made_at_oldest) < oldest or client.uuid(generation.name) != generation.uuid


def purge(client: Client) -> int:
    """Take tombstones out of the indexes that have been asked for by nobody for PURGE_AFTER. How many."""
    purged = 0
    for generation in Generation.objects.filter(retired_at=None).order_by("kind", "number"):
        if generation.purgeable_at is None or database_time() - generation.purgeable_at >= PURGE_AFTER:
            if generation.purgeable_epoch:
                purged += client.purge(generation.name, {"range": {"removed": {"lte": generation.purgeable_epoch}}})
                failpoint("after_purge")
            state = Epoch.objects.first()
            Generation.objects.filter(name=generation.name).update(
                purgeable_epoch=state.oldest if state else 0, purgeable_at=CLOCK
            )
    return purged


def try_parked_again(client: Client) -> int:
    """Write again what was refused some minutes ago. How many were taken."""
    taken = 0
    for generation in Generation.objects.filter(retired_at=None).order_by("kind", "number"):
        if rows := parking.due(generation):
            written = write(client, generation, [rows])
            client.refresh(generation.name)
            taken += written.rows - written.parked
    return taken
