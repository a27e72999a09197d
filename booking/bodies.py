"""The JSON bodies of booking's writes → typed values. Unknown fields are refused by name. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from config.api.values import parse_uuid
from config.errors import InvalidParameter
from config.instants import parse_instant
from listings.texts import plain_text

_TRACE = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)
_WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)


def text_of(data: Mapping[str, Any], name: str, *, limit: int, path: str = "") -> str:
    """'' where it is left out or null."""
    value = data.get(name)
    shown = f"{path}.{name}".lstrip(".")
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidParameter(shown, "A text is expected.")
    return plain_text(value, parameter=shown, limit=limit)


def whole_of(data: Mapping[str, Any], name: str, *, minimum: int, maximum: int, default: int) -> int:
    value = data.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not minimum <= value <= maximum:
        limit = f"{minimum}..{maximum}"
        raise InvalidParameter(name, f"A whole number is expected, {limit}.", limit=limit)
    return value


def uuid_of(data: Mapping[str, Any], name: str) -> UUID | None:
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidParameter(name, f"{name} must be a UUID.")
    return parse_uuid(value, parameter=name)


def instant_of(data: Mapping[str, Any], name: str) -> datetime | None:
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidParameter(name, "An instant is expected, such as 2026-11-25T18:00:00Z.")
    return parse_instant(value, parameter=name)


def trace_of(value: Any, *, fallback: str) -> str:
    """The trace that a search began: 1 to 128 of A-Z a-z 0-9 . _ -."""
    if value is None:
        return fallback
    if not isinstance(value, str) or not _TRACE.fullmatch(value):
        raise InvalidParameter("trace_id", "A trace is 1 to 128 of A-Z a-z 0-9 . _ -.", limit=128)
    return value


def word_of(data: Mapping[str, Any], name: str, *, limit: int) -> str:
    """A short word such as a channel: a-z, 0-9, _ and -; '' where it is left out."""
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or not _WORD.fullmatch(value) or len(value) > limit:
        raise InvalidParameter(name, f"{name} is 1 to {limit} of a-z 0-9 _ -.", limit=limit)
    return value
