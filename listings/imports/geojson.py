"""GeoJSON, one feature at a time: a FeatureCollection of any size, or one feature a line (GeoJSON-seq). Pure.

The text is never held whole. A scanner finds where each feature begins and ends by its braces and quotes, then
orjson parses that slice; a streaming parser would be one more dependency and would build each value event by event.
A feature larger than 1 MiB or nested deeper than 64 is passed over and reported.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from shapely.errors import ShapelyError
from shapely.geometry import shape

from listings.category_tree import TAG_KEYS
from listings.imports.columns import row_from_columns
from listings.imports.osm_tags import row_from_tags
from listings.imports.places import BrokenRecord, FileRefused, RawRow, Reason

FEATURE_MAX_BYTES = 1024 * 1024
FEATURE_MAX_DEPTH = 64
# What stands before the first feature ("type", "name", "crs", "attribution"...).
HEADER_MAX_BYTES = 1024 * 1024
_BLOCK_BYTES = 256 * 1024

# A whole string, a brace, or the opening quote of a string whose end is not read yet.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]]|"', re.DOTALL)
_TO_ARRAY = re.compile(rb"\s*:\s*\[")
_IS_FEATURE = re.compile(rb'"type"\s*:\s*"Feature"')
_QUOTE, _OPENING = ord('"'), b"{["
_OSM_TYPES = frozenset({"node", "way", "relation"})
_ID_PROPERTIES = ("@id", "id", "osm_id", "external_id")


@dataclass(frozen=True, slots=True)
class Feature:
    """One parsed feature and where it stood."""

    record: int
    line: int
    value: Mapping[str, Any]


def read_features(stream: io.BufferedIOBase) -> Iterator[Feature | BrokenRecord]:
    """Every feature in order. FileRefused where the text is not GeoJSON or ends in the middle of a feature."""
    record = 0
    for line, text in _slices(stream):
        record += 1
        if text is None:
            detail = f"The feature is larger than {FEATURE_MAX_BYTES} bytes or deeper than {FEATURE_MAX_DEPTH} levels."
            yield BrokenRecord(record, line, Reason.RECORD_TOO_LARGE, detail)
            continue
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            yield BrokenRecord(record, line, Reason.RECORD_UNREADABLE, f"Not JSON: {error.msg[:80]}.")
            continue
        if (
            not isinstance(value, dict)
            or value.get("type") != "Feature"
            or not isinstance(value.get("properties"), dict)
        ):
            yield BrokenRecord(record, line, Reason.RECORD_UNREADABLE, "Not a GeoJSON feature with properties.")
            continue
        yield Feature(record, line, value)


def _slices(stream: io.BufferedIOBase) -> Iterator[tuple[int, bytes | None]]:
    """(line, bytes of one feature), or (line, None) for one beyond the limits."""
    buffer, line, is_collection = _skip_header(stream)
    at = counted = 0  # scanned, and newlines counted, up to here
    start, depth, too_large, cut = -1, 0, False, False
    while not cut:
        for token in _TOKEN.finditer(buffer, at):
            mark = buffer[token.start()]
            if mark == _QUOTE:
                if token.end() - token.start() == 1:  # its end is not read yet
                    break
                at = token.end()
                continue
            at = token.end()
            if mark in _OPENING:
                if depth == 0:
                    start, too_large = token.start(), False
                    line += buffer.count(b"\n", counted, start)
                    counted = start
                depth += 1
                too_large = too_large or depth > FEATURE_MAX_DEPTH
            elif depth == 0:
                return  # the array of features ends
            else:
                depth -= 1
                if depth == 0:
                    whole = start >= 0 and not too_large and at - start <= FEATURE_MAX_BYTES
                    yield line, buffer[start:at] if whole else None
                    start = -1
        else:
            at = len(buffer)
        if len(buffer) - at > FEATURE_MAX_BYTES:
            raise FileRefused(f"Line {line}: a text is longer than {FEATURE_MAX_BYTES} bytes.", limit=FEATURE_MAX_BYTES)
        if start >= 0 and at - start > FEATURE_MAX_BYTES:
            start, too_large = -1, True  # passed over from here on; nothing of it is kept
        keep = start if start >= 0 else at
        line += buffer.count(b"\n", counted, keep) if keep > counted else 0
        block = stream.read(_BLOCK_BYTES)
        cut = not block
        buffer, at, counted = buffer[keep:] + block, at - keep, max(counted - keep, 0)
        start = 0 if start >= 0 else -1
    if is_collection or depth or at < len(buffer):
        raise FileRefused(f"The file ends in the middle, near line {line}.")


def _skip_header(stream: io.BufferedIOBase) -> tuple[bytes, int, bool]:
    """(what follows the opening bracket of the features, its line, True); or all of it, 1, False for one a line."""
    buffer = b""
    while len(buffer) <= HEADER_MAX_BYTES:
        block = stream.read(_BLOCK_BYTES)
        buffer += block
        depth = 0
        for token in _TOKEN.finditer(buffer):
            mark = buffer[token.start()]
            if mark == _QUOTE:
                if depth == 1 and token.group() == b'"features"' and (opened := _TO_ARRAY.match(buffer, token.end())):
                    return buffer[opened.end() :], 1 + buffer.count(b"\n", 0, opened.end()), True
            elif mark in _OPENING:
                depth += 1
            else:
                depth -= 1
                if depth == 0:
                    if _IS_FEATURE.search(buffer, 0, token.end()):
                        return buffer, 1, False
                    raise FileRefused("The file holds JSON, but neither a FeatureCollection nor features.")
        if not block:
            raise FileRefused("The file is not GeoJSON: it has no features.")
    raise FileRefused(f"No feature begins in the first {HEADER_MAX_BYTES} bytes.", limit=HEADER_MAX_BYTES)


def position_of(geometry: object) -> tuple[object, object] | None:
    """(lon, lat) of a point as it stands, unchecked; of another shape, its centroid; None where there is none.

    ValueError where the geometry cannot be read.
    """
    if not isinstance(geometry, dict):
        return None
    if geometry.get("type") == "Point":
        coordinates = geometry.get("coordinates")
        if not isinstance(coordinates, list) or len(coordinates) < 2:
            return None
        return coordinates[0], coordinates[1]
    try:
        centroid = shape(geometry).centroid
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise ValueError(f"The geometry cannot be read: {type(error).__name__}.") from None
    return None if centroid.is_empty else (centroid.x, centroid.y)


def rows(stream: io.BufferedIOBase, columns: Mapping[str, str]) -> Iterator[RawRow | BrokenRecord]:
    """Features whose properties are OSM tags or plain columns. `columns` maps our field to a property of the file."""
    for feature in read_features(stream):
        if isinstance(feature, BrokenRecord):
            yield feature
            continue
        try:
            position = position_of(feature.value.get("geometry"))
        except ValueError as error:
            yield BrokenRecord(feature.record, feature.line, Reason.RECORD_UNREADABLE, str(error))
            continue
        lon, lat = position or (None, None)
        properties = {
            key: value if isinstance(value, str) else orjson.dumps(value).decode()
            for key, value in feature.value["properties"].items()
            if value is not None and value != ""
        }
        external_id = _external_id(feature.value, properties)
        if columns or not any(key in properties for key in TAG_KEYS):
            yield row_from_columns(
                properties, columns, record=feature.record, line=feature.line, external_id=external_id, lon=lon, lat=lat
            )
        else:
            yield row_from_tags(
                properties,
                record=feature.record,
                line=feature.line,
                external_id=external_id,
                lon=lon,
                lat=lat,
                category=properties.get("category", ""),
            )


def _external_id(feature: Mapping[str, Any], properties: Mapping[str, str]) -> str:
    """The feature's id, or a property's; for OSM objects with their type before it, for ids are unique only within."""
    if (given := feature.get("id")) not in (None, ""):
        return str(given)
    found = next((properties[key] for key in _ID_PROPERTIES if properties.get(key)), "")
    osm_type = properties.get("type", "")
    return f"{osm_type}/{found}" if found.isdigit() and osm_type in _OSM_TYPES else found
