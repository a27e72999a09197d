"""Parts of names that words met: joined they are the name, and what is marked is what the tier says."""

from __future__ import annotations

import random

import pytest

from search.chinese import reading
from search.highlight import highlighted
from search.text import Tier, document_terms, parse_text, tier_of


def shown(name, text):
    parts = highlighted(name, parse_text(text), syllables=reading(name))
    return None if parts is None else "".join(f"[{part.text}]" if part.matched else part.text for part in parts)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Blue Bottle Coffee", "blue bottle", "[Blue] [Bottle] Coffee"),
        ("Blue Bottle", "bottle blu", "[Blu]e [Bottle]"),
        ("Blue Bottle", "botle", "Blue [Bottle]"),
        ("Café Joe’s", "joes cafe", "[Café] [Joe’s]"),
        ("Café", "cafe", "[Café]"),
        ("Ströget ﬁne", "stroget fine", "[Ströget] [ﬁne]"),
        ("林家牛肉麵 (忠孝店)", "牛肉面", "林家[牛肉麵] (忠孝店)"),
        ("林家牛肉麵 (忠孝店)", "niuroumian", "林家[牛肉麵] (忠孝店)"),
        ("林家牛肉麵 (忠孝店)", "niu rou mian", "林家[牛肉麵] (忠孝店)"),
        ("林家牛肉麵 (忠孝店)", "nrm", "林家[牛肉麵] (忠孝店)"),
        ("林家牛肉麵 (忠孝店)", "ljn", "[林家牛]肉麵 (忠孝店)"),
        ("林家牛肉麵 (忠孝店)", "zhongxiao", "林家牛肉麵 ([忠孝]店)"),
        ("林家牛肉麵", "林佳牛肉麵", "[林家牛肉麵]"),
        ("重庆火锅", "火guo", "重庆[火锅]"),
        ("重庆火锅", "chongq", "[重庆]火锅"),
        ("85度C咖啡", "duckafei", "85[度C咖啡]"),
        ('<b>Blue</b> & "Bar"', "bar", '<b>Blue</b> & "[Bar]"'),
        ("Red Sun", "blue", None),
        ("Gym", "gym spa", "[Gym]"),
    ],
)
def test_what_is_marked(name, text, expected):
    assert shown(name, text) == expected


def test_whatever_a_name_matches_in_is_marked_and_nothing_is_lost_or_added():
    chance = random.Random(3)
    characters = "abeé  ’'ﬁßİø&<-牛肉麵重慶音樂すしー한국́"
    seen = set()
    for _ in range(4_000):
        name = "".join(chance.choices(characters, k=chance.randint(1, 12)))
        at = chance.randrange(len(name))
        said = "".join(reading(name))
        text = chance.choice([name, name[at:], name[:at], name[at : at + 3], said, said[:3], said[::3], "abe"])
        query = parse_text(text)
        if query is None:
            continue
        parts = highlighted(name, query, syllables=reading(name))
        tier = tier_of(query, document_terms(names=[name], words=[]))
        seen.add(tier)
        if tier is not None:
            assert parts is not None, (name, text, tier)
        if parts is not None:
            assert "".join(part.text for part in parts) == name
            assert any(part.matched for part in parts)
            assert all(part.text for part in parts)
    assert seen >= {None, Tier.EXACT, Tier.PREFIX, Tier.ALL_WORDS, Tier.PINYIN}
