"""No string is missing in a language, none is left over, and both name the same values."""

from __future__ import annotations

import json
import re
from pathlib import Path

from web.strings import FOLDER, LANGUAGES, strings

WEB = FOLDER.parent
_COMPOSED = (
    "profile_", "sort_", "meaning_", "signal_", "tier_", "fulfilment_", "filter_", "attribute_", "suggestion_",
)  # fmt: skip
"""Beginnings of keys that the code puts together from the API's own words."""


def _values(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_language_has_the_same_keys_and_values():
    first, *others = (json.loads((FOLDER / f"{tag}.json").read_text("utf-8")) for tag in LANGUAGES)
    for other in others:
        assert list(first) == list(other)
        for key, text in first.items():
            assert other[key].strip() or not text.strip()
            assert _values(text) == _values(other[key]), key


def test_every_string_is_used_and_every_used_one_is_there():
    sources = [*(WEB / "src").rglob("*.ts"), *(WEB / "templates").rglob("*.html"), *WEB.glob("*.py")]
    code = "\n".join(path.read_text("utf-8") for path in sources if path.name != "schema.d.ts")
    used = set(re.findall(r'\bt\("(\w+)"', code))
    used |= set(re.findall(r"\bt\.(\w+)\s*}}", code)) | set(re.findall(r'text(?:\.fill\(|\[)"(\w+)"', code))
    known = strings("en").keys()
    assert sorted(used - known) == []
    plurals = {f"{key}_{rule}" for key in re.findall(r'plural\("(\w+)"', code) for rule in ("one", "other")}
    assert sorted(plurals - known) == []
    mentioned = {key for key in known if re.search(rf"\b{key}\b", code)} | plurals
    assert sorted(key for key in known - mentioned if not key.startswith(_COMPOSED)) == []


def test_every_composed_key_is_there():
    from search.ranking import PROFILES, Signal, Sort
    from search.text import Tier

    known = strings("en").keys()
    wanted = {f"profile_{name}" for name in PROFILES} | {f"meaning_profile_{name}" for name in PROFILES}
    wanted |= {f"{start}{sort}" for sort in Sort if sort is not Sort.SCORE for start in ("sort_", "meaning_sort_")}
    wanted |= {f"signal_{signal}" for signal in Signal}
    wanted |= {f"tier_{tier.name.lower()}" for tier in Tier if tier is not Tier.NONE_ASKED}
    assert sorted(wanted - known) == []


def test_the_scripts_hold_the_same_list_of_parameters():
    from web.addresses import QUESTION_NAMES

    source = Path(WEB / "src/app/address.ts").read_text("utf-8")
    listed = re.search(r"QUESTION_NAMES = \[(.*?)\]", source, re.DOTALL)
    assert listed is not None
    assert tuple(re.findall(r'"(\w+)"', listed[1])) == QUESTION_NAMES
