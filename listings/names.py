"""Names in several languages, as a merchant may give them: `{BCP-47 tag: text}`. Pure.

Which of them a reader sees is told in config/languages.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from config.errors import InvalidParameter

MAX_NAMES = 40
MAX_NAME_CHARACTERS = 200

_TAG = re.compile(r"([a-z]{2,3})(-[a-z]{4})?(-(?:[a-z]{2}|[0-9]{3}))?", re.ASCII | re.IGNORECASE)
_UNSHOWABLE = frozenset({"Cc", "Cs", "Co", "Cn"})
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def validate_names(names: Mapping[str, str], *, parameter: str = "names") -> dict[str, str]:
    """The names to store: tags in the spelling of BCP 47, text in NFC with blanks collapsed, blank names left out.

    A tag is language[-Script][-REGION]. Raises InvalidParameter, naming `names.<tag>` and the limit, for more than 40
    names, another kind of tag, two spellings of one tag, a name over 200 characters or with a character that cannot be
    shown (control, surrogate, private use, unassigned, or one that turns the writing direction).
    """
    if len(names) > MAX_NAMES:
        raise InvalidParameter(parameter, f"At most {MAX_NAMES} names, got {len(names)}.", limit=MAX_NAMES)
    kept: dict[str, str] = {}
    for written, text in names.items():
        tag = canonical_tag(written, parameter=parameter)
        where = f"{parameter}.{tag}"
        if tag in kept:
            raise InvalidParameter(where, f"The language {tag} is named twice.")
        if name := _shown(text, where):
            kept[tag] = name
    return kept


def canonical_tag(tag: str, *, parameter: str = "language") -> str:
    """The tag as BCP 47 spells it, or InvalidParameter.

    >>> canonical_tag("ZH-hant-tw")
    'zh-Hant-TW'
    """
    match = _TAG.fullmatch(tag)
    if match is None:
        raise InvalidParameter(parameter, f"A language tag is like en, pt-BR or zh-Hant; got {tag[:40]!a}.")
    language, script, region = match.groups(default="")
    return language.lower() + script.title() + region.upper()


def _shown(text: str, where: str) -> str:
    if len(text) > 4 * MAX_NAME_CHARACTERS:  # before work is spent on it; blanks and NFC may shorten the rest
        raise _too_long(where, len(text))
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if any(character in _BIDI_CONTROLS or unicodedata.category(character) in _UNSHOWABLE for character in name):
        raise InvalidParameter(where, "A name holds a character that cannot be shown.")
    if len(name) > MAX_NAME_CHARACTERS:
        raise _too_long(where, len(name))
    return name


def _too_long(where: str, length: int) -> InvalidParameter:
    detail = f"A name has at most {MAX_NAME_CHARACTERS} characters, this one {length}."
    return InvalidParameter(where, detail, limit=MAX_NAME_CHARACTERS)
