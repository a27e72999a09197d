"""A question compiled to one SQL statement that answers all of it: page, total, facets and the state it read. Pure.

- `bands`: where it asks who serves an address, the bands that cover it, of each branch
- `near`: rows of `search_offer` that meet the conditions at the epoch, with their distance: by index
- `matched`: those within the radius, with the keys of the sort: narrow, held once, and read for all that follows
- `page`: the first `limit` + 1 of them behind the cursor
- `outermost`: the cards of the page; total and facets beside each row; one row with no hit when there is none
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geo.db import distance_of_vectors, parent_cell
from geo.types import Circle
from search.backends.base import CursorExpired
from search.backends.postgis.counting import COUNTING
from search.backends.postgis.covering import BAND, bands_cte, modes_of_bands
from search.backends.postgis.filters import conditions
from search.backends.postgis.ordering import Ordering, ordering_of
from search.backends.postgis.words import tier_queries
from search.document import Mode
from search.query import SearchQuery
from search.ranking import Sort
from search.results import SortKey
from search.text import Tier


@dataclass(frozen=True, slots=True)
class Statement:
    sql: str
    params: Mapping[str, Any]
    is_kept: bool = False
    """One plan is the best for all values: config.kept."""


_TIER = " ".join(
    f"WHEN {{column}} @@ %(tier_{tier.name.lower()})s::tsquery THEN {tier.value}"
    for tier in (Tier.EXACT, Tier.PREFIX, Tier.ALL_WORDS, Tier.PINYIN, Tier.FUZZY, Tier.SOME_WORDS)
)


def tier_case(column: str) -> str:
    """The number of the best tier of a column of terms that meet the question, from the `tier_…` parameters."""
    return f"CASE {_TIER.format(column=column)} ELSE {Tier.INITIALS.value} END"


_STATE = """state AS MATERIALIZED (
  SELECT coalesce(max(current), 0) AS current, coalesce(max(oldest), 0) AS oldest FROM search_epoch
)"""
"""One row, also before the first document has come."""


class _Compiler:
    """The parts of one question's statement; `params` gathers what they need."""

    def __init__(self, query: SearchQuery, *, epoch: int | None) -> None:
        self.query = query
        self.params: dict[str, Any] = {"as_of_minute": query.as_of_minute}
        self.epoch = "(SELECT current FROM state)"
        if epoch is not None:
            self.epoch = "%(epoch)s::bigint"
            self.params["epoch"] = epoch
        self.measured = query.origin is not None
        self.ordering: Ordering = ordering_of(
            query.ranking, as_of=query.as_of, measured=self.measured, worded=query.text is not None
        )
        self.params |= self.ordering.params
        self.tier_orders = query.text is not None and query.ranking.sort is Sort.SCORE
        if query.text is not None:
            queries = tier_queries(query.text)
            self.params |= {
                "tier_exact": queries.exact,
                "tier_prefix": queries.prefix,
                "tier_all_words": queries.all_words,
                "tier_pinyin": queries.pinyin,
                "tier_fuzzy": queries.fuzzy,
                "tier_some_words": queries.some_words,
            }

    def near(self, columns: frozenset[str]) -> str:
        """Rows by index, each with what is measured of it. OFFSET 0 keeps the distance from being worked out anew
        wherever it is used.
        """
        where = [f"o.added_epoch <= {self.epoch} AND o.removed_epoch > {self.epoch}"]
        for condition in conditions(self.query):
            where.append(condition.sql)
            self.params |= condition.params
        measured = ["0::float8 AS distance"]
        if self.query.origin is not None:
            distance = distance_of_vectors("o", self.query.origin, name="origin")
            self.params |= distance.params
            measured = [f"{distance.sql} AS distance"]
        measured.append(f"{self._from_centre()} AS from_centre")
        if self.tier_orders:
            measured.append(f"{tier_case('o.terms')} AS tier")
        stored = [f"o.{column}" for column in sorted(columns | {"row_id", "id"})]
        return f"SELECT {', '.join(stored + measured)} FROM search_offer o WHERE {' AND '.join(where)} OFFSET 0"

    def _from_centre(self) -> str:
        """How far from the middle of the circle, where that is not the distance itself."""
        area = self.query.area
        if not isinstance(area, Circle) or area.centre == self.query.origin:
            return "0::float8"
        distance = distance_of_vectors("o", area.centre, name="centre")
        self.params |= distance.params
        return distance.sql

    def _inside(self) -> str:
        area = self.query.area
        if not isinstance(area, Circle):
            return "TRUE"
        self.params["radius"] = area.radius_metres
        return f"n.{'distance' if area.centre == self.query.origin else 'from_centre'} <= %(radius)s::float8"

    def matched(self, columns: frozenset[str]) -> str:
        """The CTE `matched` and the bands that it needs: rows inside the radius, collapsed where asked, with `columns`
        and the keys.
        """
        grouping = frozenset({"chain_id", "kind"}) if self.query.collapse_chains else frozenset()
        kept = sorted(columns | grouping | {"row_id", "id"})
        keys = [f"{key.sql} AS key_{key.name}" for key in self.ordering.keys]
        named = ", ".join([*(f"n.{column}" for column in kept), *keys])
        inner = self.near(columns | grouping | self.ordering.columns)
        every = f"SELECT {named} FROM ({inner}) AS n WHERE {self._inside()}"
        bands = ""
        if modes_of_bands(self.query):
            cte = bands_cte(self.query, epoch=self.epoch)
            self.params |= cte.params
            bands = f"{cte.sql},\n"
        if not self.query.collapse_chains:
            return f"{bands}matched AS MATERIALIZED ({every})"
        # Most documents have no chain and stand for themselves: only the others are sorted.
        return f"""{bands}every AS MATERIALIZED ({every}),
matched AS MATERIALIZED (
  SELECT * FROM every e WHERE e.chain_id IS NULL
  UNION ALL
  (SELECT DISTINCT ON (e.chain_id, e.kind) * FROM every e WHERE e.chain_id IS NOT NULL
   ORDER BY e.chain_id, e.kind, {self.order("e")})
)"""

    def order(self, alias: str) -> str:
        return ", ".join([*(f"{alias}.key_{key.name}" for key in self.ordering.keys), f"{alias}.id"])

    def behind(self, after: SortKey) -> str:
        """The condition that a row comes after the key."""
        if len(after) != len(self.ordering.keys) + 1:
            raise CursorExpired("The order of results has changed since. Begin again without a cursor.")
        self.params |= {f"after_{at}": value for at, value in enumerate(after)}
        kinds = [*(key.kind for key in self.ordering.keys), "text"]
        values = ", ".join(f"%(after_{at})s::{kind}" for at, kind in enumerate(kinds))
        return f"({self.order('m')}) > ({values})"


