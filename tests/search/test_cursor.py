"""Cursors: exact there and back, good for one question and one hour, worth nothing when touched."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from math import inf, nextafter, pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.backends.base import CursorExpired
from search.cursor import Cursor, CursorInvalid, CursorMismatch, question_digest, seal, unseal
from search.parameters import MAX_CURSOR_CHARACTERS
from search.params import parse_search

NOW = datetime(2026, 11, 22, 9, 0, 30, 123457, tzinfo=UTC)
BASE = {"lat": "60.17", "lon": "24.94"}


def digest(**params: str) -> str:
    return question_digest(parse_search({**BASE, **params}, now=NOW).query)


def cursor(**changes) -> Cursor:
    made = {"backend": "postgis", "epoch": 7, "as_of": NOW, "digest": digest(), "after": (3, -0.5, 12.0, "place:x")}
    return Cursor(**{**made, **changes})


@given(
    st.lists(st.floats(allow_nan=False) | st.integers() | st.text(max_size=30), max_size=6).map(tuple),
    st.integers(0, 2**62),
)
def test_a_cursor_comes_back_exactly_as_it_went(after, epoch):
    went = cursor(after=after, epoch=epoch)
    if len(text := seal(went)) <= MAX_CURSOR_CHARACTERS:
        came = unseal(text, now=NOW)
        assert came == went
        assert [type(part) for part in came.after] == [type(part) for part in after]


def test_no_digit_of_a_float_is_lost_and_missing_values_travel():
    after = (nextafter(pi, 4), -0.0, inf, 5e-324)
    assert [part.hex() for part in unseal(seal(cursor(after=after)), now=NOW).after] == [part.hex() for part in after]


def test_its_text_needs_no_escaping_in_a_url_and_is_short():
    text = seal(cursor(after=(5, -pi, pi * 10_000, f"deal:{'0' * 36}:{'0' * 36}")))
    assert set(text) <= set(string.ascii_letters + string.digits + "-_.")
    assert len(text) < 400


def test_it_lives_for_an_hour_from_the_first_page():
    text = seal(cursor())
    assert unseal(text, now=NOW + timedelta(hours=1)) == cursor()
    with pytest.raises(CursorExpired) as refused:
        unseal(text, now=NOW + timedelta(hours=1, microseconds=1))
    assert (refused.value.code, refused.value.status, refused.value.parameter) == ("cursor_expired", 410, "cursor")


def _touched(text: str) -> list[str]:
    flipped = [text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :] for at in range(len(text))]
    return [*flipped, text[:-5], text + "A", text.replace(".", ""), f".{text}", text[::-1]]


def test_touched_anywhere_it_is_refused():
    for touched in _touched(seal(cursor())):
        with pytest.raises(CursorInvalid):
            unseal(touched, now=NOW)


@pytest.mark.parametrize("text", ["", ".", "a", "a.b", "ключ.ключ", "\x00.\x00", "." * 1000, "=" * 999, "A" * 1001])
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(CursorInvalid) as refused:
        unseal(text, now=NOW)
    assert (refused.value.code, refused.value.status, refused.value.parameter) == ("cursor_invalid", 400, "cursor")


def test_a_signature_for_another_purpose_is_no_cursor():
    from django.core.signing import Signer

    with pytest.raises(CursorInvalid):
        unseal(Signer(salt="another", sep=".").sign(seal(cursor()).split(".")[0]), now=NOW)


CHANGES = [
    {"lat": "60.1700001"},
    {"radius_metres": "2001"},
    {"q": "ramen"},
    {"category": "cafe"},
    {"kind": "deal"},
    {"price_min_minor": "0", "currency": "EUR"},
    {"price_min_minor": "0", "currency": "USD"},
    {"price_max_minor": "0", "currency": "EUR"},
    {"discount_min_percent": "0"},
    {"rating_min": "1"},
    {"attributes": "wheelchair"},
    {"chain": "7b2c5e0a-0000-4000-8000-0123456789ab"},
    {"open_now": "true"},
    {"open_at": "2026-11-22T12:00Z"},
    {"open_at": "2026-11-22T12:00"},
    {"has_deals": "true"},
    {"sort": "distance"},
    {"profile": "nearest"},
    {"weights": "rating:0.3"},
    {"half_distance_metres": "801"},
    {"collapse": "chain"},
    {"bbox": "24,60,25,61"},
    {"polygon": "60,24;61,24;61,25"},
    {"polygon": "60,24;61,24;61,26"},
]


def test_each_parameter_that_decides_the_answer_makes_another_question():
    digests = [digest(), *(digest(**change) for change in CHANGES)]
    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "3"},
        {"facets": "kind"},
        {"fields": "id"},
        {"explain": "true"},
        {"lang": "fi"},
        {"radius_metres": "2000"},
        {"lat": "60.170"},
        {"kind": "both"},
        {"q": " "},
    ],
)
def test_what_does_not_decide_it_or_says_the_same_makes_the_same(params):
    assert digest(**params) == digest()


def test_lists_are_the_same_question_in_any_order():
    assert digest(category="cafe,bars", attributes="a,b") == digest(category="bars,cafe", attributes="b,a")


def test_a_cursor_serves_its_own_question_only():
    ours = parse_search(BASE, now=NOW).query
    assert cursor().for_query(ours) == cursor()
    with pytest.raises(CursorMismatch) as refused:
        cursor().for_query(parse_search({**BASE, "q": "ramen"}, now=NOW).query)
    assert (refused.value.code, refused.value.status) == ("cursor_mismatch", 400)
