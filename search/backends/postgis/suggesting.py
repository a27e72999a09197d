"""Suggestions: one statement with three bounded parts, whatever is typed and however much there is.

- `subjects`: categories, brands, cities and areas that the words meet
- `near`: of the NEAREST documents round the point, those that the words meet in any way
- `far`: documents of the regions round the point, and of anywhere, with a name, its reading or its initials that begin
  with all that was typed: the first few of each, in the order of search.heads

A beginning of two letters is met by a large part of a million names: near the point documents are looked at one by one,
far away only as many heads as are asked for are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from geo.areas import SRID
from geo.db import distance_of_vectors
from geo.types import Point
from search.backends.postgis.rows import quoted_lexeme
from search.backends.postgis.statement import tier_case
from search.backends.postgis.words import tier_queries
from search.heads import asked_ranges, regions_round
from search.models import NEVER
from search.text import TextQuery, Tier

NEAREST = 400
"""How many documents round the point are looked at."""
CANDIDATES = 40
"""The best of each part, of which the answer is made."""
HEADS_OF_A_REGION = 40
HEADS_OF_ANYWHERE = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """`type` is that of a subject, or `place` or `deal`; `ref` a subject's or a document's id."""

    type: str
    ref: str
    tier: Tier
    distance_metres: float | None
    popularity: float
    chain: str | None
    name: str | None
    names: Any
    lon: float | None
    lat: float | None
    card: str | None


_DOCUMENT = (
    "o.row_id, o.kind, o.id, o.chain_id, o.popularity, o.terms, o.point, o.x, o.y, o.z, o.valid_from, o.valid_until"
)


def candidates(text: TextQuery, *, near: Point | None, now: datetime) -> Sequence[Candidate]:
    """The best of each part, in no order."""
    queries, ranges = tier_queries(text), asked_ranges(text)
    params: dict[str, Any] = {
        "tier_exact": queries.exact,
        "tier_prefix": queries.prefix,
        "tier_all_words": queries.all_words,
        "tier_pinyin": queries.pinyin,
        "tier_fuzzy": queries.fuzzy,
        "tier_some_words": queries.some_words,
        "any": f"({queries.prefix} | {queries.fuzzy}{_initials(text)})",
        "firsts": [each.first for each in ranges],
        "pasts": [each.past for each in ranges],
        "never": NEVER,
        "now": now,
        "candidates": CANDIDATES,
        "nearest": NEAREST,
        "heads_of_anywhere": HEADS_OF_ANYWHERE,
    }
    metres, document_metres, nearest, regional = "NULL::float8", "NULL::float8", "", ""
    if near is not None:
        distance = distance_of_vectors("o", near, name="near")
        params |= {
            **distance.params,
            "lon": near.lon,
            "lat": near.lat,
            "regions": regions_round(near),
            "heads_of_a_region": HEADS_OF_A_REGION,
        }
        document_metres = distance.sql
        here = f"ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), {SRID})"
        metres = f"ST_DistanceSphere(s.point, {here})"
        nearest = f"""
  UNION ALL
  (SELECT * FROM (SELECT {_DOCUMENT} FROM search_offer o WHERE o.removed_epoch = %(never)s
     ORDER BY o.point <-> {here} LIMIT %(nearest)s) o WHERE o.terms @@ %(any)s::tsquery)"""
        regional = """
  UNION
  SELECT h.row_id FROM asked a, unnest(%(regions)s::bigint[]) AS round (region), LATERAL (
    SELECT row_id FROM search_head h WHERE h.region = round.region AND h.head >= a.first AND h.head < a.past
    ORDER BY h.head LIMIT %(heads_of_a_region)s) h"""
    sql = f"""
WITH asked AS (SELECT * FROM unnest(%(firsts)s::text[], %(pasts)s::text[]) AS given (first, past)),
headed AS MATERIALIZED (
  SELECT h.row_id FROM asked a, LATERAL (
    SELECT row_id FROM search_head h WHERE h.head >= a.first AND h.head < a.past
    ORDER BY h.head LIMIT %(heads_of_anywhere)s) h{regional}
), met AS (
  SELECT {_DOCUMENT} FROM headed JOIN search_offer o USING (row_id)
  WHERE o.removed_epoch = %(never)s AND o.terms @@ %(any)s::tsquery{nearest}
), documents AS (
  SELECT DISTINCT ON (row_id) o.*, {tier_case("o.terms")} AS tier, {document_metres} AS metres FROM met o
  WHERE o.valid_from <= %(now)s AND o.valid_until > %(now)s
), best AS (
  (SELECT * FROM documents WHERE kind = 'place' ORDER BY tier, metres, popularity DESC, id LIMIT %(candidates)s)
  UNION ALL
  (SELECT * FROM documents WHERE kind = 'deal' ORDER BY tier, metres, popularity DESC, id LIMIT %(candidates)s)
)
(SELECT s.type, s.ref, {tier_case("s.terms")} AS tier, {metres} AS metres, 0::float8, NULL::text, s.name, s.names::text,
        ST_X(s.point), ST_Y(s.point), NULL::text
 FROM search_subject s WHERE s.terms @@ %(any)s::tsquery ORDER BY tier, metres, s.type, s.ref LIMIT %(candidates)s)
UNION ALL
SELECT b.kind, b.id, b.tier, b.metres, b.popularity, b.chain_id::text, NULL, NULL, ST_X(b.point), ST_Y(b.point), c.card
FROM best b JOIN search_card c USING (row_id)"""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    return [Candidate(type_, ref, Tier(tier), *rest) for type_, ref, tier, *rest in rows]


def _initials(text: TextQuery) -> str:
    heads = [] if text.initials_prefix is None else [f"{quoted_lexeme(text.initials_prefix)}:*"]
    return "".join(f" | {each}" for each in [*map(quoted_lexeme, text.initials), *heads])
