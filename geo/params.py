"""Untrusted text into points, radii, boxes and areas. Pure: the one door for degrees and metres that come from outside.

A number is plain ASCII decimal: an optional minus, digits, optionally a point and digits, optionally a negative
exponent (`5e-7`: what JavaScript prints for small numbers). No plus, no spaces, no underscores, no other scripts'
digits, no `nan` or `inf`, at most 32 characters. Every refusal is an `InvalidParameter` that names the parameter, what
was wrong, and the limit. `lat,lon` is the order of pairs, as people write them; `west,south,east,north` that of boxes,
as GeoJSON does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from config.errors import InvalidParameter
from geo.areas import (
    MAX_BYTES,
    MAX_PARTS_ONCE_CUT,
    MAX_VERTICES,
    RING_LONGITUDE_LIMIT,
    Area,
    AreaLimits,
    InvalidArea,
    area_from_geojson,
    area_from_rings,
    parse_geojson_area,
)
from geo.datum import Datum, to_wgs84
from geo.datum_values import box_into_wgs84, into_wgs84
from geo.types import Box, Point

MAX_NUMBER_CHARACTERS = 32
_TURNED = AreaLimits(vertices=2 * MAX_VERTICES, parts=MAX_PARTS_ONCE_CUT)
"""Of an area that was taken already: it may have been cut at the 180th meridian since."""

_DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,30})?([eE]-[0-9]{1,3})?")


def parse_decimal(
    text: str, *, parameter: str, minimum: float, maximum: float, unit: str = "degrees", said_as: str | None = None
) -> float:
    """A finite float in minimum..maximum, both included; never -0.0. `said_as` names a part of a longer parameter."""
    name = said_as or parameter
    if len(text) > MAX_NUMBER_CHARACTERS:
        raise InvalidParameter(
            parameter,
            f"{name} is longer than {MAX_NUMBER_CHARACTERS} characters.",
            limit=f"{MAX_NUMBER_CHARACTERS} characters",
        )
    if _DECIMAL.fullmatch(text) is None:
        example = f"{minimum + (maximum - minimum) * 0.7:.4g}"
        raise InvalidParameter(parameter, f"{name} must be a decimal number such as {example}; got {_quote(text)}.")
    value = float(text) + 0.0
    if not minimum <= value <= maximum:
        allowed = f"{minimum:g} to {maximum:g} {unit}"
        raise InvalidParameter(parameter, f"{name} must be {allowed}; got {text}.", limit=allowed)
    return value


def parse_latitude(text: str, *, parameter: str = "lat") -> float:
    """Degrees north, -90..90."""
    return parse_decimal(text, parameter=parameter, minimum=-90, maximum=90)


def parse_longitude(text: str, *, parameter: str = "lon") -> float:
    """Degrees east, -180..180."""
    return parse_decimal(text, parameter=parameter, minimum=-180, maximum=180)


def parse_point(lat_text: str | None, lon_text: str | None, *, datum: Datum = Datum.WGS84) -> Point:
    """The point of the parameters `lat` and `lon`, which come together, given in `datum`.

    >>> parse_point("60.1699", "24.9384")
    Point(lon=24.9384, lat=60.1699)
    """
    if lat_text is None or lon_text is None:
        missing = "lat" if lat_text is None else "lon"
        raise InvalidParameter(missing, f"{missing} is missing: lat and lon are given together.")
    return to_wgs84(_point(lat_text, lon_text, lat_parameter="lat", lon_parameter="lon"), datum)


def point_of(data: Mapping[str, Any]) -> Point | None:
    """`lat` and `lon` of a JSON body, both or neither: numbers of degrees."""
    if data.get("lat") is None and data.get("lon") is None:
        return None
    given = {}
    for name in ("lat", "lon"):
        value = data.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidParameter(name, "Degrees are expected, of both lat and lon.")
        given[name] = f"{value:.9f}" if abs(value) < 1e6 else str(value)
    return parse_point(given["lat"], given["lon"])


def parse_point_pair(text: str, *, parameter: str, datum: Datum = Datum.WGS84) -> Point:
    """The point of one parameter `lat,lon`.

    >>> parse_point_pair("60.1699,24.9384", parameter="near")
    Point(lon=24.9384, lat=60.1699)
    """
    parts = _split(text, 2, parameter=parameter, form="lat,lon")
    return to_wgs84(_point(parts[0], parts[1], lat_parameter=parameter, lon_parameter=parameter), datum)


def parse_radius_metres(text: str, *, minimum: float, maximum: float, parameter: str = "radius") -> float:
    """Metres, minimum..maximum, both included.

    >>> parse_radius_metres("1500", minimum=10, maximum=50_000)
    1500.0
    """
    return parse_decimal(text, parameter=parameter, minimum=minimum, maximum=maximum, unit="metres")


def parse_box(text: str, *, parameter: str = "box", datum: Datum = Datum.WGS84) -> Box:
    """`west,south,east,north` in degrees; `west > east` crosses the 180th meridian. Zero width or height is refused.
    Of another datum the corners are taken (geo.datum_values).

    >>> parse_box("24.9,60.1,25.0,60.2")
    Box(west=24.9, south=60.1, east=25.0, north=60.2)
    """
    form = "west,south,east,north"
    parts = _split(text, 4, parameter=parameter, form=form)
    west, south, east, north = (
        parse_decimal(part, parameter=parameter, minimum=-bound, maximum=bound, said_as=f"{edge} of {parameter}")
        for part, edge, bound in zip(parts, form.split(","), (180, 90, 180, 90), strict=True)
    )
    narrow = west == east or (west, east) == (180, -180)
    if south == north or narrow:
        same = "west and east" if narrow else "south and north"
        raise InvalidParameter(parameter, f"{parameter} has no extent: {same} are equal. The order is {form}.")
    if south > north:
        raise InvalidParameter(
            parameter, f"{parameter} has its south ({south:g}) above its north ({north:g}). The order is {form}."
        )
    return box_into_wgs84(Box(west, south, east, north), datum)


def parse_polygon(text: str, *, parameter: str = "polygon", datum: Datum = Datum.WGS84) -> Area:
    """An area as GeoJSON (`Polygon`, `MultiPolygon`, `Feature` of either) or as the compact ring `lat,lon;lat,lon;…`.

    The compact ring needs three corners or more and may be left open. Refusals are those of `geo.areas`, whose limits
    apply to both forms.
    """
    if len(text) > MAX_BYTES:
        raise InvalidArea(parameter, f"{parameter} is larger than {MAX_BYTES} bytes.", limit=f"{MAX_BYTES} bytes")
    if text.lstrip(" \t\r\n").startswith("{"):
        area = parse_geojson_area(text, parameter=parameter)
    else:
        area = area_from_rings([[_compact_ring(text, parameter=parameter)]], parameter=parameter)
    if datum is Datum.WGS84:
        return area
    return area_from_geojson(into_wgs84(area.geojson(), datum, most=None), parameter=parameter, limits=_TURNED)


def _compact_ring(text: str, *, parameter: str) -> list[tuple[float, float]]:
    ring = []
    for index, pair in enumerate(text.removesuffix(";").split(";")):
        where = f"{parameter} corner {index}"
        if pair.count(",") != 1:
            raise InvalidParameter(
                parameter,
                f"{where} must be lat,lon; got {_quote(pair)}. {parameter} is GeoJSON or lat,lon;lat,lon;lat,lon.",
            )
        lat_text, lon_text = pair.split(",")
        lat = parse_decimal(lat_text, parameter=parameter, minimum=-90, maximum=90, said_as=f"lat of {where}")
        lon = parse_decimal(
            lon_text,
            parameter=parameter,
            minimum=-RING_LONGITUDE_LIMIT,
            maximum=RING_LONGITUDE_LIMIT,
            said_as=f"lon of {where}",
        )
        ring.append((lon, lat))
    if ring[0] != ring[-1]:
        ring.append(ring[0])
    return ring


def _point(lat_text: str, lon_text: str, *, lat_parameter: str, lon_parameter: str) -> Point:
    pair = lat_parameter == lon_parameter
    try:
        lat = parse_decimal(
            lat_text,
            parameter=lat_parameter,
            minimum=-90,
            maximum=90,
            said_as=f"lat of {lat_parameter}" if pair else None,
        )
    except InvalidParameter as error:
        if not _look_swapped(lat_text, lon_text):
            raise
        swapped = f"{error.detail} lat and lon look swapped."
        raise InvalidParameter(lat_parameter, swapped, limit=error.limit) from error
    lon = parse_decimal(
        lon_text,
        parameter=lon_parameter,
        minimum=-180,
        maximum=180,
        said_as=f"lon of {lon_parameter}" if pair else None,
    )
    return Point(lon, lat)


def _look_swapped(lat_text: str, lon_text: str) -> bool:
    """The other way round it would be a position."""
    if any(len(text) > MAX_NUMBER_CHARACTERS or _DECIMAL.fullmatch(text) is None for text in (lat_text, lon_text)):
        return False
    return abs(float(lat_text)) <= 180 and abs(float(lon_text)) <= 90


def _split(text: str, count: int, *, parameter: str, form: str) -> list[str]:
    longest = count * (MAX_NUMBER_CHARACTERS + 1)
    if len(text) > longest:
        raise InvalidParameter(
            parameter, f"{parameter} is longer than {longest} characters; it is {form}.", limit=f"{longest} characters"
        )
    parts = text.split(",")
    if len(parts) != count:
        raise InvalidParameter(parameter, f"{parameter} must be {count} numbers, {form}; got {len(parts)}.")
    return parts


def _quote(text: str) -> str:
    """Short and printable, so that a message can be logged and shown."""
    return ascii(text if len(text) <= MAX_NUMBER_CHARACTERS else f"{text[:MAX_NUMBER_CHARACTERS]}...")
