"""Which reader reads a file."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from listings.imports import delimited, geojson, osm_pbf, overture
from listings.imports.columns import check_fields
from listings.imports.opened import fraction_read, open_bytes
from listings.imports.places import BrokenRecord, FileRefused, RawRow

_SUFFIXES: Mapping[str, str] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".geojson": "geojson",
    ".json": "geojson",
    ".geojsonl": "geojson",
    ".geojsonseq": "geojson",
    ".ndjson": "geojson",
    ".pbf": "osm-pbf",
    ".parquet": "overture",
}
FORMATS = ("geojson", "csv", "osm-pbf", "overture")
_PARQUET_MAGIC = b"PAR1"


@dataclass(frozen=True, slots=True)
class Reading:
    """Rows of one file, and how much of it (0 to 1) has been read; None where that cannot be told."""

    rows: Iterator[RawRow | BrokenRecord]
    fraction: Callable[[], float | None]


def format_of(path: Path) -> str:
    """By the name's ending, `.gz` aside. FileRefused where that tells nothing."""
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    if suffixes and suffixes[-1] in _SUFFIXES:
        return _SUFFIXES[suffixes[-1]]
    raise FileRefused(f"The name {path.name} does not tell the format; say --format with one of {', '.join(FORMATS)}.")


@contextmanager
def reading(path: Path, *, file_format: str, columns: Mapping[str, str]) -> Iterator[Reading]:
    """Open the file with the reader of its format; `columns` maps our fields to the file's, for CSV and GeoJSON."""
    check_fields(columns)
    if not path.is_file():
        raise FileRefused(f"There is no file {path}.")
    if file_format == "osm-pbf":
        yield Reading(osm_pbf.rows(path), lambda: None)
    elif file_format == "overture" and _starts_with(path, _PARQUET_MAGIC):
        yield Reading(overture.parquet_rows(path), lambda: None)
    elif file_format in FORMATS:
        with open_bytes(path) as stream:
            yield Reading(_text_rows(stream, file_format, columns), lambda: fraction_read(stream))
    else:
        raise FileRefused(f"{file_format} is no format; they are {', '.join(FORMATS)}.")


def _text_rows(
    stream: io.BufferedReader, file_format: str, columns: Mapping[str, str]
) -> Iterator[RawRow | BrokenRecord]:
    if file_format == "csv":
        return delimited.rows(stream, columns)
    if file_format == "overture":
        return overture.geojson_rows(stream)
    return geojson.rows(stream, columns)


def _starts_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic
