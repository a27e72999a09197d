"""Offer documents with dull defaults: a test states what matters to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from geo.types import Point
from search.document import Kind, Mode, OfferDocument, ServiceBand
from search.query import SearchQuery
from search.ranking import spec_for
from search.text import document_terms

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CENTRE = Point(24.94, 60.17)


def document(number: int | str, **changes: Any) -> OfferDocument:
    """`place:<number>` at CENTRE, or as changed; `names` and `words` become terms."""
    kind = changes.pop("kind", Kind.PLACE)
    names: Iterable[str] = changes.pop("names", [f"Number {number}"])
    words: Iterable[str] = changes.pop("words", [])
    values: dict[str, Any] = {
        "id": f"{kind}:{number}",
        "kind": kind,
        "branch_id": UUID(int=1),
        "chain_id": None,
        "point": CENTRE,
        "zone": "Europe/Helsinki",
        "categories": ("food", "cafe"),
        "terms": document_terms(names=names, words=words),
        "attributes": frozenset(),
        "open_minutes": None,
        "price_minor": None,
        "currency": None,
        "discount": None,
        "deal_count": 0,
        "rating_stars": None,
        "rating_count": 0,
        "popularity": 0.0,
        "listed_at": NOW - timedelta(days=100),
        "valid_from": None,
        "valid_until": None,
        "card": {"name": next(iter(names), "")},
    }
    return OfferDocument(**(values | changes))


def band(number: int, **changes: Any) -> ServiceBand:
    """A kilometre's delivery round the branch, for `number` in minor units, or as changed; `area` is an Area."""
    area = changes.pop("area", None)
    values: dict[str, Any] = {
        "mode": Mode.DELIVERY,
        "radius_metres": 1000.0 if area is None else None,
        "ewkb": None if area is None else bytes.fromhex(area.ewkb_hex()),
        "area_id": UUID(int=0xA),
        "area_name": "Area",
        "band_id": UUID(int=0xB000 + number),
        "named_area": None,
        "fee_minor": number,
        "minimum_minor": 1000,
        "currency": "EUR",
        "eta_min_minutes": 20,
        "eta_max_minutes": None,
        "valid_from": None,
        "valid_until": None,
        "open_minutes": None,
    }
    return ServiceBand(**(values | changes))


def asking(**changes: Any) -> SearchQuery:
    """Everything, from CENTRE, ranked by `balanced`."""
    return SearchQuery(**({"as_of": NOW, "ranking": spec_for("balanced"), "origin": CENTRE} | changes))


def metres_north(metres: float) -> Point:
    """A point that far north of CENTRE."""
    return Point(CENTRE.lon, CENTRE.lat + metres / 111_195.08)
