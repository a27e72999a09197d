"""Decide what a raw row becomes: a place, a place without some field, or a refusal with its reason. Pure.

Text is brought to NFC with blanks collapsed before its length is taken. Characters that cannot be shown (controls,
direction overrides, lone surrogates) are never stored: in a name or id they refuse the row, elsewhere the field.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from math import isfinite
from urllib.parse import urlsplit

from config.errors import InvalidParameter
from geo.types import Box, Point
from geo.zones import zone_names, zone_of
from listings.hours import parse_hours
from listings.imports.categories import CategoryResolver
from listings.imports.countries import country_of_zone
from listings.imports.places import BrokenRecord, Finding, Outcome, PlaceRow, RawRow, Reason

LIMITS_CHARACTERS: Mapping[str, int] = {
    "external_id": 120,
    "name": 200,
    "description": 2000,
    "street": 200,
    "postcode": 20,
    "city": 100,
    "phone": 40,
    "website": 500,
    "opening_hours": 512,
    "brand": 200,
    "attribute": 100,
}
NAMES_MAX = 30
ATTRIBUTES_MAX = 40
# Nearer to (0, 0) than any land: what a failed look-up writes.
ZERO_MARGIN_DEGREES = 0.01

_UNSHOWABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
# Plain ASCII: what float() takes besides (underscores, other scripts' digits, inf) is no latitude that anybody meant.
_DECIMAL = re.compile(r"[+-]?([0-9]{1,12}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,3})?", re.ASCII)
_BARE_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(/|$)")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")


class _FieldRefused(Exception):
    def __init__(self, name: str, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.name, self.reason, self.detail = name, reason, detail


@dataclass(frozen=True, slots=True)
class Checked:
    """The place, if it may be imported, and what there is to report."""

    place: PlaceRow | None
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class RowCheck:
    """Checks the rows of one file in order; remembers which external ids have been seen."""

    categories: CategoryResolver
    box: Box | None = None
    country: str = ""
    seen_ids: set[str] = field(default_factory=set)
    unidentified: int = 0
    """Rows whose id could not be read: which places they were is not known."""

    def broken(self, record: BrokenRecord) -> Checked:
        self.unidentified += 1
        finding = Finding(record.line, "", "record", record.reason, Outcome.REFUSED, record.detail)
        return Checked(None, (finding,))

    def check(self, raw: RawRow) -> Checked:
        findings: list[Finding] = []
        external_id = ""
        try:
            external_id = self._external_id(raw)
            self.seen_ids.add(external_id)
            name = _name(raw)
            point = self._position(raw)
            category = self._category(raw)
        except _FieldRefused as refusal:
            finding = Finding(raw.line, external_id, refusal.name, refusal.reason, Outcome.REFUSED, refusal.detail)
            return Checked(None, (finding,))

        def kept(field_name: str, text: str, *, limit: str = "") -> str:
            try:
                return _optional(field_name, text, limit or field_name)
            except _FieldRefused as refusal:
                findings.append(
                    Finding(raw.line, external_id, refusal.name, refusal.reason, Outcome.FIELD_DROPPED, refusal.detail)
                )
                return ""

        names = {
            language: text
            for language, value in list(raw.names.items())[: NAMES_MAX + 1]
            if language and _LANGUAGE.fullmatch(language) and (text := kept(f"name:{language}", value, limit="name"))
        }
        attributes = {
            key: text
            for key, value in list(raw.attributes.items())[:ATTRIBUTES_MAX]
            if (text := kept(key, value, limit="attribute"))
        }
        zone = kept("zone", raw.zone) or zone_of(point)
        place = PlaceRow(
            record=raw.record,
            line=raw.line,
            external_id=external_id,
            name=name,
            names=names,
            point=point,
            category=category,
            description=kept("description", raw.description),
            street=kept("street", raw.street),
            postcode=kept("postcode", raw.postcode),
            city=kept("city", raw.city),
            country=kept("country", raw.country) or self.country or country_of_zone(zone),
            phone=kept("phone", raw.phone),
            website=kept("website", raw.website),
            opening_hours=kept("opening_hours", raw.opening_hours),
            zone=zone,
            brand=kept("brand", raw.brand),
            attributes=attributes,
        )
        return Checked(place, tuple(findings))

    def _external_id(self, raw: RawRow) -> str:
        try:
            external_id = _text("external_id", raw.external_id) or derived_id(raw)
        except _FieldRefused:
            self.unidentified += 1
            raise
        if external_id in self.seen_ids:
            raise _FieldRefused(
                "external_id", Reason.DUPLICATE_EXTERNAL_ID, f"“{external_id}” stands earlier in this file."
            )
        return external_id

    def _category(self, raw: RawRow) -> str:
        if slug := self.categories.resolve(raw.category, raw.tags):
            return slug
        if raw.category:
            raise _FieldRefused("category", Reason.UNKNOWN_CATEGORY, f"“{raw.category[:60]}” maps to no category.")
        raise _FieldRefused("category", Reason.MISSING_CATEGORY, "Neither a category nor tags that name one.")

    def _position(self, raw: RawRow) -> Point:
        lat, lon = _number("lat", raw.lat), _number("lon", raw.lon)
        if lat is None or lon is None:
            raise _FieldRefused("lat" if lat is None else "lon", Reason.MISSING_POSITION, "No position.")
        if abs(lat) < ZERO_MARGIN_DEGREES and abs(lon) < ZERO_MARGIN_DEGREES:
            raise _FieldRefused(
                "lat", Reason.POSITION_AT_ZERO, "The position is (0, 0): a failed look-up, not a place."
            )
        told = f"lat {lat:g}, lon {lon:g}"
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            if -90 <= lon <= 90 and -180 <= lat <= 180:
                raise _FieldRefused("lat", Reason.POSITION_SWAPPED, f"{told}: right only the other way round.")
            raise _FieldRefused("lat", Reason.POSITION_OUT_OF_RANGE, f"{told} is not on the globe.")
        point = Point(lon, lat)
        if self.box is not None and not self.box.contains(point):
            if self.box.contains(Point(lat, lon)):
                raise _FieldRefused("lat", Reason.POSITION_SWAPPED, f"{told}: inside the box only the other way round.")
            raise _FieldRefused("lat", Reason.POSITION_OUTSIDE_BOX, f"{told} lies outside the stated box.")
        return point


def derived_id(raw: RawRow) -> str:
    """The id of a row that has none: a hash of what tells places apart. It changes when any of that does."""
    parts = (
        raw.brand,
        raw.names.get("", ""),
        raw.street,
        raw.postcode,
        raw.city,
        raw.category,
        str(raw.lat),
        str(raw.lon),
    )
    digest = hashlib.blake2s("\x1f".join(parts).encode("utf-8", "replace"), digest_size=12)
    return f"derived:{digest.hexdigest()}"


def _number(name: str, value: object) -> float | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    number = float("nan")
    if isinstance(value, str):
        if _DECIMAL.fullmatch(text := value.strip()):
            number = float(text)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        with suppress(OverflowError):
            number = float(value)
    if not isfinite(number):
        raise _FieldRefused(name, Reason.POSITION_NOT_A_NUMBER, f"“{str(value)[:40]}” is not a number.")
    return number


def _name(raw: RawRow) -> str:
    if name := _text("name", raw.names.get("") or _first_name(raw.names) or raw.brand):
        return name
    raise _FieldRefused("name", Reason.MISSING_NAME, "No name, and no brand to call it by.")


def _first_name(names: Mapping[str, str]) -> str:
    return next((names[key] for key in ("en", *names) if names.get(key)), "")


def _text(name: str, text: str, limit: str = "") -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = " ".join(text.split())
    if not text.isprintable() and _UNSHOWABLE.search(text):
        raise _FieldRefused(name, Reason.CONTROL_CHARACTERS, "Holds a character that cannot be shown.")
    if len(text) > (most := LIMITS_CHARACTERS[limit or name]):
        raise _FieldRefused(name, Reason.TEXT_TOO_LONG, f"{len(text)} characters; at most {most}.")
    return text


def _optional(name: str, text: str, limit: str) -> str:
    if not text:
        return ""
    match name:
        case "opening_hours":
            try:
                return parse_hours(" ".join(text.split())).text
            except InvalidParameter as error:
                raise _FieldRefused(name, Reason.HOURS_UNREADABLE, error.detail) from None
        case "country":
            if not _COUNTRY.fullmatch(code := text.strip().upper()):
                raise _FieldRefused(name, Reason.COUNTRY_UNKNOWN, f"“{text[:20]}” is no ISO 3166-1 alpha-2 code.")
            return code
        case "zone":
            zone = text.rsplit(maxsplit=1)[-1] if text.split() else ""
            if zone not in zone_names():
                raise _FieldRefused(name, Reason.ZONE_UNKNOWN, f"“{text[:40]}” is not an IANA time zone.")
            return zone
        case "website":
            return _website(_text(name, text))
        case _:
            return _text(name, text, limit)


def _website(url: str) -> str:
    if _BARE_HOST.match(url):
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    # Credentials are refused as web_address does: https://bank.example@evil.example reads as the bank's.
    if parts.scheme not in {"http", "https"} or not parts.netloc or "@" in parts.netloc or " " in url:
        raise _FieldRefused("website", Reason.WEBSITE_NOT_A_URL, f"“{url[:60]}” is no http or https address.")
    return url
