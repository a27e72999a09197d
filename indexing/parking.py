"""Documents that an index refused: kept with the reason, tried again now and then, let go when they are taken.

A refused document holds up nothing, and is missing from the answers of that index; docs/adr/0015 tells what follows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import structlog
from django.db import connection

from indexing.reading import rows_by_id
from search.backends.opensearch.followed import FOLLOWED, Row
from search.models import Generation, Parked

log = structlog.get_logger(__name__)

TRY_AGAIN_SECONDS = 300
TRIED_AT_ONCE = 500


def park(generation: Generation, refused: Sequence[tuple[int, str, str]]) -> None:
    """Rows (id, document, reason) that were refused now."""
    with connection.cursor() as cursor:
        for row_id, document_id, reason in refused:
            log.error("document_parked", index=generation.name, document=document_id, reason=reason)
            cursor.execute(
                "INSERT INTO search_parked (generation_id, row_id, document_id, reason) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (generation_id, row_id) DO UPDATE SET reason = excluded.reason,"
                " attempts = search_parked.attempts + 1, tried_at = clock_timestamp()",
                [generation.name, row_id, document_id, reason],
            )


def unpark(generation: Generation, row_ids: Collection[int]) -> None:
    """Rows that were taken now."""
    if row_ids and Parked.objects.filter(generation=generation).exists():
        Parked.objects.filter(generation=generation, row_id__in=row_ids).delete()


def due(generation: Generation) -> Sequence[Row]:
    """Rows to try again, at most TRIED_AT_ONCE, the longest waiting first; those that are no more are let go."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_id FROM search_parked WHERE generation_id = %s"
            " AND tried_at < clock_timestamp() - make_interval(secs => %s) ORDER BY tried_at LIMIT %s",
            [generation.name, TRY_AGAIN_SECONDS, TRIED_AT_ONCE],
        )
        waiting = [row_id for (row_id,) in cursor.fetchall()]
    rows = rows_by_id(FOLLOWED[generation.kind], waiting) if waiting else []
    gone = set(waiting) - {row[0] for row in rows}
    Parked.objects.filter(generation=generation, row_id__in=gone).delete()
    return rows


def parked_rows(generation: Generation) -> set[int]:
    return set(Parked.objects.filter(generation=generation).values_list("row_id", flat=True))
