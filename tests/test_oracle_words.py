"""Two definitions of the tiers, written apart, agree on every question and name."""

from __future__ import annotations

import random

from search.chinese import reading
from search.text import Tier, document_terms, parse_text, tier_of
from tests.oracle_words import Vocabulary

NAMES = (
    "Blue Bottle", "Blue Bottle Coffee", "Botle", "Café Blue", "The Old Blue Café Bar", "Bluebottle", "老鄧牛肉麵",
    "牛肉麵", "老邓 牛肉面 总店", "85度C咖啡", "綠茶", "Lucha", "長樂路重慶火鍋", "火鍋 Blue", "スターバックス",
    "サクラ食堂", "nrm", "ldnrm bar",
)  # fmt: skip


def questions(dice, count):
    for _ in range(count):
        name = dice.choice(NAMES)
        words = name.split()
        syllables = [each for each in reading(name) if each]
        at = dice.randrange(len(name))
        yield dice.choice(
            [
                name,
                name[: at + 1],
                name[at:],
                name[:at] + name[at + 1 :],
                name[:at] + dice.choice("xe牛") + name[at:],
                " ".join(dice.sample(words, len(words))),
                " ".join([*dice.choices(words, k=dice.randint(1, 3)), "zzz"][: dice.randint(1, 4)]),
                "".join(syllables)[: dice.randint(1, 20)] or name,
                "".join(each[0] for each in syllables)[dice.randint(0, 2) :] or name,
                name[:2] + "".join(syllables[2:]),
                "lv" + dice.choice(["cha", "", "c"]),
            ]
        )


def test_both_definitions_of_the_tiers_agree():
    terms = [document_terms(names=[name], words=["Coffee shop", "餐廳"]) for name in NAMES]
    vocabulary = Vocabulary(terms)
    seen = set()
    for text in questions(random.Random(11), 4_000):
        query = parse_text(text[:100])
        if query is None:
            continue
        expected = [tier_of(query, each) or 0 for each in terms]
        assert vocabulary.tiers(query).tolist() == expected, text
        seen.update(expected)
    assert seen == set(Tier)