FIXED_COLUMNS = (
    "current", "oldest", "total", "facets", "row_id", "id", "card", "tier", "measured_metres", "rating_stars",
    "discount", "popularity", "listed_at", "open_now", "mode",
)  # fmt: skip
"""Of each row of a page statement; the keys of the sort but the id follow, then a band of each mode asked for: mode,
branch_id and what BAND names, or nulls.
"""


def page_statement(query: SearchQuery, *, after: SortKey | None, epoch: int | None) -> Statement:
    compiler = _Compiler(query, epoch=epoch)
    counted = {facet: COUNTING[facet] for facet in sorted(query.facets)}
    matched = compiler.matched(frozenset().union(*(counting.columns for counting in counted.values())))
    behind = "TRUE" if after is None else compiler.behind(after)
    for counting in counted.values():
        compiler.params |= counting.params
    facets = ", ".join(f"'{facet.value}', {counting.sql}" for facet, counting in counted.items())
    tier = "0"
    if query.text is not None:
        tier = "p.key_tier" if compiler.tier_orders else tier_case("o.terms")
    keys = "".join(f", p.key_{key.name}" for key in compiler.ordering.keys)
    ways = modes_of_bands(query)
    bands = "".join(f", {way}.mode, {way}.branch_id" + "".join(f", {way}.{name}" for name in BAND) for way in ways)
    joined = "".join(
        f"\n    LEFT JOIN bands {way} ON {way}.branch_id = o.branch_id AND {way}.mode = '{way}'" for way in ways
    )
    compiler.params["rows"] = query.limit + 1
    sql = f"""WITH {_STATE},
{matched},
page AS MATERIALIZED (SELECT m.* FROM matched m WHERE {behind} ORDER BY {compiler.order("m")} LIMIT %(rows)s)
SELECT s.current, s.oldest, (SELECT count(*) FROM matched) AS total,
  {f"json_build_object({facets})::text" if counted else "NULL"} AS facets,
  p.row_id, p.id, c.card, {tier} AS tier, {"p.key_distance" if compiler.measured else "NULL"} AS measured_metres,
  o.rating_stars, o.discount, o.popularity, o.listed_at, o.open_minutes @> %(as_of_minute)s::int AS open_now,
  o.mode{keys}{bands}
FROM state s LEFT JOIN
  (page p JOIN search_offer o ON o.row_id = p.row_id JOIN search_card c ON c.row_id = p.row_id{joined}) ON TRUE
ORDER BY {compiler.order("p")}"""
    return Statement(sql, compiler.params, is_kept=_is_by_bands_alone(query))


def _is_by_bands_alone(query: SearchQuery) -> bool:
    """Whether `bands` alone find the rows, at any address: nothing else that it asks has an index, or decides how."""
    return (
        query.serves is not None
        and Mode.VISIT not in query.serves.modes
        and query.area is None
        and query.text is None
        and query.bookable is None
        and query.chain_id is None
        and not query.categories
        and not query.collapse_chains
    )


def clusters_statement(query: SearchQuery, *, resolution: int, epoch: int | None) -> Statement:
    """Rows (epoch, cell, count, x, y, z): how many documents lie in each cell, and the sum of their unit vectors."""
    compiler = _Compiler(query, epoch=epoch)
    matched = compiler.matched(frozenset({"cell", "x", "y", "z"}))
    sql = f"""WITH {_STATE},
{matched},
cells AS (
  SELECT {parent_cell("m.cell", resolution)} AS cell, count(*) AS documents,
         sum(m.x) AS x, sum(m.y) AS y, sum(m.z) AS z
  FROM matched m GROUP BY 1
)
SELECT {compiler.epoch}, c.cell, c.documents, c.x, c.y, c.z FROM state s LEFT JOIN cells c ON TRUE
ORDER BY c.cell"""
    return Statement(sql, compiler.params)
