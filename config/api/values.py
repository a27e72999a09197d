"""Single values in paths and queries that every app takes alike: ids and whole numbers. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from config.errors import InvalidParameter

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_WHOLE = re.compile(r"(0|[1-9][0-9]{0,14})")
_ECHOED_CHARACTERS = 40


def parse_uuid(text: str, *, parameter: str = "id") -> UUID:
    """The 36-character form with hyphens."""
    if _UUID.fullmatch(text) is None:
        raise InvalidParameter(parameter, f"{parameter} must be a UUID; got {text[:_ECHOED_CHARACTERS]!a}.")
    return UUID(text)


def parse_whole(text: str, *, parameter: str, minimum: int, maximum: int) -> int:
    """A whole number in plain digits, minimum..maximum, without leading zeros."""
    allowed = f"{minimum}..{maximum}"
    if _WHOLE.fullmatch(text) is None:
        got = ascii(text[:_ECHOED_CHARACTERS])
        raise InvalidParameter(parameter, f"{parameter} must be a whole number, {allowed}; got {got}.", limit=allowed)
    value = int(text)
    if not minimum <= value <= maximum:
        raise InvalidParameter(parameter, f"{parameter} must be {allowed}; got {value}.", limit=allowed)
    return value


def whole_of(params: Mapping[str, str], name: str, *, minimum: int, maximum: int, default: int) -> int:
    """The parameter of the name, else the default."""
    return parse_whole(params[name], parameter=name, minimum=minimum, maximum=maximum) if name in params else default
