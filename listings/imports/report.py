"""The report of an import as a file: CSV, or JSON lines where its name ends in .jsonl.

In CSV a value that a spreadsheet would take for a formula gets an apostrophe before it; JSON lines keep it exact.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import TextIO

import orjson

from listings.imports.places import Finding

COLUMNS = tuple(column.name for column in fields(Finding))
_FORMULA_STARTS = ("=", "+", "-", "@", "\t")


@contextmanager
def report_file(path: Path, *, append: bool) -> Iterator[Callable[[Iterable[Finding]], None]]:
    """A function that writes findings and has them on the disk when it returns. `append` goes on with the file."""
    is_new = not (append and path.exists() and path.stat().st_size)
    with path.open("a" if append else "w", encoding="utf-8", newline="", errors="backslashreplace") as file:
        write = _json_lines(file) if path.suffix == ".jsonl" else _csv(file, header=is_new)

        def write_and_keep(findings: Iterable[Finding]) -> None:
            write(findings)
            file.flush()
            os.fsync(file.fileno())

        yield write_and_keep


def _json_lines(file: TextIO) -> Callable[[Iterable[Finding]], None]:
    def write(findings: Iterable[Finding]) -> None:
        file.writelines(orjson.dumps(asdict(finding)).decode() + "\n" for finding in findings)

    return write


def _csv(file: TextIO, *, header: bool) -> Callable[[Iterable[Finding]], None]:
    writer = csv.writer(file, lineterminator="\n")
    if header:
        writer.writerow(COLUMNS)

    def write(findings: Iterable[Finding]) -> None:
        writer.writerows([_shown(getattr(finding, column)) for column in COLUMNS] for finding in findings)

    return write


def _shown(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
