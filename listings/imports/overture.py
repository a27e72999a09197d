"""Overture Maps places, as GeoParquet (needs the `overture` extra: pyarrow) or as GeoJSON. Reads only.

Schema: docs.overturemaps.org, theme places. The category is `categories.primary`, else an alternate, else
`basic_category`; a place whose `operating_status` is `permanently_closed` is closed where we have it, and not added.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from shapely import from_wkb
from shapely.errors import ShapelyError

from listings.imports.geojson import position_of, read_features
from listings.imports.places import BrokenRecord, FileRefused, RawRow, Reason

COLUMNS = (
    "id", "geometry", "names", "categories", "basic_category", "brand", "addresses", "phones", "websites",
    "operating_status",
)  # fmt: skip
BATCH_ROWS = 2000


def geojson_rows(stream: io.BufferedIOBase) -> Iterator[RawRow | BrokenRecord]:
    for feature in read_features(stream):
        if isinstance(feature, BrokenRecord):
            yield feature
            continue
        try:
            position = position_of(feature.value.get("geometry"))
        except ValueError as error:
            yield BrokenRecord(feature.record, feature.line, Reason.RECORD_UNREADABLE, str(error))
            continue
        place = {"id": feature.value.get("id"), **feature.value["properties"]}
        yield _row(place, position, record=feature.record, line=feature.line)


def parquet_rows(path: Path) -> Iterator[RawRow | BrokenRecord]:
    """FileRefused where pyarrow is not installed or the file is not GeoParquet with a WKB geometry."""
    if find_spec("pyarrow") is None:
        raise FileRefused("Reading Parquet needs pyarrow: install vicinity[overture].")
    import pyarrow as pa  # noqa: PLC0415  # an optional extra, asked for above
    from pyarrow import parquet  # noqa: PLC0415  # the same

    try:
        file = parquet.ParquetFile(path)
        have = set(file.schema_arrow.names)
        if not {"id", "geometry", "names"} <= have:
            raise FileRefused("Not an Overture places file: it needs the columns id, geometry and names.")
        batches = file.iter_batches(batch_size=BATCH_ROWS, columns=[name for name in COLUMNS if name in have])
        record = 0
        for batch in batches:
            for place in batch.to_pylist():
                record += 1
                try:
                    position = _wkb_position(place.get("geometry"))
                except (ShapelyError, TypeError) as error:
                    detail = f"The geometry is not WKB: {type(error).__name__}."
                    yield BrokenRecord(record, record, Reason.RECORD_UNREADABLE, detail)
                    continue
                yield _row(place, position, record=record, line=record)
    except (pa.ArrowException, OSError) as error:
        raise FileRefused(f"Not a readable Parquet file: {str(error)[:200]}") from None


def _wkb_position(geometry: object) -> tuple[object, object] | None:
    if geometry is None:
        return None
    centroid = from_wkb(geometry).centroid
    return None if centroid.is_empty else (centroid.x, centroid.y)


def _row(place: Mapping[str, Any], position: tuple[object, object] | None, *, record: int, line: int) -> RawRow:
    names = _mapping(place.get("names"))
    common = names.get("common") or {}
    pairs = common if isinstance(common, list) else common.items() if isinstance(common, Mapping) else []
    spoken = {str(language): str(text) for language, text in pairs if language and text}
    categories = _mapping(place.get("categories"))
    words = [categories.get("primary"), *_list(categories.get("alternate")), place.get("basic_category")]
    address = _mapping(next(iter(_list(place.get("addresses"))), None))
    lon, lat = position or (None, None)
    return RawRow(
        record=record,
        line=line,
        external_id=str(place.get("id") or ""),
        names={"": str(names.get("primary") or ""), **spoken},
        lon=lon,
        lat=lat,
        category="|".join(str(word) for word in words if word),
        street=str(address.get("freeform") or ""),
        postcode=str(address.get("postcode") or ""),
        city=str(address.get("locality") or ""),
        country=str(address.get("country") or ""),
        phone=str(next(iter(_list(place.get("phones"))), "") or ""),
        website=str(next(iter(_list(place.get("websites"))), "") or ""),
        brand=str(_mapping(_mapping(place.get("brand")).get("names")).get("primary") or ""),
        is_closed=place.get("operating_status") == "permanently_closed",
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
