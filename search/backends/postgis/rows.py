"""Documents as rows of the projection, and back. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

import orjson

from geo.cells import point_to_cell
from geo.distance import unit_vector
from geo.types import Point
from search.document import Kind, OfferDocument
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


def _minutes(document: OfferDocument) -> str | None:
    if document.open_minutes is None:
        return None
    return "{" + ",".join(f"[{start},{end})" for start, end in document.open_minutes) + "}"


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
        document.schema,
    ]
    return UUID(bytes=blake2b(orjson.dumps(said, option=orjson.OPT_UTC_Z), digest_size=16).digest())


_COLUMNS: Mapping[str, tuple[str, Callable[[OfferDocument], Any]]] = {
    "id": ("text", lambda d: d.id),
    "kind": ("text", lambda d: d.kind.value),
    "branch_id": ("uuid", lambda d: d.branch_id),
    "chain_id": ("uuid", lambda d: d.chain_id),
    "zone": ("text", lambda d: d.zone),
    "categories": ("text", lambda d: _array(d.categories)),
    "attributes": ("text", lambda d: _array(sorted(d.attributes))),
    "terms": ("text", _terms),
    "open_minutes": ("text", _minutes),
    "price_minor": ("bigint", lambda d: d.price_minor),
    "currency": ("text", lambda d: d.currency),
    "discount": ("float8", lambda d: d.discount),
    "deal_count": ("int", lambda d: d.deal_count),
    "rating_stars": ("float8", lambda d: d.rating_stars),
    "rating_count": ("int", lambda d: d.rating_count),
    "popularity": ("float8", lambda d: d.popularity),
    "listed_at": ("timestamptz", lambda d: d.listed_at),
    "valid_from": ("timestamptz", lambda d: d.valid_from),
    "valid_until": ("timestamptz", lambda d: d.valid_until),
    "card": ("text", lambda d: orjson.dumps(dict(d.card)).decode()),
    "schema": ("smallint", lambda d: d.schema),
    "cell": ("bigint", lambda d: point_to_cell(d.point, CELL_RESOLUTION)),
    "lon": ("float8", lambda d: d.point.lon),
    "lat": ("float8", lambda d: d.point.lat),
    "x": ("float8", lambda d: unit_vector(d.point)[0]),
    "y": ("float8", lambda d: unit_vector(d.point)[1]),
    "z": ("float8", lambda d: unit_vector(d.point)[2]),
}
# How an array element becomes the column, where it is not the element itself.
_CAST = {
    "categories": "d.categories::text[]",
    "attributes": "d.attributes::text[]",
    "terms": "d.terms::tsvector",
    "open_minutes": "d.open_minutes::int4multirange",
    "valid_from": "coalesce(d.valid_from, '-infinity')",
    "valid_until": "coalesce(d.valid_until, 'infinity')",
}
_STORED = [name for name in _COLUMNS if name not in {"lon", "lat"}]

INSERT = f"""
INSERT INTO search_offer (added_epoch, version, content, point, {", ".join(_STORED)})
SELECT %(epoch)s, %(version)s, d.content, ST_SetSRID(ST_MakePoint(d.lon, d.lat), 4326),
       {", ".join(_CAST.get(name, f"d.{name}") for name in _STORED)}
FROM unnest(%(content)s::uuid[], {", ".join(f"%({name})s::{kind}[]" for name, (kind, _) in _COLUMNS.items())})
  AS d(content, {", ".join(_COLUMNS)})
"""
"""Adds documents as they are from `epoch` on; `columns_of` makes the other parameters."""


def columns_of(documents: Iterable[tuple[OfferDocument, UUID]]) -> dict[str, list[Any]]:
    """Documents with their digests, turned on their side: one list for each column."""
    pairs = list(documents)
    columns = {name: [value(document) for document, _ in pairs] for name, (_, value) in _COLUMNS.items()}
    for name, (kind, _) in _COLUMNS.items():
        if kind == "float8":  # a list of whole and broken numbers has no one type
            columns[name] = [None if number is None else float(number) for number in columns[name]]
    return {"content": [digest for _, digest in pairs], **columns}


_READ = (
    "id", "kind", "branch_id", "chain_id", "zone", "categories", "attributes", "open_minutes", "price_minor",
    "currency", "discount", "deal_count", "rating_stars", "rating_count", "popularity", "listed_at", "schema",
)  # fmt: skip
SELECT = f"""
SELECT ST_X(point) AS lon, ST_Y(point) AS lat, tsvector_to_array(terms) AS terms, card,
       nullif(valid_from, '-infinity') AS valid_from, nullif(valid_until, 'infinity') AS valid_until,
       {", ".join(_READ)}
FROM search_offer
"""
"""Reads what `document_of` takes."""


def document_of(row: Mapping[str, Any]) -> OfferDocument:
    """The document of one row of SELECT: equal to the one that was put in."""
    values = {name: row[name] for name in _READ}
    minutes = values.pop("open_minutes")
    return OfferDocument(
        **{
            **values,
            "kind": Kind(row["kind"]),
            "categories": tuple(row["categories"]),
            "attributes": frozenset(row["attributes"]),
            "listed_at": _utc(row["listed_at"]),
        },
        point=Point(row["lon"], row["lat"]),
        terms=frozenset(row["terms"]),
        open_minutes=None if minutes is None else tuple((part.lower, part.upper) for part in minutes),
        valid_from=_utc(row["valid_from"]),
        valid_until=_utc(row["valid_until"]),
        card=orjson.loads(row["card"]),
    )


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)
