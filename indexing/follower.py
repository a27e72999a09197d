"""OpenSearch follows the projection: rows with an epoch behind the checkpoint are written, then it moves.

A row says when it was added and when it was removed, and epochs are committed in their order; so what an index has to
learn is a range of numbers, read again as often as need be. A write carries the epoch it tells of as its external
version: what comes late, twice or from a worker that stood still changes nothing. A removed row stays in the index as
such (a tombstone) until nobody can write of it any more. docs/adr/0009.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import DateTimeField, Func, Q

from config.failpoints import failpoint
from indexing.patience import patient_transaction
from indexing.versions import database_time
from search.backends.opensearch import mapping
from search.backends.opensearch.client import Client, SearchEngineUnavailable
from search.document import SCHEMA
from search.models import NEVER, Epoch, Generation, Parked

log = structlog.get_logger(__name__)

ROWS_AT_ONCE = 500
"""Of one request: about a megabyte."""
ROWS_OF_A_PASS = 20_000
"""About as many are followed before the checkpoint moves; one epoch is never split."""
HEARTBEAT_SECONDS = 2
"""A generation that is true says so as often as this."""
PURGE_AFTER = timedelta(hours=1)
"""How long a tombstone outlives the last question for it: far longer than any write can be on its way."""
ATTEMPTS = 4
BACK_OFF_SECONDS = 0.2

Row = tuple[Any, ...]
_CLOCK = Func(function="clock_timestamp", output_field=DateTimeField())


@dataclass(frozen=True, slots=True)
class Followed:
    """One pass: how many rows were written and parked, and whether the index then held everything."""

    rows: int
    parked: int
    is_true: bool


def follow(client: Client, *, refresh: Callable[[Client, str], None] = Client.refresh) -> Followed:
    """One pass over each generation; the first is made when there is none. Raises SearchEngineUnavailable."""
    ensure_serving(client)
    passes = [_follow_one(client, name, refresh) for name in _names()]
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


def _names() -> list[str]:
    return list(Generation.objects.order_by("name").values_list("name", flat=True))


def ensure_serving(client: Client) -> None:
    """A generation of the mapping and schema of this code that serves: made when there is none.

    One of another number goes on being followed by workers of its own code, and is dropped once ours is true.
    """
    wanted = Q(mapping_number=mapping.MAPPING_NUMBER, schema=SCHEMA)
    if Generation.objects.filter(wanted, is_serving=True).exists():
        return
    with transaction.atomic():
        Epoch.objects.select_for_update().first()
        if Generation.objects.filter(wanted, is_serving=True).exists():
            return
        old = list(Generation.objects.filter(is_serving=True))
        Generation.objects.filter(is_serving=True).update(is_serving=False)
        make_generation(client, is_serving=True)
    for generation in old:
        drop_generation(client, generation.name)


def make_generation(client: Client, *, is_serving: bool) -> Generation:
    """A new empty index that follows from the beginning."""
    taken = set(_names())
    prefix = f"{settings.OPENSEARCH_PREFIX}-offers"
    name = next(name for number in count(1) if (name := f"{prefix}-{number}") not in taken)
    uuid = _create_index(client, name)
    return Generation.objects.create(
        name=name, uuid=uuid, is_serving=is_serving, mapping_number=mapping.MAPPING_NUMBER, schema=SCHEMA
    )


def drop_generation(client: Client, name: str) -> None:
    Generation.objects.filter(name=name).delete()
    client.delete(name)


def _create_index(client: Client, name: str) -> str:
    client.delete(name)
    client.create(
        name,
        mappings=mapping.MAPPINGS,
        settings=mapping.settings(shards=settings.OPENSEARCH_SHARDS, replicas=settings.OPENSEARCH_REPLICAS),
    )
    uuid = client.uuid(name)
    if uuid is None:
        raise SearchEngineUnavailable("An index was taken away while it was made.")
    return uuid


def _follow_one(client: Client, name: str, refresh: Callable[[Client, str], None]) -> Followed:
    with patient_transaction():
        generation = Generation.objects.select_for_update(skip_locked=True).filter(name=name).first()
        if generation is None:  # another worker follows it
            return Followed(0, 0, is_true=False)
        state = Epoch.objects.first()
        current, oldest = (state.current, state.oldest) if state else (0, 0)
        if generation.epoch >= current and not _is_stale(generation):
            return Followed(0, 0, is_true=True)
        if _must_begin_anew(client, generation, oldest):
            _begin_anew(client, generation)
        target = _target(generation.epoch, current)
        rows = parked = 0
        for batch in _rows(generation.epoch, target):
            failpoint("before_bulk")
            parked += write(client, generation, batch)
            rows += len(batch)
            failpoint("after_bulk")
        if rows:
            refresh(client, name)
            failpoint("after_refresh_of_index")
        is_true = target >= current
        changes: dict[str, Any] = {"epoch": target, "followed_at": _CLOCK}
        if is_true:
            changes["true_at"] = _CLOCK
        Generation.objects.filter(name=name).update(**changes)
    failpoint("after_checkpoint")
    return Followed(rows, parked, is_true)


def _is_stale(generation: Generation) -> bool:
    """Whether it is time to look at the index and say again that it is true."""
    return generation.true_at is None or (database_time() - generation.true_at).total_seconds() > HEARTBEAT_SECONDS


def _must_begin_anew(client: Client, generation: Generation, oldest: int) -> bool:
    """Whether the index is not the one we wrote to, or the projection forgot what it never saw."""
    return client.uuid(generation.name) != generation.uuid or 0 < generation.epoch < oldest


def _begin_anew(client: Client, generation: Generation) -> None:
    log.warning("index_begins_anew", index=generation.name, epoch=generation.epoch)
    Parked.objects.filter(generation=generation).delete()
    generation.uuid = _create_index(client, generation.name)
    generation.epoch = 0
    generation.true_at = None
    generation.save(update_fields=["uuid", "epoch", "true_at"])


def _target(epoch: int, current: int) -> int:
    """The epoch that ends this pass: behind about ROWS_OF_A_PASS rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(added_epoch) FROM (SELECT added_epoch FROM search_offer"
            " WHERE added_epoch > %s AND added_epoch <= %s ORDER BY added_epoch LIMIT %s) AS waiting"
            " HAVING count(*) = %s",
            [epoch, current, ROWS_OF_A_PASS, ROWS_OF_A_PASS],
        )
        row = cursor.fetchone()
    return current if row is None else int(row[0])


