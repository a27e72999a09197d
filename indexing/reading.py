"""Rows of a followed table, in reads that are short: which rows a pass is about, then those rows as they are now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection

from indexing.patience import patient_transaction
from search.backends.opensearch.followed import FollowedTable, Row


def last_epoch_of_pass(table: FollowedTable, epoch: int, current: int, *, rows: int) -> int:
    """The epoch behind about `rows` rows added after `epoch`, at most `current`; one epoch is never split."""
    with patient_transaction(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT max(added_epoch) FROM (SELECT added_epoch FROM {table.table}"
            " WHERE added_epoch > %s AND added_epoch <= %s ORDER BY added_epoch LIMIT %s) AS waiting"
            " HAVING count(*) = %s",
            [epoch, current, rows, rows],
        )
        row = cursor.fetchone()
    return current if row is None else int(row[0])


def rows_changed(table: FollowedTable, epoch: int, target: int) -> list[int]:
    """Ids of the rows that were added or removed behind `epoch` and up to `target`, in order."""
    with patient_transaction(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT row_id FROM {table.table} WHERE added_epoch > %(epoch)s AND added_epoch <= %(target)s"
            f" UNION ALL SELECT row_id FROM {table.table} WHERE added_epoch <= %(epoch)s"
            " AND removed_epoch > %(epoch)s AND removed_epoch <= %(target)s ORDER BY row_id",
            {"epoch": epoch, "target": target},
        )
        return [row_id for (row_id,) in cursor.fetchall()]


def in_batches_of(table: FollowedTable, row_ids: Sequence[int], size: int) -> Iterator[Sequence[Row]]:
    for at in range(0, len(row_ids), size):
        yield rows_by_id(table, row_ids[at : at + size])


def rows_by_id(table: FollowedTable, row_ids: Sequence[int]) -> Sequence[Row]:
    """As they are now; those that are no more are not among them."""
    with patient_transaction(), connection.cursor() as cursor:
        cursor.execute(f"{table.select} WHERE row_id = ANY(%s)", [list(row_ids)])
        rows: list[Row] = cursor.fetchall()
        return rows


def digests_at(table: FollowedTable, epoch: int, *, size: int) -> Iterator[Sequence[tuple[int, str]]]:
    """(row id, digest) of the rows that are held at `epoch`, in order, page by page."""
    after = -1
    while True:
        with patient_transaction(), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT row_id, content::text FROM {table.table}"
                " WHERE added_epoch <= %s AND removed_epoch > %s AND row_id > %s ORDER BY row_id LIMIT %s",
                [epoch, epoch, after, size],
            )
            rows: list[tuple[int, str]] = cursor.fetchall()
        yield rows
        if len(rows) < size:
            return
        after = rows[-1][0]
