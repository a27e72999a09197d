"""No string is missing in a language, none is left over, and both name the same values."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from web.strings import BOOKINGS_FOLDER, CONSOLE_FOLDER, FOLDER, LANGUAGES, strings

WEB = FOLDER.parent
_COMPOSED = (
    "profile_", "sort_", "meaning_", "signal_", "tier_", "fulfilment_", "filter_", "attribute_", "suggestion_", "way_",
)  # fmt: skip
"""Beginnings of keys that the code puts together from the API's own words."""
_COMPOSED_IN_CONSOLE = ("role_", "mode_", "state_", "shape_")


def _values(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def _texts(folder: Path, tag: str) -> dict[str, str]:
    return json.loads((folder / f"{tag}.json").read_text("utf-8"))


@pytest.mark.parametrize("folder", [FOLDER, CONSOLE_FOLDER, BOOKINGS_FOLDER], ids=["pages", "console", "bookings"])
def test_every_language_has_the_same_keys_and_values(folder):
    first, *others = (_texts(folder, tag) for tag in LANGUAGES)
    for other in others:
        assert list(first) == list(other)
        for key, text in first.items():
            assert other[key].strip() or not text.strip()
            assert _values(text) == _values(other[key]), key


def test_every_string_is_used_and_every_used_one_is_there():
    sources = [*(WEB / "src").rglob("*.ts"), *(WEB / "templates").rglob("*.html"), *WEB.glob("*.py")]
    elsewhere = {"schema.d.ts", "console.html"}
    code = "\n".join(path.read_text("utf-8") for path in sources if path.name not in elsewhere)
    used = set(re.findall(r'\bt\("(\w+)"', code))
    used |= set(re.findall(r"\bt\.(\w+)\s*}}", code)) | set(re.findall(r'text(?:\.fill\(|\[)"(\w+)"', code))
    known = strings("en").keys()
    assert sorted(used - known) == []
    plurals = _plurals(code)
    assert sorted(plurals - known - _texts(CONSOLE_FOLDER, "en").keys()) == []
    mentioned = {key for key in known if re.search(rf"\b{key}\b", code)} | plurals
    assert sorted(key for key in known - mentioned if not key.startswith(_COMPOSED)) == []


def test_every_string_of_the_console_is_used_and_every_used_one_is_there():
    from listings.models import ServiceArea, ServiceAreaVersion
    from listings.roles import Role

    code = "\n".join(path.read_text("utf-8") for path in (WEB / "src" / "console").rglob("*.ts"))
    template = (WEB / "templates" / "web" / "console.html").read_text("utf-8")
    known = set(_texts(CONSOLE_FOLDER, "en"))
    assert sorted(known & strings("en").keys()) == []
    used = set(re.findall(r'\bc\("(\w+)"', code)) | set(re.findall(r"\bt\.(\w+)\s*}}", template))
    composed = {f"role_{role}" for role in Role} | {f"mode_{mode}" for mode in ServiceArea.Mode.values}
    composed |= {f"state_{state}" for state in ServiceAreaVersion.State.values}
    assert sorted((used | composed) - known) == []
    mentioned = {key for key in known if re.search(rf"\b{key}\b", code)} | _plurals(code) | used | composed
    assert sorted(key for key in known - mentioned if not key.startswith(_COMPOSED_IN_CONSOLE)) == []


def test_every_string_of_bookings_that_are_made_is_used_and_every_used_one_is_there():
    code = "\n".join(path.read_text("utf-8") for path in (WEB / "src" / "booking").rglob("*.ts"))
    known = set(_texts(BOOKINGS_FOLDER, "en"))
    assert set(re.findall(r'\bb\("(\w+)"', code)) == known
    assert sorted(known & strings("en").keys()) == []


def _plurals(code: str) -> set[str]:
    return {f"{key}_{rule}" for key in re.findall(r'plural\("(\w+)"', code) for rule in ("one", "other")}


def test_every_composed_key_is_there():
    from search.ranking import PROFILES, Signal, Sort
    from search.text import Tier

    known = strings("en").keys()
    wanted = {f"profile_{name}" for name in PROFILES} | {f"meaning_profile_{name}" for name in PROFILES}
    wanted |= {f"{start}{sort}" for sort in Sort if sort is not Sort.SCORE for start in ("sort_", "meaning_sort_")}
    wanted |= {f"signal_{signal}" for signal in Signal}
    wanted |= {f"way_{mode}" for mode in ("delivery", "at_home")}
    wanted |= {f"tier_{tier.name.lower()}" for tier in Tier if tier is not Tier.NONE_ASKED}
    assert sorted(wanted - known) == []


def test_the_scripts_hold_the_same_list_of_parameters():
    from web.addresses import QUESTION_NAMES

    source = Path(WEB / "src/app/address.ts").read_text("utf-8")
    listed = re.search(r"QUESTION_NAMES = \[(.*?)\]", source, re.DOTALL)
    assert listed is not None
    assert tuple(re.findall(r'"(\w+)"', listed[1])) == QUESTION_NAMES
