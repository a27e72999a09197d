"""Subjects → offer documents: one for the place, one for each of its live deals. Pure.

The same subject at the same day gives the same documents, except for what time itself changed (deals that began or
ended in between): that is what lets drift be told from difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from config.errors import InvalidParameter
from deals.pricing import discount, discount_percent
from deals.windows import Minutes, Window, intersection, usable_minutes
from geo.types import Point
from indexing.horizon import window_minutes
from indexing.subjects import BranchSubject, DealSubject
from listings.areas.published import PublishedBand
from listings.hours import open_minutes
from listings.hours_text import parse_hours
from search.chinese import reading
from search.document import Kind, Mode, OfferDocument, ServiceBand, deal_id, place_id
from search.ranking import popularity_of, shrunk_rating
from search.text import document_terms

DEALS_ON_A_PLACE = 3
"""How many of a place's current deals its card shows, best first."""
TERMS_SHORT_CHARACTERS = 200
YES = "yes"
MODES = {"voucher": Mode.VISIT, "reservation": Mode.VISIT, "delivery": Mode.DELIVERY, "at_home": Mode.AT_HOME}
"""How a deal is had, by its fulfilment."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all documents of one branch have in common."""

    fields: Mapping[str, Any]
    terms: frozenset[str]
    card: Mapping[str, Any]
    open_minutes: Minutes | None
    window: tuple[int, int]
    """Half-open UTC minutes that are laid out."""


def documents_of(branch: BranchSubject, *, now: datetime, horizon_days: int) -> list[OfferDocument]:
    """All documents of a branch as of `now`, the place first."""
    shared = _shared(branch, window_minutes(branch.id, now=now, horizon_days=horizon_days))
    return [_place(branch, shared, now), *(_deal(branch, deal, shared) for deal in branch.deals)]


def _shared(branch: BranchSubject, window: tuple[int, int]) -> _Shared:
    fields: dict[str, Any] = {
        "branch_id": branch.id,
        "chain_id": branch.brand.id if branch.brand else None,
        "point": branch.point,
        "zone": branch.zone,
        "categories": tuple(category.slug for category in branch.categories),
        "attributes": frozenset(name for name, value in branch.attributes.items() if value == YES),
        "rating_stars": shrunk_rating(branch.standing.rating_sum, branch.standing.rating_count),
        "rating_count": branch.standing.rating_count,
        "popularity": popularity_of(branch.standing.visits_30d),
    }
    return _Shared(fields, _terms_of_place(branch), _place_card(branch), _laid_out_hours(branch, window), window)


def _place(branch: BranchSubject, shared: _Shared, now: datetime) -> OfferDocument:
    current = [deal for deal in branch.deals if deal.window.valid_from <= now < deal.window.valid_until]
    currency = _commonest(deal.currency for deal in current)
    best = sorted(current, key=lambda deal: (-_discount(deal), deal.price_minor, deal.id))[:DEALS_ON_A_PLACE]
    return OfferDocument(
        id=place_id(branch.id),
        kind=Kind.PLACE,
        terms=shared.terms,
        open_minutes=shared.open_minutes,
        price_minor=min((deal.price_minor for deal in current if deal.currency == currency), default=None),
        currency=currency,
        discount=max((_discount(deal) for deal in current), default=None),
        deal_count=len(current),
        listed_at=branch.created_at,
        valid_from=None,
        valid_until=branch.position_until,
        bands=tuple(_band(branch, band, shared.window) for band in branch.bands),
        card={**shared.card, "deals": [_deal_line(deal) for deal in best], "deal_count": len(current)},
        **shared.fields,
    )


def _deal(branch: BranchSubject, deal: DealSubject, shared: _Shared) -> OfferDocument:
    hours = shared.open_minutes
    return OfferDocument(
        id=deal_id(deal.id, branch.id),
        kind=Kind.DEAL,
        terms=shared.terms | _terms_of_names(_names(deal.title, deal.titles)),
        open_minutes=None if hours is None else intersection(hours, _usable(deal.window, branch.zone, shared.window)),
        price_minor=deal.price_minor,
        currency=deal.currency,
        discount=_discount(deal),
        deal_count=1,
        listed_at=deal.created_at,
        valid_from=deal.window.valid_from,
        valid_until=min(filter(None, (deal.window.valid_until, branch.position_until))),
        mode=MODES[deal.fulfilment],
        card={
            "deal": _deal_facts(deal),
            **shared.card,
            "readings": {**shared.card["readings"], **_readings(_names(deal.title, deal.titles))},
        },
        **shared.fields,
    )


def _discount(deal: DealSubject) -> float:
    return discount(list_price_minor=deal.list_price_minor, price_minor=deal.price_minor)


def _commonest(currencies: Iterable[str]) -> str | None:
    """The currency of most deals, of equals the first by code; None of none."""
    counted = Counter(currencies)
    return min(counted, key=lambda code: (-counted[code], code)) if counted else None


# --- hours


def _laid_out_hours(branch: BranchSubject, window: tuple[int, int]) -> Minutes | None:
    """None where hours are not known, which includes text or zones that some writer let through and nobody can read."""
    return _laid_out(branch.opening_hours, branch, window) if branch.opening_hours else None


