"""search.text by another definition: the tiers of Chinese worked out from the names themselves, not from terms."""

from __future__ import annotations

import random
import re
import subprocess
import sys

import pytest
from opencc import OpenCC
from pypinyin import pinyin

from search.chinese import one_form, reading
from search.text import MAX_NAME_BYTES, Tier, document_terms, normalise, parse_text, tier_of

SIMPLIFIED = OpenCC("t2s")
CHARACTERS = "牛肉麵麵飯店重慶長樂音樂行銀火鍋大王老李家阿美豆花綠女"


def runs_of(name):
    """The syllables of each run of characters, read with tone marks switched off by pypinyin itself."""
    return [
        [syllable.replace("v", "u") for (syllable,) in pinyin(SIMPLIFIED.convert(run), style=0)] for run in name.split()
    ]


def is_heard(word, name):
    """A word begins how the name is read from some character on."""
    syllables = [syllable for run in runs_of(name) for syllable in run]
    return len(word) > 1 and any("".join(syllables[at:]).startswith(word) for at in range(len(syllables)))


def are_initials(word, name):
    parts = runs_of(name)
    whole = [syllable for part in parts for syllable in part]
    ends = [("".join(syllable[0] for syllable in part), part is not whole) for part in [whole, *parts]]
    if len(word) < 3:
        return any(word == letters for letters, _ in ends)
    return any(letters.startswith(word) or (is_part and letters.endswith(word)) for letters, is_part in ends)


def test_pinyin_and_initials_are_as_defined_on_the_names_themselves():
    chance = random.Random(29)
    seen = set()
    for _ in range(3_000):
        name = " ".join(
            "".join(chance.choices(CHARACTERS, k=chance.randint(1, 4))) for _ in range(chance.choice([1, 1, 2]))
        )
        syllables = [syllable for run in runs_of(name) for syllable in run]
        at = chance.randrange(len(syllables))
        other = "".join(chance.choices("nrmfdlyx", k=3))
        word = chance.choice(
            [
                "".join(syllables[at : at + chance.randint(1, 3)]),
                "".join(syllables)[: chance.randint(1, 12)],
                "".join(syllable[0] for syllable in syllables[at:]),
                "".join(syllable[0] for syllable in syllables[: at + 1]),
                other,
            ]
        )
        tier = tier_of(parse_text(word), document_terms(names=[name], words=[]))
        if is_heard(word, name):
            assert tier is Tier.PINYIN, (word, name)
        elif tier is not Tier.FUZZY:
            assert tier is (Tier.INITIALS if 2 <= len(word) <= 12 and are_initials(word, name) else None), (word, name)
        seen.add(tier)
    assert seen >= {Tier.PINYIN, Tier.INITIALS, None}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("重庆", "chong qing"),
        ("重慶", "chong qing"),
        ("长乐", "chang le"),
        ("長樂", "chang le"),
        ("音乐", "yin yue"),
        ("音樂", "yin yue"),
        ("银行", "yin hang"),
        ("绿豆", "lu dou"),
        ("女儿红", "nu er hong"),
        ("85度C 咖啡", "du ka fei"),
        ("すし処", ""),
        ("Café", ""),
    ],
)
def test_characters_are_read_by_the_words_they_stand_in(text, said):
    assert " ".join(reading(text)) == said


def test_forms_are_folded_character_by_character_so_that_parts_agree_with_wholes():
    chance = random.Random(7)
    for _ in range(500):
        text = "".join(chance.choices(CHARACTERS + "乾隆髮麺広臺裡 ab", k=9))
        cut = chance.randrange(10)
        assert one_form(text) == one_form(text[:cut]) + one_form(text[cut:])
        assert one_form(one_form(text)) == one_form(text)
        assert normalise(normalise(text)) == normalise(text)


def test_a_long_name_has_bounded_terms():
    terms = document_terms(names=["牛肉麵" * 400], words=["牛肉麵" * 400])
    assert len(terms) < 120
    assert max(len(term.encode()) for term in terms) <= MAX_NAME_BYTES + 2


def test_a_name_without_han_characters_has_no_sound():
    assert not [term for term in document_terms(names=["Cafe すし", "초밥"], words=[]) if re.match("[pih]=", term)]


def test_dictionaries_are_loaded_by_the_first_text_that_needs_them():
    code = (
        "import sys; from search.text import parse_text;"
        "parse_text('blue bottle'); assert not {'opencc', 'pypinyin'} & set(sys.modules);"
        "parse_text('牛肉麵'); assert 'opencc' in sys.modules and 'pypinyin' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
