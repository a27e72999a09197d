"""Query parameters, from the raw query string to text that is safe to parse further. Nothing is dropped in silence.

Django's QueryDict takes the last of repeated names, replaces bytes that are not UTF-8 and knows no name as unknown, so
the raw query string is read here instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any
from urllib.parse import parse_qsl

from config.api.problems import BadRequest
from config.errors import InvalidParameter, UnknownParameter

MAX_PARAMETERS = 64
MAX_VALUE_CHARACTERS = 2_000
_ECHOED_CHARACTERS = 64
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def read_query(
    request: Any,
    *,
    known: Collection[str],
    max_characters: Mapping[str, int] | None = None,
) -> dict[str, str]:
    """The parameters of a request (Django's or DRF's) by name, in the order given. A blank value is kept as ''.

    `known` are the names this operation takes; `max_characters` lifts MAX_VALUE_CHARACTERS for single ones.
    Raises UnknownParameter (with the nearest known name), InvalidParameter (repeated, too long, control characters, not
    UTF-8) or BadRequest (broken percent-encoding, more than MAX_PARAMETERS).
    """
    raw: str = request.META.get("QUERY_STRING", "")
    if broken := _BROKEN_ESCAPE.search(raw):
        raise BadRequest(
            "In the query, '%' must be followed by two hexadecimal digits; a percent sign itself is written %25.",
            position=broken.start(),
        )
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, encoding="latin-1", max_num_fields=MAX_PARAMETERS)
    except ValueError as error:
        raise BadRequest(f"The query may have {MAX_PARAMETERS} parameters.", limit=MAX_PARAMETERS) from error
    found: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name = _known_name(raw_name, known)
        if name in found:
            raise InvalidParameter(name, f"{name} is given more than once.")
        found[name] = _value(name, raw_value, (max_characters or {}).get(name, MAX_VALUE_CHARACTERS))
    return found


def _known_name(raw: str, known: Collection[str]) -> str:
    name = raw.encode("latin-1").decode("utf-8", errors="replace")
    if name in known:
        return name
    echoed = "".join(c if c.isprintable() else "\ufffd" for c in name[:_ECHOED_CHARACTERS])
    nearest = get_close_matches(echoed.lower(), sorted(known), n=1, cutoff=0.6)
    names = sorted(known)
    if nearest:
        raise UnknownParameter(
            echoed, f"There is no parameter '{echoed}'. Did you mean '{nearest[0]}'?", nearest=nearest[0], known=names
        )
    hint = "This operation takes no parameters." if not names else f"This operation takes: {', '.join(names)}."
    raise UnknownParameter(echoed, f"There is no parameter '{echoed}'. {hint}", known=names)


def _value(name: str, raw: str, max_characters: int) -> str:
    try:
        value = raw.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidParameter(name, f"{name} is not UTF-8.") from error
    if len(value) > max_characters:
        raise InvalidParameter(name, f"{name} may have {max_characters} characters.", limit=max_characters)
    if any(unicodedata.category(character) == "Cc" for character in value):
        raise InvalidParameter(name, f"{name} holds a control character.")
    return value
