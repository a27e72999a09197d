"""JSON in, by orjson, within stated bounds. A key given twice is refused (RFC 7493): which one counts is a guess.

Bounds: DATA_UPLOAD_MAX_MEMORY_SIZE bytes, 32 levels of nesting, no NaN or Infinity, no NUL in a text.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.parsers import BaseParser

from config.api.problems import BodyTooLarge, MalformedBody

MAX_DEPTH = 32


class JSONParser(BaseParser):
    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - DRF's signature
    ) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise BodyTooLarge(f"The body may have {limit} bytes.", limit=limit)
        return parse_json(body)


def parse_json(body: bytes) -> Any:
    """The value of one JSON text. MalformedBody for anything outside the bounds above."""
    with _uncollected():
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise MalformedBody(f"{error.msg} (line {error.lineno}, column {error.colno}).") from error
        _refuse_depth_and_nul(value)
        json.loads(body, object_pairs_hook=_refuse_duplicates, parse_int=len, parse_float=len)
        return value


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cyclic garbage collector: JSON has no cycles, and 85,000 lists in a body had it walk the whole heap
    again and again, for 200 ms. Whoever switched it off switches it on, so with many threads it is on in the end.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _refuse_depth_and_nul(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        inner: list[Any] = []
        for each in level:
            if isinstance(each, str):
                if "\x00" in each:
                    raise MalformedBody("A text holds the character NUL.")
            elif isinstance(each, list):
                inner.extend(each)
            elif isinstance(each, dict):
                inner.extend(each)
                inner.extend(each.values())
        if not inner:
            return
        level = inner
    raise MalformedBody(f"The body may be nested {MAX_DEPTH} levels deep.", limit=MAX_DEPTH)


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise MalformedBody(f"The key {key[:64]!r} is given more than once in one object.")
        seen.add(key)
