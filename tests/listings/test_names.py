"""Names in several languages: what is stored and what is refused."""

from __future__ import annotations

import pytest

from config.errors import InvalidParameter
from listings.names import MAX_NAMES, canonical_tag, validate_names


def test_names_are_stored_in_one_spelling():
    names = {"EN": " Blue   Door ", "zh-hant-tw": "藍門", "fr": "Cafe\u0301", "es-419": "Puerta", "de": " \n"}
    assert validate_names(names) == {"en": "Blue Door", "zh-Hant-TW": "藍門", "fr": "Caf\u00e9", "es-419": "Puerta"}


def test_scripts_that_join_and_signs_are_kept():
    names = {"fa": "می\u200cخواهم", "ar": "مقهى", "en": "Crêperie “L’Été” ☕ 👩\u200d🍳"}
    assert validate_names(names) == names


@pytest.mark.parametrize(
    "tag", ["", "e", "english", "en_GB", "en-", "-en", "x-mine", "en-GB-oed", "én", "en\n", "e" * 99]
)
def test_refuses_what_is_no_tag(tag):
    with pytest.raises(InvalidParameter) as refusal:
        validate_names({tag: "Door"})
    assert refusal.value.parameter == "names"


@pytest.mark.parametrize(("written", "tag"), [("EN", "en"), ("pt-br", "pt-BR"), ("ZH-HANS", "zh-Hans"), ("yue", "yue")])
def test_the_spelling_of_a_tag(written, tag):
    assert canonical_tag(written) == tag


@pytest.mark.parametrize(
    ("names", "parameter", "limit"),
    [
        ({"en": "x" * 201}, "names.en", 200),
        ({"en": "x" * 2_000_000}, "names.en", 200),
        ({"en": "Blue\x00Door"}, "names.en", None),
        ({"en": "Blue\ud800Door"}, "names.en", None),
        ({"en": "Blue\u202eDoor"}, "names.en", None),
        ({"en": "Blue\ue000Door"}, "names.en", None),
        ({"en": "Blue", "EN": "Door"}, "names.en", None),
        ({f"a{chr(97 + index // 26)}{chr(97 + index % 26)}": "Door" for index in range(MAX_NAMES + 1)}, "names", 40),
    ],
)
def test_refuses_by_tag_and_limit(names, parameter, limit):
    with pytest.raises(InvalidParameter) as refusal:
        validate_names(names)
    assert (refusal.value.parameter, refusal.value.limit) == (parameter, limit)


def test_takes_as_many_and_as_long_as_the_limits_say():
    names = {f"a{chr(97 + index // 26)}{chr(97 + index % 26)}": "門" * 200 for index in range(MAX_NAMES)}
    assert validate_names(names) == names
