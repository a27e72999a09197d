"""The current state of branches, read in bulk: a constant number of queries whatever the batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from deals.windows import Window
from geo.types import Point
from indexing.subjects import BranchSubject, BrandSubject, CategorySubject, DealSubject, StandingSubject
from listings.areas.published import PublishedBand
from listings.areas.selectors import published_bands

BATCH_LIMIT = 500
_JSONB = 3802
"""The type's number in PostgreSQL; Django hands raw queries its text."""

_BRANCHES = """
SELECT branch.id, branch.name, branch.names, ST_X(branch.point) AS lon, ST_Y(branch.point) AS lat, branch.street,
  branch.postcode, branch.city, branch.country, branch.zone, branch.opening_hours, branch.phone, branch.website,
  branch.photos, branch.attributes, branch.source, branch.created_at, branch.position_until,
  category.path,
  brand.id AS brand_id, brand.name AS brand_name, brand.names AS brand_names,
  standing.rating_count, standing.rating_sum, standing.visits_30d, standing.generated
FROM listings_branch AS branch
JOIN listings_category AS category ON category.slug = branch.category_id
LEFT JOIN listings_brand AS brand ON brand.id = branch.brand_id
LEFT JOIN listings_standing AS standing ON standing.branch_id = branch.id
WHERE branch.id = ANY(%(branches)s) AND (branch.closed_at IS NULL OR branch.closed_at > %(now)s)
  AND (branch.home_point IS NULL OR branch.position_until > %(now)s)
"""
"""A mobile branch that tells no position is nowhere."""

# A deal is never shown at another merchant's branch, whatever a row of deals_dealbranch says.
_DEALS_AT = """
SELECT branch.id, deal.id
FROM listings_branch AS branch JOIN deals_deal AS deal ON deal.merchant_id = branch.merchant_id
WHERE branch.id = ANY(%(branches)s) AND deal.state = 'live' AND deal.valid_until > %(now)s
  AND (deal.all_branches OR EXISTS (
    SELECT FROM deals_dealbranch AS at WHERE at.deal_id = deal.id AND at.branch_id = branch.id
  ))
"""

_DEALS = """
SELECT id, title, titles, terms, fulfilment, list_price_minor, price_minor, currency, valid_from, valid_until, weekdays,
  daily_from, daily_until, blackout_dates, new_customers_only, generated, created_at
FROM deals_deal WHERE id = ANY(%(deals)s)
"""

_CATEGORIES = "SELECT slug, names, synonyms FROM listings_category WHERE slug = ANY(%(slugs)s)"


def read_branches(branch_ids: Collection[UUID], *, now: datetime) -> list[BranchSubject]:
    """Those of at most BATCH_LIMIT branches that are there and open at `now`, and somewhere, by id, in five queries."""
    if len(branch_ids) > BATCH_LIMIT:
        raise ValueError(f"At most {BATCH_LIMIT} branches are read at a time.")
    rows = _dicts(_BRANCHES, branches=list(branch_ids), now=now)
    categories = _categories({slug for row in rows for slug in row["path"]})
    deals_at = _deals_at([row["id"] for row in rows], now=now)
    bands = published_bands([row["id"] for row in rows], now=now)
    return [
        _branch(row, categories, deals_at[row["id"]], bands.get(row["id"], ()))
        for row in sorted(rows, key=lambda row: row["id"])
    ]


def _dicts(sql: str, **params: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        columns = cursor.description
        rows = [dict(zip((column.name for column in columns), row, strict=True)) for row in cursor.fetchall()]
    for name in (column.name for column in columns if column.type_code == _JSONB):
        for row in rows:
            row[name] = None if row[name] is None else orjson.loads(row[name])
    return rows


def _categories(slugs: Collection[str]) -> Mapping[str, CategorySubject]:
    return {row["slug"]: CategorySubject(**row) for row in _dicts(_CATEGORIES, slugs=sorted(slugs))}


def _deals_at(branch_ids: Collection[UUID], *, now: datetime) -> Mapping[UUID, list[DealSubject]]:
    with connection.cursor() as cursor:
        cursor.execute(_DEALS_AT, {"branches": list(branch_ids), "now": now})
        pairs = cursor.fetchall()
    deals = _deals({deal for _, deal in pairs})
    at: dict[UUID, list[DealSubject]] = defaultdict(list)
    for branch, deal in pairs:
        if deal in deals:  # not deleted between the two queries
            at[branch].append(deals[deal])
    return at


def _deals(deal_ids: Iterable[UUID]) -> Mapping[UUID, DealSubject]:
    return {row["id"]: _deal(row) for row in _dicts(_DEALS, deals=list(deal_ids))}


def _deal(row: dict[str, Any]) -> DealSubject:
    window = Window(
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        weekdays=frozenset(row["weekdays"]),
        daily_from=row["daily_from"],
        daily_until=row["daily_until"],
        blackout_dates=frozenset(row["blackout_dates"]),
    )
    shared = DealSubject.__slots__
    return DealSubject(window=window, **{name: row[name] for name in shared if name != "window"})


def _branch(
    row: dict[str, Any],
    categories: Mapping[str, CategorySubject],
    deals: Iterable[DealSubject],
    bands: tuple[PublishedBand, ...],
) -> BranchSubject:
    brand = BrandSubject(row["brand_id"], row["brand_name"], row["brand_names"]) if row["brand_id"] else None
    standing = (
        StandingSubject(row["rating_count"], row["rating_sum"], row["visits_30d"], row["generated"])
        if row["rating_count"] is not None
        else StandingSubject()
    )
    return BranchSubject(
        id=row["id"],
        name=row["name"],
        names=row["names"],
        brand=brand,
        categories=tuple(categories[slug] for slug in row["path"]),
        point=Point(row["lon"], row["lat"]),
        street=row["street"],
        postcode=row["postcode"],
        city=row["city"],
        country=row["country"],
        zone=row["zone"],
        opening_hours=row["opening_hours"],
        phone=row["phone"],
        website=row["website"],
        photos=tuple(row["photos"]),
        attributes=row["attributes"],
        source=row["source"],
        created_at=row["created_at"],
        standing=standing,
        deals=tuple(sorted(deals, key=lambda deal: deal.id)),
        position_until=None if row["position_until"] is None else row["position_until"].astimezone(UTC),
        bands=bands,
    )
