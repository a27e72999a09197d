"""Offer documents with cards as indexing.builder writes them, for tests of the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from geo.types import Point
from search.document import Kind, Mode, OfferDocument, deal_id, place_id
from tests.contracts.documents import CENTRE, document, metres_north

CHAIN = UUID(int=0xC)


def place(number: int, **changes: Any) -> OfferDocument:
    """Branch `number`, ten times its number of metres north of CENTRE."""
    return _offer(Kind.PLACE, place_id(UUID(int=number)), number, {}, changes)


def deal(number: int, **changes: Any) -> OfferDocument:
    """Deal `number` at branch `number`."""
    own = {
        "deal": {
            "id": str(UUID(int=1000 + number)),
            "title": f"Deal {number}",
            "titles": {"fi": f"Tarjous {number}"},
            "price_minor": 1500,
            "list_price_minor": 2000,
            "currency": "EUR",
            "discount_percent": 25,
            "fulfilment": "voucher",
            "valid_from": "2026-01-01T00:00:00Z",
            "valid_until": "2027-01-01T00:00:00Z",
            "terms": "",
            "new_customers_only": False,
            "generated": True,
        }
    }
    facts = {"price_minor": 1500, "currency": "EUR", "discount": 0.25, "deal_count": 1, "mode": Mode.VISIT}
    return _offer(Kind.DEAL, deal_id(UUID(int=1000 + number), UUID(int=number)), number, own, {**facts, **changes})


def _offer(kind: Kind, id: str, number: int, own: dict[str, Any], changes: dict[str, Any]) -> OfferDocument:  # noqa: A002
    point: Point = changes.get("point", metres_north(10 * number))
    rating = changes.pop("stars", None)
    card = {
        **own,
        "name": f"Number {number}",
        "names": {"fi": f"Numero {number}", "zh-Hans": f"{number}号"},
        "category": {"slug": "cafe", "names": {"en": "Café", "zh-Hans": "咖啡馆"}},
        "brand": None,
        "address": {"street": f"Street {number}", "postcode": "00100", "city": "Helsinki", "country": "FI"},
        "lat": point.lat,
        "lon": point.lon,
        "zone": "Europe/Helsinki",
        "opening_hours": None,
        "phone": None,
        "website": None,
        "photo": None,
        "attributes": {"wheelchair": "yes"},
        "rating": {"stars": rating, "count": changes.get("rating_count", 0), "generated": True},
        "source": "osm",
    }
    if kind is Kind.PLACE:
        card |= {"deals": [], "deal_count": 0}
    values = {"kind": kind, "point": point, "card": card, "branch_id": UUID(int=number), **changes}
    return document(number, **{**values, "id": id})


HERE = {"lat": str(CENTRE.lat), "lon": str(CENTRE.lon)}
