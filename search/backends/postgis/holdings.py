"""What the projection holds of given branches: asked by whoever keeps it true, never by a search."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db import connection

from search.backends.postgis import bands
from search.backends.postgis.rows import SELECT, document_of
from search.document import OfferDocument
from search.models import NEVER


def held(branch_ids: Collection[UUID]) -> Mapping[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, version FROM search_offer WHERE branch_id = ANY(%s) AND removed_epoch = %s",
            [list(branch_ids), NEVER],
        )
        return dict(cursor.fetchall())


def read(branch_ids: Collection[UUID]) -> Sequence[OfferDocument]:
    with connection.cursor() as cursor:
        cursor.execute(
            SELECT + " WHERE branch_id = ANY(%s) AND removed_epoch = %s ORDER BY id", [list(branch_ids), NEVER]
        )
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        areas = bands.read(cursor, {row["branch_id"] for row in rows})
        return [document_of(row, areas) for row in rows]


def branches(*, after: UUID | None, limit: int) -> Sequence[UUID]:
    # Each step jumps to the next branch by index, however many documents a branch has.
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE step (branch_id, number) AS ("
            " (SELECT branch_id, 1 FROM search_offer WHERE removed_epoch = %(never)s"
            "  AND (%(after)s::uuid IS NULL OR branch_id > %(after)s) ORDER BY branch_id LIMIT 1)"
            " UNION ALL SELECT following.branch_id, step.number + 1 FROM step CROSS JOIN LATERAL ("
            "  SELECT branch_id FROM search_offer WHERE removed_epoch = %(never)s AND branch_id > step.branch_id"
            "  ORDER BY branch_id LIMIT 1) AS following WHERE step.number < %(limit)s"
            ") SELECT branch_id FROM step",
            {"never": NEVER, "after": after, "limit": limit},
        )
        return [branch for (branch,) in cursor.fetchall()]
