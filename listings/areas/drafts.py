"""What a merchant says of a service area, checked: the one door for the API and imports. Pure.

Counts and numbers of all bands are checked before any geometry is built; shapes by geo/areas.py, which repairs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from config.api.bodies import read_object
from config.api.values import parse_uuid
from config.errors import InvalidParameter
from config.instants import parse_instant
from geo.areas import MAX_HOLES, MAX_PARTS, MAX_VERTICES, Area, InvalidArea, area_from_geojson
from listings.hours_text import parse_hours
from listings.texts import plain_text

MAX_BANDS = 10
MAX_RADIUS_METRES = 500_000
MAX_MINOR = 100_000_000
MAX_ETA_MINUTES = 10_080
MAX_HOURS_CHARACTERS = 512
MAX_NAME_CHARACTERS = 100
MAX_POSITION = 1000
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)

FIELDS = frozenset({"currency", "valid_from", "valid_until", "hours", "bands"})
SHAPES = ("radius_metres", "area", "named_area_id")
BAND_FIELDS = frozenset({*SHAPES, "fee_minor", "minimum_minor", "eta_min_minutes", "eta_max_minutes"})

Shape: TypeAlias = int | Area | UUID
"""A radius in metres round the branch, a drawn area, or the id of a named area."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    shape: Shape
    fee_minor: int
    minimum_minor: int
    eta_min_minutes: int | None
    eta_max_minutes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One version, before it has a number. Of the bands that cover an address the first counts."""

    currency: str
    bands: tuple[Band, ...]
    hours: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None


def parse_draft(data: Any, *, path: str = "") -> Draft:
    """A version as JSON. InvalidParameter, UnknownParameter or InvalidArea, each naming the field, such as
    `bands[1].area`.
    """
    given = read_object(data, known=FIELDS, path=path)
    inside = f"{path}." if path else ""
    currency = given.get("currency")
    if not isinstance(currency, str) or _CURRENCY.fullmatch(currency) is None:
        raise InvalidParameter(f"{inside}currency", "An ISO 4217 code is expected, such as EUR.")
    valid_from, valid_until = (_instant(given.get(name), f"{inside}{name}") for name in ("valid_from", "valid_until"))
    if valid_from is not None and valid_until is not None and valid_until <= valid_from:
        raise InvalidParameter(f"{inside}valid_until", "It must be later than valid_from.")
    bands = given.get("bands")
    where = f"{inside}bands"
    if not isinstance(bands, list) or not 1 <= len(bands) <= MAX_BANDS:
        raise InvalidParameter(where, f"A list of 1 to {MAX_BANDS} bands is expected.", limit=f"1..{MAX_BANDS}")
    objects = [read_object(band, known=BAND_FIELDS, path=f"{where}[{i}]") for i, band in enumerate(bands)]
    _refuse_too_many_positions([band.get("area") for band in objects], where)
    numbers = [_numbers(band, f"{where}[{i}]") for i, band in enumerate(objects)]
    hours = _hours(given.get("hours"), f"{inside}hours")
    shapes = [_shape(band, f"{where}[{i}]") for i, band in enumerate(objects)]
    return Draft(
        currency=currency,
        bands=tuple(Band(shape=shape, **each) for shape, each in zip(shapes, numbers, strict=True)),
        hours=hours,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def parse_name(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidParameter("name", "A text is expected.")
    return plain_text(value, parameter="name", limit=MAX_NAME_CHARACTERS, required=True)


def parse_position(value: Any) -> int:
    return _whole(value, "position", maximum=MAX_POSITION) if value is not None else 0


def _instant(value: Any, where: str) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidParameter(where, "An instant is expected, such as 2026-11-25T18:00:00Z.")
    return parse_instant(value, parameter=where)


def _hours(value: Any, where: str) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or len(value) > MAX_HOURS_CHARACTERS:
        raise InvalidParameter(
            where, f"A text of at most {MAX_HOURS_CHARACTERS} characters is expected.", limit=MAX_HOURS_CHARACTERS
        )
    return parse_hours(value, parameter=where).text if value.strip() else ""


def _refuse_too_many_positions(areas: list[Any], where: str) -> None:
    """Of all bands together: counting costs nothing, and bounds what judging the shapes costs."""
    positions = parts = holes = 0
    for area in areas:
        for polygon in _polygons(area):
            rings = [ring for ring in polygon if isinstance(ring, list)] if isinstance(polygon, list) else []
            parts, holes = parts + 1, holes + max(0, len(rings) - 1)
            positions += sum(map(len, rings))
    for count, limit, what in (
        (parts, MAX_PARTS, "parts"),
        (holes, MAX_HOLES, "holes"),
        (positions, MAX_VERTICES, "positions"),
    ):
        if count > limit:
            raise InvalidArea(
                where,
                f"The bands have {count} {what} together; at most {limit} are taken.",
                reason=f"too_many_{what}",
                limit=f"{limit} {what}",
            )


def _polygons(area: Any) -> list[Any]:
    """What may be polygons, of what may be GeoJSON."""
    if isinstance(area, dict) and area.get("type") == "Feature":
        area = area.get("geometry")
    if not isinstance(area, dict):
        return []
    coordinates = area.get("coordinates")
    if not isinstance(coordinates, list):
        return []
    return coordinates if area.get("type") == "MultiPolygon" else [coordinates]


def _numbers(band: Mapping[str, Any], where: str) -> dict[str, Any]:
    given = [name for name in SHAPES if band.get(name) is not None]
    if len(given) != 1:
        raise InvalidParameter(where, f"A band has one of {', '.join(SHAPES)}; got {', '.join(given) or 'none'}.")
    eta = [
        None if band.get(name) is None else _whole(band[name], f"{where}.{name}", maximum=MAX_ETA_MINUTES)
        for name in ("eta_min_minutes", "eta_max_minutes")
    ]
    least, most = eta
    if (least is None) != (most is None):
        raise InvalidParameter(f"{where}.eta_max_minutes", "Give both eta_min_minutes and eta_max_minutes, or neither.")
    if least is not None and most is not None and most < least:
        raise InvalidParameter(f"{where}.eta_max_minutes", "It must not be less than eta_min_minutes.")
    return {
        "fee_minor": _whole(band.get("fee_minor", 0), f"{where}.fee_minor", maximum=MAX_MINOR),
        "minimum_minor": _whole(band.get("minimum_minor", 0), f"{where}.minimum_minor", maximum=MAX_MINOR),
        "eta_min_minutes": least,
        "eta_max_minutes": most,
    }


def _shape(band: Mapping[str, Any], where: str) -> Shape:
    if band.get("radius_metres") is not None:
        return _whole(band["radius_metres"], f"{where}.radius_metres", minimum=1, maximum=MAX_RADIUS_METRES)
    if band.get("area") is not None:
        return area_from_geojson(band["area"], parameter=f"{where}.area")
    value = band["named_area_id"]
    if not isinstance(value, str):
        raise InvalidParameter(f"{where}.named_area_id", "A UUID is expected.")
    return parse_uuid(value, parameter=f"{where}.named_area_id")


def _whole(value: Any, where: str, *, minimum: int = 0, maximum: int) -> int:
    limit = f"{minimum}..{maximum}"
    if not isinstance(value, int) or isinstance(value, bool) or not minimum <= value <= maximum:
        raise InvalidParameter(where, f"A whole number is expected, {limit}.", limit=limit)
    return value
