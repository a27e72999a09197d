"""The hand-written way: one good PostGIS statement, psycopg's pool, orjson, and no framework at all.

It answers what the product's plain search answers (the 20 best by the balanced score, with cards and the exact total)
and nothing else: no parameters but these, no checks, no cursor, no other question.
"""

from __future__ import annotations

import os
from urllib.parse import parse_qs

import orjson
from psycopg_pool import ConnectionPool

from benchmarks.world import libpq_url

POOL = ConnectionPool(libpq_url(os.environ["DATABASE_URL"]), min_size=1, max_size=4, kwargs={"autocommit": True})

SQL = """
WITH matched AS MATERIALIZED (
  SELECT id, metres,
         0.45 * 800 / (800 + metres) + 0.25 * coalesce((rating - 1) / 4, 0.7)
         + 0.15 * least(1, coalesce(discount / 0.7, 0)) + 0.1 * popularity
         + 0.05 * 30 / (30 + greatest(0, extract(epoch FROM now() - listed_at)::float8 / 86400)) AS score
  FROM (
    SELECT id, rating, discount, popularity, listed_at,
           ST_DistanceSphere(geom, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)) AS metres
    FROM rival_offer
    WHERE geom && ST_Expand(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326),
                            %(radius_metres)s / 110000 / cos(radians(%(lat)s)), %(radius_metres)s / 110000)
      AND valid_from <= now() AND valid_until > now()
    OFFSET 0
  ) near
  WHERE metres <= %(radius_metres)s
), page AS (
  SELECT * FROM matched ORDER BY score DESC, metres, id LIMIT 20
)
SELECT o.key, o.kind, o.card, p.metres, p.score, (SELECT count(*) FROM matched)
FROM page p JOIN rival_offer o USING (id) ORDER BY p.score DESC, p.metres, p.id
"""


def application(environ, start_response):
    asked = parse_qs(environ["QUERY_STRING"])
    values = {name: float(asked[name][0]) for name in ("lat", "lon", "radius_metres")}
    with POOL.connection() as connection:
        rows = connection.execute(SQL, values).fetchall()
    hits = [
        {"id": key, "kind": kind, "card": orjson.Fragment(card), "distance_metres": metres, "score": score}
        for key, kind, card, metres, score, _ in rows
    ]
    body = orjson.dumps({"total": rows[0][5] if rows else 0, "hits": hits})
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
