"""Which bands cover an address, asked by itself: for another engine. `statement` has them within its own. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from search.backends.postgis.covering import bands_cte
from search.backends.postgis.statement import Statement
from search.document import Mode
from search.query import SearchQuery
from search.serving import ServedBand


def bands_statement(query: SearchQuery, *, epoch: int | None) -> Statement:
    """Rows (current epoch, mode, branch, band …): one for each branch and mode; one with nulls where there is none."""
    bands = bands_cte(query, epoch="(SELECT epoch FROM state)")
    sql = f"""WITH state AS MATERIALIZED (
  SELECT coalesce(max(current), 0) AS current, coalesce(%(epoch)s::bigint, max(current), 0) AS epoch FROM search_epoch
),
{bands.sql}
SELECT state.current, bands.* FROM state LEFT JOIN bands ON TRUE"""
    return Statement(sql, {**bands.params, "epoch": epoch})


def with_bands(query: SearchQuery, rows: Iterable[Sequence[Any]]) -> SearchQuery:
    """The question with what rows (mode, branch, band …) say. One without a mode says nothing."""
    found: dict[Mode, dict[UUID, ServedBand]] = defaultdict(dict)
    for mode, branch, *band in rows:
        if mode is not None:
            found[Mode(mode)][branch] = ServedBand(*band)
    serves = query.serves
    return query if serves is None else replace(query, serves=replace(serves, found=dict(found)))
