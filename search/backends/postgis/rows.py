"""Documents as rows of the projection, and back. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from hashlib import blake2b
from struct import Struct
from typing import Any
from uuid import UUID

import orjson

from geo.areas import SRID
from geo.cells import point_to_cell
from geo.distance import unit_vector
from geo.types import Point
from search.document import Kind, Mode, OfferDocument, ServiceBand
from search.heads import heads_of, region_of
from search.results import CELL_RESOLUTION


def quoted_lexeme(term: str) -> str:
    """A term as tsvector and tsquery read it: exactly, whatever it holds.

    >>> quoted_lexeme("n=o'neill")
    "'n=o''neill'"
    """
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"


def _terms(document: OfferDocument) -> str:
    return " ".join(map(quoted_lexeme, sorted(document.terms)))


def _array(texts: Iterable[str]) -> str:
    escaped = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in escaped) + "}"


def minutes_text(minutes: Iterable[tuple[int, int]] | None) -> str | None:
    """As int4multirange reads it."""
    return None if minutes is None else "{" + ",".join(f"[{start},{end})" for start, end in minutes) + "}"


def content_digest(document: OfferDocument) -> UUID:
    """128 bits over all that a document says: equal digests are equal documents."""
    said = [
        document.id,
        document.kind,
        document.branch_id,
        document.chain_id,
        document.point.lon,
        document.point.lat,
        document.zone,
        document.categories,
        sorted(document.terms),
        sorted(document.attributes),
        document.open_minutes,
        document.price_minor,
        document.currency,
        document.discount,
        document.deal_count,
        document.rating_stars,
        document.rating_count,
        document.popularity,
        document.listed_at,
        document.valid_from,
        document.valid_until,
        dict(document.card),
        document.mode,
        bands_digest(document.point, document.zone, document.bands),
        document.schema,
    ]
    return _digest(said)


def bands_digest(point: Point, zone: str, bands: Sequence[ServiceBand]) -> UUID | None:
    """128 bits over all that is kept of a branch's bands. None of none."""
    if not bands:
        return None
    return _digest([point.lon, point.lat, zone, *([str(shape_digest(point, band)), *_said(band)] for band in bands)])


def shape_digest(point: Point, band: ServiceBand) -> UUID:
    """128 bits over where the band of a branch at `point` is."""
    if band.ewkb is None:
        return _digest([point.lon, point.lat, band.radius_metres])
    return UUID(bytes=blake2b(band.ewkb, digest_size=16).digest())


def _said(band: ServiceBand) -> list[Any]:
    return [getattr(band, field.name) for field in fields(band) if field.name != "ewkb"]


def _digest(said: list[Any]) -> UUID:
    return UUID(bytes=blake2b(orjson.dumps(said, option=orjson.OPT_UTC_Z), digest_size=16).digest())


_POINT = Struct("<BIIdd")
"""EWKB of a point with its SRID, little endian."""

_COLUMNS: Mapping[str, Callable[[OfferDocument], Any]] = {
    "id": lambda d: d.id,
    "kind": lambda d: d.kind.value,
    "branch_id": lambda d: d.branch_id,
    "chain_id": lambda d: d.chain_id,
    "zone": lambda d: d.zone,
    "categories": lambda d: _array(d.categories),
    "attributes": lambda d: _array(sorted(d.attributes)),
    "terms": _terms,
    "open_minutes": lambda d: minutes_text(d.open_minutes),
    "price_minor": lambda d: d.price_minor,
    "currency": lambda d: d.currency,
    "discount": lambda d: d.discount,
    "deal_count": lambda d: d.deal_count,
    "rating_stars": lambda d: d.rating_stars,
    "rating_count": lambda d: d.rating_count,
    "popularity": lambda d: d.popularity,
    "listed_at": lambda d: d.listed_at,
    "valid_from": lambda d: "-infinity" if d.valid_from is None else d.valid_from,
    "valid_until": lambda d: "infinity" if d.valid_until is None else d.valid_until,
    "schema": lambda d: d.schema,
    "mode": lambda d: None if d.mode is None else d.mode.value,
    "cell": lambda d: point_to_cell(d.point, CELL_RESOLUTION),
    "point": lambda d: _POINT.pack(1, 0x2000_0001, SRID, d.point.lon, d.point.lat).hex(),
}
COPY = f"COPY search_offer (row_id, added_epoch, version, content, x, y, z, {', '.join(_COLUMNS)}) FROM STDIN"
COPY_CARDS = "COPY search_card (row_id, card) FROM STDIN"
COPY_HEADS = "COPY search_head (row_id, head, region) FROM STDIN"


def row_of(document: OfferDocument, *, row_id: int, epoch: int, version: int, content: UUID) -> tuple[Any, ...]:
    """One row of COPY: the document as it is from `epoch` on."""
    return (
        row_id,
        epoch,
        version,
        content,
        *unit_vector(document.point),
        *(value(document) for value in _COLUMNS.values()),
    )


def card_of(document: OfferDocument) -> str:
    return orjson.dumps(dict(document.card)).decode()


def head_rows(document: OfferDocument, *, row_id: int) -> Iterator[tuple[int, str, int]]:
    region = region_of(document.point)
    for head in heads_of(document.card):
        yield row_id, head, region


_READ = (
    "id", "kind", "branch_id", "chain_id", "zone", "categories", "attributes", "open_minutes", "price_minor",
    "currency", "discount", "deal_count", "rating_stars", "rating_count", "popularity", "listed_at", "schema", "mode",
)  # fmt: skip
SELECT = f"""
SELECT ST_X(point) AS lon, ST_Y(point) AS lat, tsvector_to_array(terms) AS terms, card,
       nullif(valid_from, '-infinity') AS valid_from, nullif(valid_until, 'infinity') AS valid_until,
       {", ".join(_READ)}
FROM search_offer JOIN search_card USING (row_id)
"""
"""Reads what `document_of` takes."""


def document_of(row: Mapping[str, Any], bands: Mapping[UUID, tuple[ServiceBand, ...]]) -> OfferDocument:
    """The document of one row of SELECT, with the bands of its branch: equal to the one that was put in."""
    values = {name: row[name] for name in _READ}
    minutes = values.pop("open_minutes")
    return OfferDocument(
        **{
            **values,
            "kind": Kind(row["kind"]),
            "mode": None if row["mode"] is None else Mode(row["mode"]),
            "bands": bands.get(row["branch_id"], ()) if row["kind"] == Kind.PLACE else (),
            "categories": tuple(row["categories"]),
            "attributes": frozenset(row["attributes"]),
            "listed_at": utc(row["listed_at"]),
        },
        point=Point(row["lon"], row["lat"]),
        terms=frozenset(row["terms"]),
        open_minutes=minutes_of(minutes),
        valid_from=utc(row["valid_from"]),
        valid_until=utc(row["valid_until"]),
        card=orjson.loads(row["card"]),
    )


def minutes_of(multirange: Any) -> tuple[tuple[int, int], ...] | None:
    """int4multirange as it is read."""
    return None if multirange is None else tuple((part.lower, part.upper) for part in multirange)


def utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)
