"""Writing the projection: documents in, each change at a new epoch, nothing lost by order of arrival.

The one row of `search_epoch` is locked first, so appliers wait for each other and epochs are committed in their order:
a reader that sees epoch 7 sees everything of 1 to 7 and nothing of 8.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import islice
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from search.backends.postgis import bands, subjects, tally
from search.backends.postgis.rows import COPY, COPY_CARDS, COPY_HEADS, card_of, content_digest, head_rows, row_of
from search.document import OfferDocument
from search.models import NEVER
from search.subjects import subjects_of

KEEP = timedelta(minutes=15)
"""How long a replaced version is held: a cursor handed out is good for at least this long."""
KEEP_TOMBSTONES = timedelta(days=7)
"""How long a removed id keeps its version: a writer held up for longer could bring the document back until the next
comparison of both stores."""
GIVE_UP = timedelta(hours=24)
"""An index that follows the projection and has not moved for longer is waited for no more; it is made anew."""
BATCH = 2_000


class Contradiction(ValueError):
    """An id comes twice, or as a document and as gone. A programming error."""


def apply(documents: Iterable[OfferDocument], *, gone: Iterable[str], version: int) -> int | None:
    """See search.backends.base. One transaction; the epoch at which the change can be seen, None if nothing changed."""
    seen: set[str] = set()
    changed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        epoch = _lock(cursor) + 1
        arriving = iter(documents)
        while batch := list(islice(arriving, BATCH)):
            _claim(seen, [document.id for document in batch])
            changed += _put(cursor, batch, version=version, epoch=epoch)
        leaving = sorted(gone)
        _claim(seen, leaving)
        if leaving:
            changed += _remove(cursor, leaving, version=version, epoch=epoch)
        if changed:
            cursor.execute("UPDATE search_epoch SET current = %s", [epoch])
            tally.advance_if_far(cursor, changed=changed)
    return epoch if changed else None


def _lock(cursor: CursorWrapper) -> int:
    """The current epoch, which stays so until this transaction ends; the row is made when it is not there."""
    cursor.execute(
        "INSERT INTO search_epoch (current, oldest) VALUES (0, 0)"
        " ON CONFLICT (singleton) DO UPDATE SET current = search_epoch.current RETURNING current"
    )
    return int(cursor.fetchone()[0])


def _claim(seen: set[str], ids: Sequence[str]) -> None:
    before = len(seen)
    seen.update(ids)
    if len(seen) != before + len(ids):
        raise Contradiction("an id comes twice, or as a document and as gone")


def _put(cursor: CursorWrapper, batch: Sequence[OfferDocument], *, version: int, epoch: int) -> int:
    """How many documents changed."""
    ids = [document.id for document in batch]
    cursor.execute(
        "SELECT id, version, content FROM search_offer WHERE removed_epoch = %(never)s AND id = ANY(%(ids)s)"
        " UNION ALL SELECT id, version, NULL FROM search_gone WHERE id = ANY(%(ids)s)",
        {"ids": ids, "never": NEVER},
    )
    known: dict[str, tuple[int, UUID | None]] = {id_: (at, content) for id_, at, content in cursor.fetchall()}
    unknown = (-1, None)
    current = [
        (document, content_digest(document)) for document in batch if known.get(document.id, unknown)[0] <= version
    ]
    changed = [(document, digest) for document, digest in current if known.get(document.id, unknown)[1] != digest]
    unchanged = [document.id for document, digest in current if known.get(document.id, unknown)[1] == digest]
    banded = bands.put(cursor, [document for document, _ in current], epoch=epoch)
    if unchanged:
        # What is seen stays as it is; but the version must rise, or one in between could still replace it.
        cursor.execute(
            "UPDATE search_offer SET version = %s WHERE removed_epoch = %s AND id = ANY(%s) AND version < %s",
            [version, NEVER, unchanged, version],
        )
    if not changed:
        return banded
    subjects.put(subject for document, _ in changed for subject in subjects_of(document))
    known_ids = [document.id for document, _ in changed if document.id in known]
    if known_ids:
        _close(cursor, known_ids, epoch=epoch)
        cursor.execute("DELETE FROM search_gone WHERE id = ANY(%s)", [known_ids])
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence('search_offer', 'row_id')) FROM generate_series(1, %s)", [len(changed)]
    )
    row_ids = [row_id for (row_id,) in cursor.fetchall()]
    with cursor.copy(COPY) as copy:
        for row_id, (document, digest) in zip(row_ids, changed, strict=True):
            copy.write_row(row_of(document, row_id=row_id, epoch=epoch, version=version, content=digest))
    with cursor.copy(COPY_CARDS) as copy:
        for row_id, (document, _) in zip(row_ids, changed, strict=True):
            copy.write_row((row_id, card_of(document)))
    with cursor.copy(COPY_HEADS) as copy:
        for row_id, (document, _) in zip(row_ids, changed, strict=True):
            for row in head_rows(document, row_id=row_id):
                copy.write_row(row)
    return len(changed)


def _close(cursor: CursorWrapper, ids: list[str], *, epoch: int) -> int:
    """How many were there."""
    cursor.execute(
        "WITH closed AS (UPDATE search_offer SET removed_epoch = %s, closed_at = clock_timestamp()"
        "  WHERE removed_epoch = %s AND id = ANY(%s) RETURNING row_id),"
        " heads AS (DELETE FROM search_head h USING closed c WHERE h.row_id = c.row_id)"
        " SELECT FROM closed",
        [epoch, NEVER, ids],
    )
    return int(cursor.rowcount)


def _remove(cursor: CursorWrapper, ids: list[str], *, version: int, epoch: int) -> int:
    """How many were there. Ids never seen get their tombstone too: their document may still be on its way."""
    cursor.execute(
        "SELECT id FROM search_offer WHERE removed_epoch = %s AND id = ANY(%s) AND version > %s", [NEVER, ids, version]
    )
    newer = {id_ for (id_,) in cursor.fetchall()}
    leaving = [id_ for id_ in ids if id_ not in newer]
    bands.close_of_places(cursor, leaving, epoch=epoch)
    closed = _close(cursor, leaving, epoch=epoch)
    cursor.execute(
        "INSERT INTO search_gone (id, version, gone_at) SELECT unnest(%s::text[]), %s, clock_timestamp()"
        " ON CONFLICT (id) DO UPDATE SET version = excluded.version, gone_at = excluded.gone_at"
        " WHERE search_gone.version < excluded.version",
        [leaving, version],
    )
    return closed


def retally() -> None:
    """Make the tally anew from every row."""
    with transaction.atomic(), connection.cursor() as cursor:
        _lock(cursor)
        tally.fill(cursor)


def tally_differences() -> int:
    """How many counts of the tally are not what the rows say. 0 for a sound one."""
    with transaction.atomic(), connection.cursor() as cursor:
        _lock(cursor)
        return tally.differences(cursor)


def forget(*, keep: timedelta = KEEP, keep_tombstones: timedelta = KEEP_TOMBSTONES) -> int:
    """Delete versions closed, and tombstones set, longer ago than given, by the database's clock. How many versions.

    States before the last of them can no longer be read: `search` raises CursorExpired for them. What an index that
    follows has not seen yet is kept for GIVE_UP, what a lease is on until that ends. Subjects that no document has go.
    The tally is moved to the present first: what goes is then not between it and any state that is held.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _lock(cursor)
        tally.advance(cursor)
        cursor.execute(
            "WITH seen AS (SELECT min(epoch) AS epoch FROM search_generation"
            "  WHERE retired_at IS NULL AND followed_at > clock_timestamp() - make_interval(secs => %s)),"
            " dropped AS (DELETE FROM search_offer WHERE closed_at < clock_timestamp() - make_interval(secs => %s)"
            "  AND removed_epoch <= coalesce(least((SELECT epoch FROM seen), (SELECT min(epoch) FROM search_lease"
            "   WHERE until > clock_timestamp())), %s) RETURNING row_id, removed_epoch),"
            " cards AS (DELETE FROM search_card c USING dropped d WHERE c.row_id = d.row_id)"
            " SELECT count(*), max(removed_epoch) FROM dropped",
            [GIVE_UP.total_seconds(), keep.total_seconds(), NEVER],
        )
        count, last = cursor.fetchone()
        if count:
            cursor.execute("UPDATE search_epoch SET oldest = greatest(oldest, %s)", [last])
            bands.forget(cursor, before=last)
        cursor.execute(
            "DELETE FROM search_gone WHERE gone_at < clock_timestamp() - make_interval(secs => %s)",
            [keep_tombstones.total_seconds()],
        )
    subjects.forget_unused()
    return int(count)
