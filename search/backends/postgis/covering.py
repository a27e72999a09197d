"""Which bands cover an address, as parts of a statement. Pure. docs/adr/0018

The pieces of shapes whose boxes hold the point are found by index, and each is tested exactly: a circle by distance, a
polygon of a shape by ST_Covers. A piece that was cut from a larger polygon has new edges, which are rounded: it decides
where the point is farther than ROUNDED_DEGREES from every edge of it, and the whole shape does where it is not. So the
answer is that of ST_Covers on what was drawn, on its border too.
"""

from __future__ import annotations

from typing import Any

import orjson

from geo.db import Fragment, distance_of_vectors, point_value
from search.document import Mode
from search.query import SearchQuery

ROUNDED_DEGREES = 1e-9
"""A tenth of a millimetre: a million times what cutting rounds."""

BAND = (
    "area_id", "area_name", "band_id", "named_area", "fee_minor", "minimum_minor", "currency", "eta_min_minutes",
    "eta_max_minutes",
)  # fmt: skip
"""What `search.serving.ServedBand` takes, in its order."""


def modes_of_bands(query: SearchQuery) -> tuple[Mode, ...]:
    """Of those asked for, the ones that a branch has bands for."""
    return () if query.serves is None else tuple(sorted(query.serves.modes - {Mode.VISIT}))


def bands_cte(query: SearchQuery, *, epoch: str) -> Fragment:
    """The CTE `bands` and what it needs: (mode, branch_id, of BAND …), one row for each branch and mode at the epoch,
    which is SQL.
    """
    serves = query.serves
    if serves is None:
        raise ValueError("the question does not ask who serves")
    point = point_value(serves.point, name="address")
    distance = distance_of_vectors("p", serves.point, name="address_vector")
    at, minute = _instant(query)
    params: dict[str, Any] = {
        **point.params,
        **distance.params,
        **at.params,
        **minute.params,
        "modes": [mode.value for mode in modes_of_bands(query)],
        "near": ROUNDED_DEGREES,
    }
    sql = f"""tested AS MATERIALIZED (
  SELECT p.shape_id, CASE
      WHEN p.radius_metres IS NOT NULL THEN {distance.sql} <= p.radius_metres
      WHEN p.is_whole THEN ST_Covers(p.piece, {point.sql})
      WHEN NOT ST_DWithin(p.piece, {point.sql}, %(near)s) THEN FALSE
      WHEN NOT ST_DWithin(ST_Boundary(p.piece), {point.sql}, %(near)s) THEN TRUE
    END AS covers
  FROM search_piece p WHERE p.piece && ST_Expand({point.sql}, %(near)s)
),
shapes AS MATERIALIZED (
  SELECT t.shape_id FROM (SELECT shape_id, bool_or(covers) AS covers, bool_or(covers IS NULL) AS is_open
    FROM tested GROUP BY shape_id) AS t
  WHERE t.covers OR (t.is_open AND (SELECT ST_Covers(s.geometry, {point.sql}) FROM search_shape s
    WHERE s.id = t.shape_id))
),
bands AS MATERIALIZED (
  SELECT DISTINCT ON (b.mode, b.branch_id) b.mode, b.branch_id, {", ".join(f"b.{name}" for name in BAND)}
  FROM shapes CROSS JOIN LATERAL (
    SELECT * FROM search_band b WHERE b.shape_id = shapes.shape_id
      AND b.added_epoch <= {epoch} AND b.removed_epoch > {epoch} OFFSET 0
  ) AS b
  WHERE b.mode = ANY(%(modes)s) AND b.valid_from <= {at.sql} AND b.valid_until > {at.sql}
    AND (b.open_minutes IS NULL OR b.open_minutes @> {minute.sql})
  ORDER BY b.mode, b.branch_id, b.place
)"""
    return Fragment(sql, params)


def _instant(query: SearchQuery) -> tuple[Fragment, Fragment]:
    """When an area must be valid, and the minute in which it must be open: when it is to be open, else of asking."""
    open_at = query.open_at
    if open_at is None or open_at.minute == query.as_of_minute:
        return (
            Fragment("%(asked_at)s::timestamptz", {"asked_at": query.as_of}),
            Fragment("%(asked_minute)s::int", {"asked_minute": query.as_of_minute}),
        )
    if open_at.minute_by_zone is None:
        minute = Fragment("%(asked_minute)s::int", {"asked_minute": open_at.minute})
    else:
        minutes = orjson.dumps(dict(open_at.minute_by_zone)).decode()
        minute = Fragment("(%(asked_minutes)s::jsonb ->> b.zone)::int", {"asked_minutes": minutes})
    return Fragment(f"to_timestamp({minute.sql} * 60.0)", {}), minute
