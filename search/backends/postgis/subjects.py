"""Keeping `search_subject`: what can be suggested besides places and deals."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import orjson
from django.db import connection

from geo.areas import SRID
from search.backends.postgis.rows import quoted_lexeme
from search.models import NEVER
from search.subjects import Subject, SubjectType

_PUT = f"""
INSERT INTO search_subject AS held (type, ref, name, names, terms, point)
SELECT type, ref, name, names::jsonb, terms::tsvector, ST_SetSRID(ST_MakePoint(lon, lat), {SRID})
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::float8[], %s::float8[])
  AS given (type, ref, name, names, terms, lon, lat)
ON CONFLICT (type, ref) DO UPDATE SET name = excluded.name, names = excluded.names, terms = excluded.terms,
  point = CASE WHEN held.type = '{SubjectType.CITY}' THEN held.point ELSE excluded.point END
WHERE (held.name, held.names, held.terms) IS DISTINCT FROM (excluded.name, excluded.names, excluded.terms)
   OR (held.type = '{SubjectType.AREA}' AND held.point IS DISTINCT FROM excluded.point)
"""

_UNUSED = {
    SubjectType.BRAND: "SELECT FROM search_offer o WHERE o.chain_id = s.ref::uuid AND o.removed_epoch = %(never)s",
    SubjectType.CATEGORY: "SELECT FROM search_offer o WHERE o.removed_epoch = %(never)s AND s.ref = ANY(o.categories)",
    SubjectType.CITY: "SELECT FROM search_offer o JOIN search_card c USING (row_id) WHERE o.removed_epoch = %(never)s"
    " AND o.point && ST_Expand(s.point, 0.5) AND c.card::jsonb -> 'address' ->> 'city' = s.name",
}
"""A document that still has the subject."""


def put(subjects: Iterable[Subject]) -> None:
    """New and changed ones; of those with the same type and ref the last. A city stays where it was first met."""
    last = {(subject.type, subject.ref): subject for subject in subjects}
    if not last:
        return
    given = [last[key] for key in sorted(last)]
    with connection.cursor() as cursor:
        cursor.execute(
            _PUT,
            [
                [subject.type.value for subject in given],
                [subject.ref for subject in given],
                [subject.name for subject in given],
                [orjson.dumps(dict(subject.names)).decode() for subject in given],
                [" ".join(map(quoted_lexeme, sorted(subject.terms))) for subject in given],
                [None if subject.point is None else subject.point.lon for subject in given],
                [None if subject.point is None else subject.point.lat for subject in given],
            ],
        )


def remove(type_: SubjectType, refs: Collection[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_subject WHERE type = %s AND ref = ANY(%s)", [type_.value, list(refs)])


def forget_unused() -> int:
    """Drop categories, brands and cities that no document has any more; how many."""
    dropped = 0
    with connection.cursor() as cursor:
        for type_, having in _UNUSED.items():
            cursor.execute(
                f"DELETE FROM search_subject s WHERE s.type = %(type)s AND NOT EXISTS ({having})",
                {"type": type_.value, "never": NEVER},
            )
            dropped += cursor.rowcount
    return dropped
