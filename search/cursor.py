"""Where the next page begins: an opaque, signed token for one question, good for 15 minutes at least, an hour at most.

It holds the engine, the epoch of the index that the first page read, the instant of asking, the question's digest, and
the sort key of the last hit. It is signed, not secret. The digest covers what decides which hits come in which order;
`limit`, `facets`, and how hits are said (fields, explain, lang) may differ from page to page. Floats travel as
hexadecimal, so a key comes back exactly as it went.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import orjson
from django.core.signing import BadSignature, Signer, b64_decode, b64_encode

from config.errors import InvalidParameter
from geo.areas import Area
from search.backends.base import CursorExpired
from search.parameters import MAX_CURSOR_CHARACTERS
from search.query import SearchQuery
from search.results import SortKey

MAX_AGE = timedelta(hours=1)
_UNDECIDED = frozenset({"limit", "facets", "as_of"})
"""Fields of the question that do not decide its order, and the instant, which the cursor itself brings back."""


class CursorInvalid(InvalidParameter):
    """The text is no cursor of ours, or was changed on its way."""

    code = "cursor_invalid"
    title = "This is not a cursor"


class CursorMismatch(InvalidParameter):
    """The cursor was cut from another question."""

    code = "cursor_mismatch"
    title = "The cursor belongs to another search"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """What a cursor says."""

    backend: str
    epoch: int
    as_of: datetime
    """The instant of asking of the first page, to the microsecond: all pages are decided at it."""
    digest: str
    after: SortKey

    def for_query(self, query: SearchQuery) -> Cursor:
        """Itself, if it was cut from this question; else CursorMismatch."""
        if self.digest != question_digest(query):
            raise CursorMismatch(
                "cursor",
                "The cursor was cut from another search: repeat all parameters of the first page, "
                "only limit, fields, explain, facets and lang may differ.",
            )
        return self


def seal(cursor: Cursor) -> str:
    """The cursor as text of the URL-safe alphabet."""
    payload = orjson.dumps(
        [cursor.backend, cursor.epoch, _micros(cursor.as_of), cursor.digest, [_packed(part) for part in cursor.after]]
    )
    return _signer().sign(b64_encode(payload).decode())


def unseal(text: str, *, now: datetime) -> Cursor:
    """The cursor of a text. Raises CursorInvalid, or CursorExpired after MAX_AGE since the first page."""
    if len(text) > MAX_CURSOR_CHARACTERS:
        raise CursorInvalid(
            "cursor",
            f"A cursor has at most {MAX_CURSOR_CHARACTERS} characters.",
            limit=f"{MAX_CURSOR_CHARACTERS} characters",
        )
    try:
        payload = b64_decode(_signer().unsign(text).encode())
        backend, epoch, micros, digest, after = orjson.loads(payload)
        key = tuple(_unpacked(part) for part in after)
    except (BadSignature, ValueError, KeyError, TypeError) as error:
        raise CursorInvalid("cursor", "Take next_cursor as it was given, or leave cursor out.") from error
    as_of = _EPOCH + timedelta(microseconds=micros)
    if now - as_of > MAX_AGE:
        raise CursorExpired("The first page was asked for more than an hour ago. Begin again without a cursor.")
    return Cursor(backend=backend, epoch=epoch, as_of=as_of, digest=digest, after=key)


def question_digest(query: SearchQuery) -> str:
    """Equal for questions that have the same hits in the same order at the same instant."""
    decided = [
        (name, _canonical(value))
        for name in _DECIDING
        if (value := getattr(query, name)) is not None and value != _NONE
    ]
    return hashlib.blake2b(repr(decided).encode(), digest_size=9).hexdigest()


_NONE: frozenset[Any] = frozenset()
_DECIDING = tuple(field.name for field in fields(SearchQuery) if field.name not in _UNDECIDED)


def _canonical(value: Any) -> Any:
    """Plain values in one order, whose `repr` tells them apart."""
    match value:
        case str():
            return str(value)  # a member of an enumeration as its value
        case None | bool() | int() | float():
            return value
        case tuple():
            return [_canonical(inner) for inner in value]
        case frozenset():
            return sorted(map(str, value))
        case Mapping():
            return sorted((str(key), inner) for key, inner in value.items())
        case Area():
            return value.ewkb_hex()
    return [type(value).__name__, *(_canonical(getattr(value, name)) for name in _compared(type(value)))]  # type: ignore[arg-type]  # classes are hashable


@cache
def _compared(kind: type) -> tuple[str, ...]:
    """The fields of a dataclass by which its values are equal."""
    return tuple(field.name for field in fields(kind) if field.compare)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNPACK: dict[str, Callable[[str], float | int | str]] = {"f": float.fromhex, "i": int, "s": str}


def _micros(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)


def _packed(part: float | str) -> str:
    match part:
        case str():
            return f"s{part}"
        case int():
            return f"i{part}"
    return f"f{part.hex()}"


def _unpacked(packed: str) -> float | int | str:
    return _UNPACK[packed[0]](packed[1:])


def _signer() -> Signer:
    return Signer(salt="search.cursor", sep=".")
