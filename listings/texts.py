"""Short texts and addresses of the web as people give them, made fit to store. Pure."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

from config.errors import InvalidParameter

_UNSHOWABLE = frozenset({"Cc", "Cs", "Co", "Cn"})
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain_text(text: str, *, parameter: str, limit: int, required: bool = False) -> str:
    """The text in NFC with blanks collapsed. InvalidParameter over `limit` characters, for a character that cannot be
    shown, and, if required, for none.
    """
    if len(text) > 4 * limit:  # before work is spent on it; blanks and NFC may shorten the rest
        raise InvalidParameter(parameter, f"At most {limit} characters, got {len(text)}.", limit=limit)
    kept = unicodedata.normalize("NFC", " ".join(text.split()))
    if any(each in _BIDI_CONTROLS or unicodedata.category(each) in _UNSHOWABLE for each in kept):
        raise InvalidParameter(parameter, "It holds a character that cannot be shown.")
    if len(kept) > limit:
        raise InvalidParameter(parameter, f"At most {limit} characters, got {len(kept)}.", limit=limit)
    if required and not kept:
        raise InvalidParameter(parameter, "It is required.")
    return kept


def web_address(text: str, *, parameter: str, limit: int = 500, secure: bool = False) -> str:
    """An absolute http(s) address without credentials, https only if `secure`; empty stays empty."""
    url = plain_text(text, parameter=parameter, limit=limit)
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    schemes = ("https",) if secure else ("http", "https")
    if not host or parts.scheme not in schemes or parts.username is not None or " " in url:
        raise InvalidParameter(parameter, f"It must be an absolute {' or '.join(schemes)} address.")
    return url