def _rows(epoch: int, target: int) -> Iterator[Sequence[Row]]:
    """Rows that were added or removed behind `epoch` and up to `target`, as they are now."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"{mapping.SELECT} WHERE added_epoch > %(epoch)s AND added_epoch <= %(target)s"
            f" UNION ALL {mapping.SELECT} WHERE added_epoch <= %(epoch)s"
            " AND removed_epoch > %(epoch)s AND removed_epoch <= %(target)s",
            {"epoch": epoch, "target": target},
        )
        while batch := cursor.fetchmany(ROWS_AT_ONCE):
            yield batch


def write(client: Client, generation: Generation, rows: Sequence[Row]) -> int:
    """Write rows and see to what became of each: done, or newer already, or tried again, or parked. How many parked.

    Raises SearchEngineUnavailable when the cluster goes on refusing for want of room or time.
    """
    waiting = list(rows)
    parked = 0
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(BACK_OFF_SECONDS * 2**attempt)
        lines = b"".join(_lines(row) for row in waiting)
        try:
            results = client.bulk(generation.name, lines)
        except SearchEngineUnavailable:
            if attempt + 1 == ATTEMPTS:
                raise
            continue
        again = []
        for row, result in zip(waiting, results, strict=True):
            status = int(result["status"])
            if status == 429 or status >= 500:
                again.append(row)
            elif status >= 400 and status != 409:
                _park(generation, row, result)
                parked += 1
        waiting = again
        if not waiting:
            return parked
    raise SearchEngineUnavailable(f"{len(waiting)} of {len(rows)} documents were refused {ATTEMPTS} times.")


def _lines(row: Row) -> bytes:
    row_id, _, added, removed = row[:4]
    version = added if removed == NEVER else removed
    # A write of the same version is taken: so a comparison can repair what differs.
    action = {"index": {"_id": str(row_id), "version": version, "version_type": "external_gte"}}
    return orjson.dumps(action) + b"\n" + orjson.dumps(mapping.body_of(row)) + b"\n"


def _park(generation: Generation, row: Row, result: dict[str, Any]) -> None:
    reason = str(result.get("error"))[:2_000]
    log.error("document_parked", index=generation.name, document=row[1], reason=reason)
    Parked.objects.update_or_create(
        generation=generation, row_id=row[0], defaults={"document_id": row[1], "reason": reason}
    )


def purge(client: Client) -> int:
    """Take tombstones out of the indexes that have been asked for by nobody for PURGE_AFTER. How many."""
    purged = 0
    for generation in Generation.objects.all():
        if generation.purgeable_at is None or database_time() - generation.purgeable_at >= PURGE_AFTER:
            if generation.purgeable_epoch:
                purged += client.purge(generation.name, {"range": {"removed": {"lte": generation.purgeable_epoch}}})
            state = Epoch.objects.first()
            Generation.objects.filter(name=generation.name).update(
                purgeable_epoch=state.oldest if state else 0, purgeable_at=_CLOCK
            )
    return purged
