"""Heads: everything that begins with what was typed lies in the ranges that are asked, and nothing else."""

from __future__ import annotations

import random

import pytest

from geo.types import Point
from search.chinese import reading
from search.heads import MAX_HEAD_CHARACTERS, asked_ranges, heads_of, region_of, regions_round
from search.text import normalise, parse_text

NAMES = ("Café Blue", "Cafe Blu", "老鄧牛肉麵", "老邓牛肉面", "綠茶 Lv", "スターバックス", "Ωmega", "x" * 90, "𠮷野家")


def card(name, **changes):
    syllables = reading(name)
    return {"name": name, "names": {}, "readings": {name: " ".join(syllables)} if syllables else {}, **changes}


def held(head, typed):
    return any(each.first <= head < each.past for each in asked_ranges(parse_text(typed)))


def test_a_place_has_its_names_its_brand_how_they_are_read_and_initials():
    place = card("老鄧牛肉麵", names={"en": "Old Deng"}, brand={"id": "1", "name": "Deng’s"})
    assert heads_of(place) == {"老邓牛肉面", "laodengniuroumian", "ldnrm", "old deng", "dengs"}
    assert heads_of({**place, "deal": {"title": "Lunch", "titles": {"fi": "Lounas"}}}) == {"lunch", "lounas"}
    assert heads_of(card("!!!")) == heads_of({}) == frozenset()


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("cafe b", "Café Blue"),
        ("老邓牛", "老鄧牛肉麵"),
        ("laodengn", "老鄧牛肉麵"),
        ("lao deng", "老鄧牛肉麵"),
        ("ldn", "老鄧牛肉麵"),
        ("lvcha", "綠茶"),
        ("lucha", "綠茶"),
        ("x" * 70, "x" * 90),
    ],
)
def test_what_is_typed_meets_the_head(typed, name):
    assert any(held(head, typed) for head in heads_of(card(name)))


def test_ranges_hold_exactly_the_beginnings():
    dice = random.Random(7)
    for _ in range(2_000):
        name, typed = dice.choice(NAMES), dice.choice(NAMES)[: dice.randint(1, 100)]
        head = normalise(name)[:MAX_HEAD_CHARACTERS]
        start = normalise(typed)[:MAX_HEAD_CHARACTERS]
        if start:
            assert held(head, typed) or not head.startswith(start), (name, typed)
            assert held(head, typed) is head.startswith(start) or start.isascii(), (name, typed)


def test_the_regions_round_a_point_hold_what_is_within_twenty_kilometres():
    dice = random.Random(7)
    for _ in range(500):
        lon, lat = dice.uniform(-180, 180), dice.uniform(-70, 70)
        beside = Point((lon + dice.uniform(-0.05, 0.05) + 540) % 360 - 180, lat + dice.uniform(-0.15, 0.15))
        assert region_of(beside) in regions_round(Point(lon, lat))
