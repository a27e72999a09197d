"""CSV (comma, semicolon, tab or bar) in UTF-8, with a header line. Pure.

Quoted fields may run over several lines; `line` is the one on which the record begins.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from listings.imports.columns import build_row, find_columns
from listings.imports.places import BrokenRecord, FileRefused, RawRow, Reason

FIELD_MAX_CHARACTERS = 128 * 1024
COLUMNS_MAX = 1000
_DELIMITERS = ",;\t|"


def rows(stream: io.BufferedIOBase, columns: Mapping[str, str]) -> Iterator[RawRow | BrokenRecord]:
    """One row a record. FileRefused on text that is not UTF-8, a missing header, or quotes that never close."""
    lines = _Lines(stream)
    try:
        first = next(lines, "")
        header = next(csv.reader([first], delimiter=(delimiter := _delimiter(first)), strict=True), [])
    except csv.Error as error:
        raise FileRefused(f"The header line cannot be read: {error}.") from None
    if len(header) < 2 or len(header) > COLUMNS_MAX or len(set(header)) != len(header):
        raise FileRefused(f"The first line must name 2 to {COLUMNS_MAX} different columns.", limit=COLUMNS_MAX)
    found = find_columns(header, columns)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    record = 0
    while True:
        record += 1
        line = lines.count + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                raise FileRefused(f"Line {line}: a quoted field never ends.") from None
            yield BrokenRecord(record, line, Reason.RECORD_UNREADABLE, f"Not CSV: {error}.")
            continue
        if not values:  # a blank line
            record -= 1
        elif len(values) != len(header):
            detail = f"{len(values)} fields where the header names {len(header)}."
            yield BrokenRecord(record, line, Reason.RECORD_UNREADABLE, detail)
        else:
            yield build_row(dict(zip(header, values, strict=True)), found, record=record, line=line)


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


class _Lines:
    """Decoded lines, counted. A line is at most `FIELD_MAX_CHARACTERS` long, so nothing unbounded is ever held."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self._stream.readline(FIELD_MAX_CHARACTERS + 1)
        if not raw:
            raise StopIteration
        self.count += 1
        if len(raw) > FIELD_MAX_CHARACTERS:
            raise FileRefused(
                f"Line {self.count} is longer than {FIELD_MAX_CHARACTERS} bytes.", limit=FIELD_MAX_CHARACTERS
            )
        try:
            text = raw.decode("utf-8-sig" if self.count == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise FileRefused(f"Line {self.count} is not UTF-8: {error.reason}.") from None
        if "\0" in text:
            raise FileRefused(f"Line {self.count} holds a NUL: this is not text.")
        return text
