"""The tally: documents counted by H3 cell at one epoch and instant; SQL that makes, moves, checks and reads it. Pure.

`search_tally` holds, for each cell of the levels 0 to FINEST and each kind, how many documents lie in it, the sum of
their unit vectors, and a box round them. It is the state at `tally_epoch` and `tally_at` of `search_epoch`. Any other
epoch and instant whose rows are still held is that state, and what the rows that changed between the two add or take
away: a row counts where it is there (`added_epoch` to `removed_epoch`) and valid (`valid_from` to `valid_until`), so
only a row with one of these four between the two states can count in one and not in the other. docs/adr/0010 tells
more.

Vectors are summed as whole numbers, so that what is taken away is exactly what was added.
"""

from __future__ import annotations

from typing import Any

from geo.db import parent_cell, within_boxes
from geo.types import Box
from search.backends.postgis.statement import Statement
from search.query import SearchQuery

FINEST = 8
"""The finest level: cells a kilometre across. Finer cells are counted row by row, and so is the edge of a viewport."""
ROOT = 0
"""The parent of the coarsest cells."""
VECTOR_STEPS = 2**36
"""To a unit: a tenth of a millimetre on the ground, and room for 10^8 documents in a cell."""


def can_tell(query: SearchQuery, *, resolution: int) -> bool:
    """Whether the tally answers the question: kinds and a viewport are all that it may ask for."""
    if resolution > FINEST or query.collapse_chains or query.categories or query.attributes or query.serves:
        return False
    bounds = (query.price_min_minor, query.price_max_minor, query.discount_min, query.rating_min, query.has_deals)
    if any(narrowed is not None for narrowed in (query.text, query.chain_id, query.open_at, query.bookable, *bounds)):
        return False
    return query.area is None or isinstance(query.area, Box)


def _counts(epoch: str, instant: str) -> str:
    """The row `o` is there at the epoch and valid at the instant, both columns of `state`."""
    epoch, instant = f"(SELECT {epoch} FROM state)", f"(SELECT {instant} FROM state)"
    return (
        f"(o.added_epoch <= {epoch} AND o.removed_epoch > {epoch}"
        f" AND o.valid_from <= {instant} AND o.valid_until > {instant})"
    )


def _between(column: str, low: str, high: str) -> str:
    return f"(o.{column} > (SELECT {low} FROM state) AND o.{column} <= (SELECT {high} FROM state))"


_TALLIED, _ASKED = _counts("tally_epoch", "tally_at"), _counts("epoch", "at")
_CHANGED = " OR ".join(
    (
        _between("added_epoch", "epoch_low", "epoch_high"),
        f"(o.removed_epoch < {2**63 - 1} AND {_between('removed_epoch', 'epoch_low', 'epoch_high')})",
        _between("valid_from", "at_low", "at_high"),
        _between("valid_until", "at_low", "at_high"),
    )
)
"""Each of the four is read by its own index."""
_CHANGE = f"({_ASKED}::int - {_TALLIED}::int)"
_STEPS = {axis: f"round(o.{axis} * {VECTOR_STEPS})::bigint" for axis in "xyz"}
_SUMS = ", ".join(f"sum(n.{name})::bigint AS {name}" for name in ("documents", "x", "y", "z"))
_BOX = "min(n.west) AS west, min(n.south) AS south, max(n.east) AS east, max(n.north) AS north"
_COLUMNS = "cell, kind, documents, x, y, z, west, south, east, north"

_STATE = """state AS MATERIALIZED (
  SELECT s.*, least(tally_epoch, epoch) AS epoch_low, greatest(tally_epoch, epoch) AS epoch_high,
         least(tally_at, at) AS at_low, greatest(tally_at, at) AS at_high
  FROM (SELECT max(current) AS current, max(oldest) AS oldest, max(tally_epoch) AS tally_epoch,
               max(tally_at) AS tally_at, coalesce(%(epoch)s::bigint, max(current)) AS epoch,
               coalesce(%(at)s::timestamptz, clock_timestamp()) AS at FROM search_epoch) AS s
)"""
"""One row: where the tally is, and what is asked: the current epoch, the present, unless given."""

_VECTORS = ", ".join(f"{steps} AS {axis}" for axis, steps in _STEPS.items())
_EVERY = f"""net AS (
  SELECT o.cell, o.kind, 1 AS documents, {_VECTORS}, ST_X(o.point) AS west, ST_Y(o.point) AS south,
         ST_X(o.point) AS east, ST_Y(o.point) AS north
  FROM search_offer o WHERE {_ASKED}
)"""
_EACH_CHANGE = f"""changed AS (
  SELECT o.cell, o.kind, {_CHANGE} AS n, {_VECTORS}, ST_X(o.point) AS lon, ST_Y(o.point) AS lat
  FROM search_offer o WHERE {_CHANGED}
),
net AS (
  SELECT cell, kind, sum(n) AS documents, sum(n) * x AS x, sum(n) * y AS y, sum(n) * z AS z,
         lon AS west, lat AS south, lon AS east, lat AS north
  FROM changed GROUP BY cell, kind, x, y, z, lon, lat HAVING sum(n) <> 0
)"""
"""What stays at its point adds and takes away the same: most changes leave the tally as it is."""


def _level(level: int) -> str:
    below = "net" if level == FINEST else f"l{level + 1}"
    return (
        f"l{level} AS MATERIALIZED (SELECT {parent_cell('n.cell', level)} AS cell, n.kind, {_SUMS}, {_BOX}"
        f" FROM {below} n GROUP BY 1, 2)"
    )


_LEVELS = ",\n".join(_level(level) for level in range(FINEST, -1, -1))
"""CTEs: `net` by cell of the finest level, and each coarser level from the one below it."""


def _parent(level: int) -> str:
    return parent_cell("cell", level - 1) if level else str(ROOT)


_ALL_LEVELS = "\nUNION ALL ".join(
    f"SELECT {level} AS level, {_parent(level)} AS parent, {_COLUMNS} FROM l{level}" for level in range(FINEST + 1)
)


def _put_statement(source: str) -> Statement:
    grown = ", ".join(f"{name} = t.{name} + excluded.{name}" for name in ("documents", "x", "y", "z"))
    box = ", ".join(f"{name} = least(t.{name}, excluded.{name})" for name in ("west", "south"))
    box += ", " + ", ".join(f"{name} = greatest(t.{name}, excluded.{name})" for name in ("east", "north"))
    sql = f"""WITH {_STATE},
{source},
{_LEVELS},
put AS (
  INSERT INTO search_tally AS t (level, parent, {_COLUMNS})
  {_ALL_LEVELS}
  ON CONFLICT (cell, kind) DO UPDATE SET {grown}, {box}
)
UPDATE search_epoch SET tally_epoch = state.epoch, tally_at = state.at, untallied = 0 FROM state"""
    return Statement(sql, {"epoch": None, "at": None})


FILL = _put_statement(_EVERY)
"""The tally of an empty `search_tally`: all that counts now. Under the lock of `search_epoch`, as ADVANCE."""
ADVANCE = _put_statement(_EACH_CHANGE)
"""The tally as it was, moved to now. Boxes grow and never shrink: they need only hold what lies in them."""

DIFFERENCES = Statement(
    f"""WITH state AS MATERIALIZED (SELECT *, tally_epoch AS epoch, tally_at AS at FROM search_epoch),
{_EVERY},
{_LEVELS},
every AS ({_ALL_LEVELS})
SELECT count(*) FROM every e FULL JOIN (SELECT * FROM search_tally WHERE documents <> 0 OR x <> 0 OR y <> 0 OR z <> 0) t
  USING (cell, kind)
WHERE (e.level, e.parent, e.documents, e.x, e.y, e.z) IS DISTINCT FROM (t.level, t.parent, t.documents, t.x, t.y, t.z)
   OR t.west > e.west OR t.south > e.south OR t.east < e.east OR t.north < e.north""",
    {},
)
"""How many counts of the tally are not what the rows say, at the state that it is of."""


