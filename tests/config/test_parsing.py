from __future__ import annotations

import contextlib
import time

import pytest

from config.api.parsing import MAX_DEPTH, parse_json
from config.api.problems import MalformedBody


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": [1, 2.5, null, true, "x"]}', {"a": [1, 2.5, None, True, "x"]}),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'{"a": {"k": 1}, "b": {"k": 2}}', {"a": {"k": 1}, "b": {"k": 2}}),
        (b"123456789012345678901234567890", 1.2345678901234568e29),
    ],
)
def test_parsed(body, expected):
    assert parse_json(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"NaN",
        b"[Infinity]",
        b"[1e999]",
        b"\xff",
        b'"\\ud800"',
        b"\xef\xbb\xbf{}",
        b"{'a': 1}",
        b"[1,]",
        b'{"a": 1, "a": 1}',
        b'[{"b": {"a": 1, "\\u0061": 2}}]',
        b'["\\u0000"]',
        b'{"\\u0000": 1}',
        nested(MAX_DEPTH + 2),
        nested(100_000),
        b'{"a":' * 50_000,
    ],
)
def test_refused(body):
    with pytest.raises(MalformedBody):
        parse_json(body)


def test_the_deepest_body_passes():
    assert parse_json(nested(MAX_DEPTH + 1)) is not None
    with pytest.raises(MalformedBody) as caught:
        parse_json(nested(MAX_DEPTH + 2))
    assert caught.value.members["limit"] == MAX_DEPTH


@pytest.mark.parametrize("body", [b"[" + b"1," * 130_000 + b"1]", b"9" * 260_000, b'"' + b"a" * 260_000 + b'"'])
def test_the_largest_body_is_decided_on_quickly(body):
    started = time.perf_counter()
    with contextlib.suppress(MalformedBody):
        parse_json(body)
    assert time.perf_counter() - started < 0.5


def test_the_place_of_a_mistake_is_told():
    with pytest.raises(MalformedBody) as caught:
        parse_json(b'{\n "a": x}')
    assert "line 2" in caught.value.detail
