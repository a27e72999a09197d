"""Every string of the pages by key, from the files that the scripts read too (web/messages)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "messages"
CONSOLE_FOLDER, BOOKINGS_FOLDER = FOLDER / "console", FOLDER / "bookings"
LANGUAGES = ("en", "zh-Hans")
_PLURAL_RULES = {"en": lambda count: "one" if count == 1 else "other", "zh-Hans": lambda _: "other"}


class Strings:
    """The strings of one language. A key that is missing raises KeyError: a page never shows a key."""

    def __init__(self, tag: str, *folders: Path) -> None:
        self.tag = tag
        self._texts: dict[str, str] = {}
        for folder in folders:
            self._texts |= json.loads((folder / f"{tag}.json").read_text(encoding="utf-8"))

    def __getitem__(self, key: str) -> str:
        return self._texts[key]

    def fill(self, key: str, **values: object) -> str:
        text = self._texts[key]
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text

    def plural(self, key: str, count: int, **values: object) -> str:
        return self.fill(f"{key}_{_PLURAL_RULES[self.tag](count)}", count=count, **values)

    def keys(self) -> frozenset[str]:
        return frozenset(self._texts)


@lru_cache(maxsize=len(LANGUAGES))
def strings(tag: str) -> Strings:
    """Those of all pages."""
    return Strings(tag, FOLDER)


@lru_cache(maxsize=len(LANGUAGES))
def console_strings(tag: str) -> Strings:
    """Those of all pages, and the console's own."""
    return Strings(tag, FOLDER, CONSOLE_FOLDER)


def page_language(wanted: Sequence[str]) -> str:
    """The language of a page for a reader of `wanted`, best first; English where we speak none of them.

    >>> page_language(["fi", "zh-TW", "en"]), page_language([])
    ('zh-Hans', 'en')
    """
    for tag in wanted:
        base = tag.split("-", 1)[0].lower()
        if base == "zh":
            return "zh-Hans"
        if base == "en":
            return "en"
    return "en"
