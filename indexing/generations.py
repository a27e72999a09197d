"""The life of an index of OpenSearch: made, put in the place of another, retired, dropped; and none is left behind.

An index is made under a name that nothing ever had, before its row is written, and taken away before its row is: so
no transaction waits for the cluster, and whoever dies in between leaves an index without a row, which `sweep` finds.
docs/adr/0014.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import DateTimeField, Func, Max, QuerySet

from config.failpoints import failpoint
from indexing.versions import database_time
from search.backends.opensearch import mapping
from search.backends.opensearch.client import Client, SearchEngineUnavailable
from search.backends.opensearch.followed import FOLLOWED, FollowedTable
from search.models import Epoch, Generation

log = structlog.get_logger(__name__)

RETIRED_FOR = timedelta(seconds=10)
"""How long an index is kept after another took its place: longer than anybody goes by what they knew, and asks."""
OTHER_CODE_AFTER = timedelta(minutes=10)
"""An index of another version of the code, which nobody has followed for longer, is retired."""
ORPHAN_AFTER = timedelta(minutes=10)
"""An index of ours without a row is somebody's who is about to write the row, or died."""

CLOCK = Func(function="clock_timestamp", output_field=DateTimeField())


@dataclass(frozen=True, slots=True)
class Index:
    """One index that was made: our name for it, and the cluster's."""

    name: str
    uuid: str


def of_this_code(table: FollowedTable) -> QuerySet[Generation]:
    """Those that have not retired, and hold what this code writes and reads."""
    return Generation.objects.filter(
        kind=table.kind, mapping_number=table.number, schema=table.schema, retired_at=None
    ).order_by("number")


def ensure_serving(client: Client, table: FollowedTable) -> None:
    """An index of this code that serves; of two that make one at once, one takes its own away again."""
    if of_this_code(table).filter(is_serving=True).exists():
        return
    index = create_index(client, table)
    with transaction.atomic():
        _lock(table)
        is_late = of_this_code(table).filter(is_serving=True).exists()
        if not is_late:
            _record(table, index, is_serving=True)
    failpoint("after_record_of_index")
    if is_late:
        client.delete(index.name)


def make_generation(client: Client, table: FollowedTable) -> Generation:
    """A new empty index, beside what serves, that follows from the beginning."""
    index = create_index(client, table)
    with transaction.atomic():
        _lock(table)
        return _record(table, index, is_serving=False)


def begin_anew(client: Client, generation: Generation) -> Generation | None:
    """A new empty index in the place of one that is lost or too far behind; None if another worker was first."""
    table = FOLLOWED[generation.kind]
    log.warning("index_begins_anew", index=generation.name, epoch=generation.epoch)
    index = create_index(client, table)
    made = None
    with transaction.atomic():
        _lock(table)
        lost = Generation.objects.filter(name=generation.name, uuid=generation.uuid, retired_at=None).first()
        if lost is not None:
            lost.delete()
            made = _record(table, index, is_serving=lost.is_serving)
    failpoint("after_begin_anew")
    client.delete(index.name if made is None else generation.name)
    return made


def serve(generation: Generation) -> None:
    """Put it in the place of what serves, in one transaction: no moment has none, or two."""
    table = FOLLOWED[generation.kind]
    with transaction.atomic():
        _lock(table)
        of_this_code(table).filter(is_serving=True).update(is_serving=False, retired_at=CLOCK)
        Generation.objects.filter(name=generation.name).update(is_serving=True)


def drop(client: Client, generation: Generation) -> None:
    """The index first: a row without one is done again, an index without a row would have to be found."""
    client.delete(generation.name)
    failpoint("after_drop_of_index")
    Generation.objects.filter(name=generation.name, is_serving=False).delete()


def sweep(client: Client) -> list[str]:
    """Take away what retired a while ago, what other code left, and what no row tells of. Their names."""
    now = database_time()
    for table in FOLLOWED.values():
        if of_this_code(table).filter(is_serving=True, true_at__isnull=False).exists():
            Generation.objects.filter(kind=table.kind, retired_at=None, followed_at__lt=now - OTHER_CODE_AFTER).exclude(
                mapping_number=table.number, schema=table.schema
            ).update(is_serving=False, retired_at=CLOCK)
    retired = list(Generation.objects.filter(retired_at__lt=now - RETIRED_FOR).order_by("kind", "number"))
    for generation in retired:
        drop(client, generation)
    orphans = _orphans(client, before_ms=int((now - ORPHAN_AFTER).timestamp() * 1000))
    for name in orphans:
        log.warning("index_without_row_dropped", index=name)
        client.delete(name)
    return [*(generation.name for generation in retired), *orphans]


def create_index(client: Client, table: FollowedTable) -> Index:
    """An index that says whose it is, under a name of its own: time first, so that people see their order."""
    made_at = database_time()
    name = f"{settings.OPENSEARCH_PREFIX}-{table.kind}-{made_at:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
    client.create(
        name,
        mappings={**table.mappings, "_meta": {"number": table.number, "owner": _owner()}},
        settings=mapping.settings(shards=settings.OPENSEARCH_SHARDS, replicas=settings.OPENSEARCH_REPLICAS),
    )
    failpoint("after_create_of_index")
    uuid = client.uuid(name)
    if uuid is None:
        raise SearchEngineUnavailable("An index was taken away while it was made.")
    return Index(name, uuid)


def _record(table: FollowedTable, index: Index, *, is_serving: bool) -> Generation:
    """Inside `_lock`."""
    last: int | None = Generation.objects.filter(kind=table.kind).aggregate(last=Max("number"))["last"]
    state = Epoch.objects.first()
    return Generation.objects.create(
        name=index.name,
        kind=table.kind,
        number=1 + (last or 0),
        uuid=index.uuid,
        made_at_oldest=state.oldest if state else 0,
        is_serving=is_serving,
        mapping_number=table.number,
        schema=table.schema,
    )


def _lock(table: FollowedTable) -> None:
    """Until the transaction ends, nobody else changes which indexes of the table there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [f"generations of {table.kind}"])


def _owner() -> str:
    """Names the database, and no copy of it: what shares a cluster and a prefix with us is not ours to drop."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier || '/' || current_database() FROM pg_control_system()")
        return str(cursor.fetchone()[0])


def _orphans(client: Client, *, before_ms: int) -> list[str]:
    owner = _owner()
    there = client.indexes(f"{settings.OPENSEARCH_PREFIX}-*")
    known = set(Generation.objects.values_list("name", flat=True))  # read later: a row is never before its index
    return sorted(
        name
        for name, (meta, created_ms) in there.items()
        if meta.get("owner") == owner and created_ms < before_ms and name not in known
    )
