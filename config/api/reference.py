"""Reference texts made from the code: the OpenAPI document, the settings table, the error codes.

`make openapi` writes them into docs/; tests/test_docs.py fails where they differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings

from config.api.codes import all_codes
from config.api.schema import openapi_document
from config.options import OPTIONS

DOCS = Path(settings.BASE_DIR) / "docs"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


_FORMATS = {bool: "true or false", int: "number", str: "text", list: "texts, by comma"}


def settings_table() -> str:
    return _table(
        ("Setting", "Format", "Default", "What it does", "After changing"),
        (
            (f"`{each.name}`", _FORMATS[each.kind], f"`{each.default or ' '}`", each.help, each.after_changing)
            for each in OPTIONS
        ),
    )


def codes_table() -> str:
    return _table(
        ("Code", "HTTP", "Title", "Meaning"),
        ((f"`{each.code}`", str(each.status), each.title, each.meaning) for each in all_codes()),
    )


def _between(page: str, name: str, text: str) -> str:
    """`page` with what stands between its two marks for `name` replaced. ValueError where it has no such marks."""
    begin, end = f"<!-- {name}: written by make openapi -->\n", f"<!-- end of {name} -->\n"
    head, begin, rest = page.partition(begin)
    _, end, tail = rest.partition(end)
    if not (begin and end):
        raise ValueError(f"no marks for {name}")
    return head + begin + "\n" + text + "\n" + end + tail


def _page(file: str, name: str, table: Callable[[], str]) -> tuple[Path, str]:
    path = DOCS / file
    return path, _between(path.read_text(encoding="utf-8"), name, table())


def pages() -> dict[Path, str]:
    """Each page with a part made from the code, as it should be."""
    return dict(
        [
            (DOCS / "openapi.json", openapi_document()[0].decode()),
            _page("settings.md", "settings", settings_table),
            _page("api.md", "error codes", codes_table),
        ]
    )
