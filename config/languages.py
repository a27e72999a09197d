"""Which of several names a reader sees: language tags in, one name out. Pure.

A wanted tag is served by the name tagged alike, else by one of its script, else by one of its bare language, else by
any variety of it (RFC 4647 lookup, and for Chinese the script that a region writes). Tags are compared without case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from config.errors import InvalidParameter

MAX_LANGUAGES = 5
MAX_HEADER_CHARACTERS = 500

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)
_QUALITY = re.compile(r"q=(0(\.\d{0,3})?|1(\.0{0,3})?)", re.ASCII)
_HANT_REGIONS = frozenset({"tw", "hk", "mo"})
_HANS_REGIONS = frozenset({"cn", "sg", "my"})


def parse_languages(text: str, *, parameter: str = "lang") -> tuple[str, ...]:
    """Up to MAX_LANGUAGES BCP-47 tags by comma, best first. Raises InvalidParameter.

    >>> parse_languages("zh-Hans,en")
    ('zh-Hans', 'en')
    """
    tags = text.split(",", MAX_LANGUAGES)
    if len(tags) > MAX_LANGUAGES:
        raise InvalidParameter(parameter, f"{parameter} may name {MAX_LANGUAGES} languages.", limit=MAX_LANGUAGES)
    for tag in tags:
        if _TAG.fullmatch(tag) is None:
            raise InvalidParameter(parameter, f"{parameter} is language tags such as en or zh-Hans; got {tag[:40]!a}.")
    return tuple(tags)


@lru_cache(maxsize=512)
def accepted_languages(header: str) -> tuple[str, ...]:
    """The tags of an Accept-Language header by falling quality. What cannot be read is passed over, as RFC 9110 wants.

    >>> accepted_languages("fi;q=0.8, sv, *;q=0.1")
    ('sv', 'fi')
    """
    weighted: list[tuple[float, str]] = []
    for entry in header[:MAX_HEADER_CHARACTERS].split(","):
        tag, *options = (piece.strip() for piece in entry.split(";"))
        quality = 1.0
        for option in options:
            match = _QUALITY.fullmatch(option)
            quality = 0.0 if match is None else float(match[1])
        if quality > 0 and _TAG.fullmatch(tag):
            weighted.append((-quality, tag))
    weighted.sort(key=lambda pair: pair[0])
    return tuple(tag for _, tag in weighted)[:MAX_LANGUAGES]


def name_in(names: Mapping[str, str], languages: Sequence[str], *, fallback: str) -> str:
    """The name for a reader of `languages`, best first; `fallback` where none of them is there.

    >>> name_in({"zh-Hant": "咖啡館", "en": "Café"}, ["zh-HK", "en"], fallback="Kahvila")
    '咖啡館'
    """
    if not names or not languages:
        return fallback
    by_tag = {tag.lower(): name for tag, name in names.items() if name}
    for language in languages:
        for tag in _lookup_order(language.lower()):
            if tag in by_tag:
                return by_tag[tag]
        prefix = f"{language.lower().split('-', 1)[0]}-"
        for tag in sorted(by_tag):
            if tag.startswith(prefix):
                return by_tag[tag]
    return fallback


@lru_cache(maxsize=512)
def _lookup_order(tag: str) -> tuple[str, ...]:
    subtags = tag.split("-")
    order = [tag]
    if subtags[0] == "zh":
        written = set(subtags[1:])
        if written & _HANT_REGIONS and "hans" not in written:
            order.append("zh-hant")
        elif "hant" not in written and (written & _HANS_REGIONS or not written):
            order.append("zh-hans")
    order.extend("-".join(subtags[:length]) for length in range(len(subtags) - 1, 0, -1))
    return tuple(dict.fromkeys(order))