def _viewport(box: Box | None, params: dict[str, Any]) -> tuple[str, str, str]:
    """Conditions: the tally's row `t` lies wholly inside; it has something inside, perhaps; the row `o` is inside."""
    if box is None:
        return "TRUE", "TRUE", "TRUE"
    inside, touches = [], []
    for index, half in enumerate(box.halves()):
        edges = {name: getattr(half, name) for name in ("west", "south", "east", "north")}
        params |= {f"view_{index}_{name}": degrees for name, degrees in edges.items()}
        w, s, e, n = (f"%(view_{index}_{name})s::float8" for name in edges)
        inside.append(f"(t.west >= {w} AND t.east <= {e} AND t.south >= {s} AND t.north <= {n})")
        touches.append(f"(t.east >= {w} AND t.west <= {e} AND t.north >= {s} AND t.south <= {n})")
    within = within_boxes("o.point", [box], name="box")
    params |= within.params
    return f"({' OR '.join(inside)})", f"({' OR '.join(touches)})", within.sql


def clusters_statement(query: SearchQuery, *, resolution: int, epoch: int | None) -> Statement:
    """Rows (epoch, cell, count, x, y, z) as those of `statement.clusters_statement`, for what the tally can tell.

    No row: there is no tally, or the epoch is not held.

    - `walk`: from the coarsest cells down, as far as a cell is not wholly inside the viewport, or not yet fine enough
    - `edge`: cells of the finest level that the viewport cuts; their rows are counted one by one
    - `changed`: what has changed in the viewport since the tally was moved
    """
    params: dict[str, Any] = {"epoch": epoch, "at": query.as_of, "kinds": sorted(query.kinds)}
    inside, touches, within = _viewport(query.area if isinstance(query.area, Box) else None, params)
    here = parent_cell("o.cell", resolution)
    vectors = ", ".join(_STEPS.values())
    changed_vectors = ", ".join(f"{_CHANGE} * {steps}" for steps in _STEPS.values())
    sql = f"""WITH RECURSIVE {_STATE},
walk AS (
  SELECT t.*, {inside} AS inside FROM search_tally t
  WHERE t.parent = {ROOT} AND t.kind = ANY(%(kinds)s) AND {touches}
  UNION ALL
  SELECT t.* FROM walk w CROSS JOIN LATERAL (
    SELECT t.*, w.inside OR {inside} AS inside FROM search_tally t
    WHERE t.parent = w.cell AND t.kind = w.kind AND (w.inside OR {touches}) OFFSET 0
  ) AS t WHERE w.level < {resolution} OR (w.level < {FINEST} AND NOT w.inside)
),
edge AS (
  SELECT w.cell, array_agg(w.kind) AS kinds,
         ST_MakeEnvelope(min(w.west), min(w.south), max(w.east), max(w.north), 4326) AS round
  FROM walk w WHERE w.level = {FINEST} AND NOT w.inside GROUP BY w.cell
),
parts AS (
  SELECT {parent_cell("w.cell", resolution)} AS cell, w.documents, w.x, w.y, w.z
  FROM walk w WHERE w.level >= {resolution} AND w.inside
  UNION ALL
  SELECT o.* FROM edge e CROSS JOIN LATERAL (
    SELECT {here}, 1, {vectors} FROM search_offer o
    WHERE o.point && e.round AND {parent_cell("o.cell", FINEST)} = e.cell AND o.kind = ANY(e.kinds)
      AND {_TALLIED} AND {within} OFFSET 0
  ) AS o
  UNION ALL
  SELECT {here}, {_CHANGE}, {changed_vectors} FROM search_offer o
  WHERE ({_CHANGED}) AND o.kind = ANY(%(kinds)s) AND {within}
),
cells AS (
  SELECT cell, sum(documents)::bigint AS documents, sum(x)::float8 AS x, sum(y)::float8 AS y, sum(z)::float8 AS z
  FROM parts GROUP BY cell HAVING sum(documents) > 0
)
SELECT s.epoch, c.cell, c.documents, c.x, c.y, c.z FROM state s LEFT JOIN cells c ON TRUE
WHERE s.tally_epoch IS NOT NULL AND s.epoch BETWEEN s.oldest AND s.current
ORDER BY c.cell"""
    return Statement(sql, params)
