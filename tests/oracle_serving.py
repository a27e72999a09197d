"""Who serves an address, by looking at every band of every document: part of tests/oracle.py."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from geo.areas import Area, area_from_ewkb
from geo.distance import distance_metres
from search.document import Kind, Mode, OfferDocument, ServiceBand
from search.query import DEFAULT_RADIUS_METRES, SearchQuery
from search.serving import Served, ServedBand

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Bands:
    def __init__(self, documents: Iterable[OfferDocument]) -> None:
        self._branches = [
            (document, [(band, None if band.ewkb is None else area_from_ewkb(band.ewkb)) for band in document.bands])
            for document in documents
            if document.kind is Kind.PLACE and document.bands
        ]

    def found(self, query: SearchQuery) -> dict[tuple[UUID, Mode], ServedBand]:
        """By branch and mode the band that holds."""
        held: dict[tuple[UUID, Mode], ServedBand] = {}
        for document, bands in self._branches:
            for band, area in bands:
                if (document.branch_id, band.mode) not in held and _holds(query, document, band, area):
                    held[document.branch_id, band.mode] = served_band(band)
        return held


def served_band(band: ServiceBand) -> ServedBand:
    return ServedBand(
        band.area_id,
        band.area_name,
        band.band_id,
        band.named_area,
        band.fee_minor,
        band.minimum_minor,
        band.currency,
        band.eta_min_minutes,
        band.eta_max_minutes,
    )


def _holds(query: SearchQuery, document: OfferDocument, band: ServiceBand, area: Area | None) -> bool:
    at, minute = query.as_of, int(query.as_of.timestamp()) // 60
    if query.open_at is not None:
        asked = query.open_at.minute_in(document.zone)
        if asked is None:
            return False
        if asked != minute:
            at, minute = _EPOCH + timedelta(minutes=asked), asked
    if (band.valid_from is not None and at < band.valid_from) or (
        band.valid_until is not None and at >= band.valid_until
    ):
        return False
    if band.open_minutes is not None and not any(start <= minute < end for start, end in band.open_minutes):
        return False
    if area is not None:
        return area.contains(query.serves.point)
    return distance_metres(document.point, query.serves.point) <= band.radius_metres


def ways(query: SearchQuery, document: OfferDocument, held: dict[tuple[UUID, Mode], ServedBand]) -> tuple[Served, ...]:
    """How the document, which lies in the area of the question, serves the address."""
    found = []
    for mode in (Mode.VISIT, Mode.DELIVERY, Mode.AT_HOME):
        if mode not in query.serves.modes or document.mode not in (None, mode):
            continue
        if mode is not Mode.VISIT:
            if (document.branch_id, mode) in held:
                found.append(Served(mode, held[document.branch_id, mode]))
        elif query.area is not None or distance_metres(document.point, query.serves.point) <= DEFAULT_RADIUS_METRES:
            found.append(Served(mode, None))
    return tuple(found)
