"""Shared reads of deals: each a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Exists, F, FloatField, OuterRef, Q, Value
from django.db.models.functions import Cast, NullIf

from config.errors import NotFound
from deals.models import Deal, DealBranch
from geo.db import distance_sphere
from geo.types import Point
from listings.models import Branch

MAX_DEALS_AT_BRANCH = 50


def published_deal(deal_id: UUID) -> Deal:
    """The deal with its merchant, live or ended, in one query. A draft is NotFound: it is nobody's business yet."""
    deal = Deal.objects.select_related("merchant").filter(id=deal_id).exclude(state=Deal.State.DRAFT).first()
    if deal is None:
        raise NotFound("There is no deal of this id.")
    return deal


def current_deals_at(branch: Branch, *, now: datetime) -> list[Deal]:
    """Those that can be bought now for this branch, the highest discount first, at most MAX_DEALS_AT_BRANCH."""
    named = DealBranch.objects.filter(deal=OuterRef("id"), branch=branch)
    saved = Cast(F("list_price_minor") - F("price_minor"), FloatField()) / NullIf(F("list_price_minor"), Value(0))
    return list(
        Deal.objects.filter(
            Q(all_branches=True) | Exists(named),
            merchant=branch.merchant_id,
            state=Deal.State.LIVE,
            valid_from__lte=now,
            valid_until__gt=now,
        ).order_by(saved.desc(nulls_last=True), "price_minor", "id")[:MAX_DEALS_AT_BRANCH]
    )


@dataclass(frozen=True, slots=True)
class DealBranches:
    """One page of the branches at which a deal can be used, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int


# A deal is never good at another merchant's branch, whatever a row of deals_dealbranch says. A mobile branch that tells
# no position is nowhere.
_WHERE = """
FROM listings_branch AS branch
WHERE branch.merchant_id = %(merchant)s AND (branch.closed_at IS NULL OR branch.closed_at > %(now)s)
  AND (%(all_branches)s OR EXISTS (
    SELECT FROM deals_dealbranch AS at WHERE at.deal_id = %(deal)s AND at.branch_id = branch.id
  ))
  AND (branch.home_point IS NULL OR branch.position_until > %(now)s)
"""


def branches_of(deal: Deal, *, near: Point | None, offset: int, limit: int, now: datetime) -> DealBranches:
    """Nearest to `near` first, else by name; two queries. `names` comes parsed, `distance_metres` None without near."""
    distance = None if near is None else distance_sphere("branch.point", near, name="near")
    params: dict[str, Any] = {
        "merchant": deal.merchant_id,
        "deal": deal.id,
        "all_branches": deal.all_branches,
        "now": now,
        "offset": offset,
        "limit": limit,
        **({} if distance is None else distance.params),
    }
    measured = "NULL::float8" if distance is None else distance.sql
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_WHERE}", params)
        total = cursor.fetchone()[0]
        cursor.execute(
            f"""SELECT branch.id, branch.name, branch.names, ST_Y(branch.point) AS lat, ST_X(branch.point) AS lon,
              branch.street, branch.postcode, branch.city, branch.country, branch.zone,
              {measured} AS distance_metres
            {_WHERE} ORDER BY distance_metres, branch.name, branch.id OFFSET %(offset)s LIMIT %(limit)s""",
            params,
        )
        columns = [column.name for column in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row["names"] = orjson.loads(row["names"])
    return DealBranches(rows, total)
