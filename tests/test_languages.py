"""Names for readers: what is asked for, what is there, what is shown."""

from __future__ import annotations

import pytest

from config.errors import InvalidParameter
from config.languages import accepted_languages, name_in, parse_languages

NAMES = {"fi": "Kahvila", "en": "Café", "zh-Hans": "咖啡馆", "zh-Hant": "咖啡館", "pt-BR": "Café BR"}


@pytest.mark.parametrize(
    ("languages", "shown"),
    [
        ([], "Fallback"),
        (["sv"], "Fallback"),
        (["sv", "en"], "Café"),
        (["EN-gb"], "Café"),
        (["fi-FI"], "Kahvila"),
        (["zh"], "咖啡馆"),
        (["zh-CN"], "咖啡馆"),
        (["zh-Hans-HK"], "咖啡馆"),
        (["zh-TW"], "咖啡館"),
        (["zh-HK", "en"], "咖啡館"),
        (["zh-Hant-TW"], "咖啡館"),
        (["pt"], "Café BR"),
        (["pt-PT"], "Café BR"),
    ],
)
def test_the_name_that_is_shown(languages, shown):
    assert name_in(NAMES, languages, fallback="Fallback") == shown


def test_an_empty_name_is_none():
    assert name_in({"en": ""}, ["en"], fallback="Fallback") == "Fallback"


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("", ()),
        ("fi", ("fi",)),
        ("fi;q=0.8, sv, en;q=0.9", ("sv", "en", "fi")),
        ("*", ()),
        ("en;q=0", ()),
        ("en;q=2, fi", ("fi",)),
        ("\x00, <script>, de-AT ; q=0.5", ("de-AT",)),
        (",".join(["en"] * 9), ("en",) * 5),
        ("x" * 100_000, ()),
    ],
)
def test_an_accept_language_header_is_read_as_far_as_it_goes(header, tags):
    assert accepted_languages(header) == tags


@pytest.mark.parametrize("text", ["", "e", "en,", "en fi", "en_GB", "*", "ёж"])
def test_a_parameter_that_is_no_tag_is_refused(text):
    with pytest.raises(InvalidParameter):
        parse_languages(text)