def _laid_out(text: str, branch: BranchSubject, window: tuple[int, int]) -> Minutes | None:
    try:
        needs_point = parse_hours(text).uses_sun
        return _open(text, (branch.zone, branch.country), branch.point if needs_point else None, window)
    except InvalidParameter:
        return None


def _band(branch: BranchSubject, band: PublishedBand, window: tuple[int, int]) -> ServiceBand:
    """An area whose hours nobody can read is never open: it promised some."""
    hours = (_laid_out(band.hours, branch, window) or ()) if band.hours else None
    return ServiceBand(
        mode=Mode(band.mode),
        radius_metres=None if band.radius_metres is None else float(band.radius_metres),
        ewkb=None if band.ewkb is None else bytes(band.ewkb),
        area_id=band.area_id,
        area_name=band.area_name,
        band_id=band.band_id,
        named_area=band.named_area,
        fee_minor=band.fee_minor,
        minimum_minor=band.minimum_minor,
        currency=band.currency,
        eta_min_minutes=band.eta_min_minutes,
        eta_max_minutes=band.eta_max_minutes,
        valid_from=_utc(band.valid_from),
        valid_until=_utc(band.valid_until),
        open_minutes=hours,
    )


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)


@lru_cache(maxsize=8192)
def _open(text: str, where: tuple[str, str], point: Point | None, window: tuple[int, int]) -> Minutes:
    (zone, country), minute = where, timedelta(minutes=1)
    start, end = _EPOCH + window[0] * minute, _EPOCH + window[1] * minute
    return open_minutes(text, zone=zone, country=country, point=point, start=start, end=end)


@lru_cache(maxsize=8192)
def _usable(rule: Window, zone: str, window: tuple[int, int]) -> Minutes:
    try:
        return usable_minutes(rule, zone=zone, start_minute=window[0], end_minute=window[1])
    except InvalidParameter:  # a zone that some writer let through
        return ()


# --- words


def _names(name: str, names: Mapping[str, str]) -> tuple[str, ...]:
    return (name, *names.values())


def _terms_of_place(branch: BranchSubject) -> frozenset[str]:
    words = tuple(
        word
        for category in branch.categories
        for word in (*category.names.values(), *(each for many in category.synonyms.values() for each in many))
    )
    terms = _terms_of_names(_names(branch.name, branch.names)) | _terms_of_words(words)
    return terms | _terms_of_names(_names(branch.brand.name, branch.brand.names)) if branch.brand else terms


def _readings(names: Iterable[str]) -> dict[str, str]:
    """How names with Han characters are read: what highlights a name that was asked for in pinyin."""
    return {name: " ".join(syllables) for name in names if (syllables := reading(name))}


@lru_cache(maxsize=8192)
def _terms_of_names(names: tuple[str, ...]) -> frozenset[str]:
    return document_terms(names=names, words=())


@lru_cache(maxsize=2048)
def _terms_of_words(words: tuple[str, ...]) -> frozenset[str]:
    return document_terms(names=(), words=words)


# --- cards


def _place_card(branch: BranchSubject) -> dict[str, Any]:
    standing, own = branch.standing, branch.categories[-1]
    stars = round(standing.rating_sum / standing.rating_count, 2) if standing.rating_count else None
    return {
        "name": branch.name,
        "names": dict(branch.names),
        "readings": _readings(
            (*_names(branch.name, branch.names), *([branch.brand.name] if branch.brand is not None else []))
        ),
        "category": {"slug": own.slug, "names": dict(own.names)},
        "brand": {"id": str(branch.brand.id), "name": branch.brand.name} if branch.brand else None,
        "address": {
            "street": branch.street,
            "postcode": branch.postcode,
            "city": branch.city,
            "country": branch.country,
        },
        "lat": round(branch.point.lat, 7),
        "lon": round(branch.point.lon, 7),
        "zone": branch.zone,
        "opening_hours": branch.opening_hours or None,
        "phone": branch.phone or None,
        "website": branch.website or None,
        "photo": branch.photos[0] if branch.photos else None,
        "attributes": dict(branch.attributes),
        "rating": {"stars": stars, "count": standing.rating_count, "generated": standing.generated},
        "source": branch.source or None,
    }


def _deal_line(deal: DealSubject) -> dict[str, Any]:
    return {
        "id": str(deal.id),
        "title": deal.title,
        "price_minor": deal.price_minor,
        "list_price_minor": deal.list_price_minor,
        "currency": deal.currency,
        "discount": _discount(deal),
    }


def _deal_facts(deal: DealSubject) -> dict[str, Any]:
    return {
        "id": str(deal.id),
        "title": deal.title,
        "titles": dict(deal.titles),
        "price_minor": deal.price_minor,
        "list_price_minor": deal.list_price_minor,
        "currency": deal.currency,
        "discount_percent": discount_percent(list_price_minor=deal.list_price_minor, price_minor=deal.price_minor),
        "fulfilment": deal.fulfilment,
        "valid_from": _instant(deal.window.valid_from),
        "valid_until": _instant(deal.window.valid_until),
        "terms": _shortened(deal.terms),
        "new_customers_only": deal.new_customers_only,
        "generated": deal.generated,
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _shortened(text: str) -> str:
    return text if len(text) <= TERMS_SHORT_CHARACTERS else text[: TERMS_SHORT_CHARACTERS - 1].rstrip() + "…"
