"""One deal in full, and in a line, as plain data ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from config.instants import instant_text
from config.languages import name_in
from deals.models import Deal
from deals.pricing import discount_percent
from deals.selectors import DealBranches


def deal_line(deal: Deal, languages: Sequence[str]) -> dict[str, Any]:
    """What a place shows of a deal."""
    return {
        "id": str(deal.id),
        "title": name_in(deal.titles, languages, fallback=deal.title),
        "price_minor": deal.price_minor,
        "list_price_minor": deal.list_price_minor,
        "currency": deal.currency,
        "discount_percent": _percent(deal),
        "valid_until": instant_text(deal.valid_until),
        "fulfilment": deal.fulfilment,
    }


def deal_data(
    deal: Deal, branches: DealBranches, *, offset: int, languages: Sequence[str], now: datetime
) -> dict[str, Any]:
    """The body of `GET /v1/deals/{id}`."""
    shown_until = offset + len(branches.rows)
    return {
        "id": str(deal.id),
        "title": name_in(deal.titles, languages, fallback=deal.title),
        "titles": deal.titles,
        "terms": deal.terms,
        "state": deal.state,
        "is_current": deal.state == Deal.State.LIVE and deal.valid_from <= now < deal.valid_until,
        "merchant": {"id": str(deal.merchant.id), "name": deal.merchant.name},
        "fulfilment": deal.fulfilment,
        "price_minor": deal.price_minor,
        "list_price_minor": deal.list_price_minor,
        "currency": deal.currency,
        "discount_percent": _percent(deal),
        "valid_from": instant_text(deal.valid_from),
        "valid_until": instant_text(deal.valid_until),
        "weekdays": sorted(deal.weekdays),
        "daily_from": _clock(deal.daily_from),
        "daily_until": _clock(deal.daily_until),
        "blackout_dates": [day.isoformat() for day in sorted(deal.blackout_dates)],
        "stock_left": deal.stock,
        "per_customer_cap": deal.per_customer_cap,
        "new_customers_only": deal.new_customers_only,
        "generated": deal.generated,
        "branches": {
            "items": [_branch_data(row, languages) for row in branches.rows],
            "total": {"value": branches.total, "relation": "eq"},
            "next_offset": shown_until if branches.rows and shown_until < branches.total else None,
        },
        "as_of": instant_text(now),
    }


def _percent(deal: Deal) -> int:
    return discount_percent(list_price_minor=deal.list_price_minor, price_minor=deal.price_minor)


def _clock(at: time | None) -> str | None:
    return None if at is None else at.strftime("%H:%M")


def _branch_data(row: Mapping[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    distance = row["distance_metres"]
    return {
        "place_id": str(row["id"]),
        "name": name_in(row["names"], languages, fallback=row["name"]),
        "lat": round(row["lat"], 7),
        "lon": round(row["lon"], 7),
        "zone": row["zone"],
        "address": {key: row[key] for key in ("street", "postcode", "city", "country")},
        "distance_metres": None if distance is None else round(distance, 1),
    }
