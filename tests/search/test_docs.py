"""docs/search.md and docs/ranking.md say what the code does: every parameter, every number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from search.backends.postgis.projection import KEEP
from search.cursor import MAX_AGE
from search.explanation import TIER_WORDS
from search.hit_fields import HIT_FIELDS
from search.map_cells import MAX_CELLS
from search.parameters import PARAMETERS
from search.query import Facet
from search.ranking import (
    FULL_DISCOUNT,
    FULL_VISITS,
    HALF_AGE_DAYS,
    MISSING,
    PROFILES,
    RATING_PRIOR_STARS,
    RATING_PRIOR_WEIGHT,
    Facts,
    Signal,
    explain,
    score,
    shrunk_rating,
    spec_for,
)
from search.results import CELL_RESOLUTION, DISCOUNT_STEPS_PERCENT, PRICE_STEPS_MINOR, RATING_STEPS
from search.text import Tier

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
SEARCH = (DOCS / "search.md").read_text(encoding="utf-8")
RANKING = (DOCS / "ranking.md").read_text(encoding="utf-8")


def _between(page: str, name: str) -> str:
    return page.partition(f"<!-- {name} -->\n")[2].partition(f"<!-- end of {name} -->")[0].strip()


def _limits(schema) -> str:
    """The limits that a schema says, in words."""
    said = []
    if "enum" in schema:
        said.append(", ".join(f"`{value}`" for value in schema["enum"]))
    if "minimum" in schema:
        said.append(f"{schema['minimum']:g} to {schema['maximum']:.12g}")
    if "maxLength" in schema:
        said.append(f"{schema['maxLength']} characters")
    if "default" in schema:
        said.append(
            f"else {schema['default']:g}"
            if isinstance(schema["default"], float | int)
            else f"else `{schema['default']}`"
        )
    return "; ".join(said)


def parameters_table() -> str:
    rows = ["| Parameter | Meaning | Values and limits |", "|---|---|---|"]
    for each in PARAMETERS:
        marked = f" ({each.only} only)" if each.only else ""
        limit = each.limit or _limits(each.schema)
        rows.append(f"| `{each.name}`{marked} | {each.meaning} | {limit} |")
    return "\n".join(rows)


def profiles_table() -> str:
    rows = [f"| Profile | {' | '.join(Signal)} | h | Meaning |", "|---|---|---|---|---|---|---|---|"]
    for profile in PROFILES.values():
        weights = " | ".join(f"{profile.weights[signal]:g}" for signal in Signal)
        rows.append(f"| `{profile.name}` | {weights} | {profile.half_distance_metres:g} m | {profile.meaning} |")
    return "\n".join(rows)


def example_table() -> str:
    spec = spec_for("balanced")
    facts = Facts(distance_metres=620, rating_stars=4.3, discount=0.35, popularity=0.6, age_days=10)
    worked = {
        Signal.DISTANCE: "800 / (800 + 620)",
        Signal.RATING: "(4.3 − 1) / 4",
        Signal.DEAL: "0.35 / 0.7",
        Signal.POPULARITY: "0.6",
        Signal.FRESHNESS: "30 / (30 + 10)",
    }
    rows = ["| Signal | Value | Weight | Part |", "|---|---|---|---|"]
    rows += [
        f"| `{part.signal}` | {worked[part.signal]} = {part.value:.4f} | {part.weight:g} | {part.part:.4f} |"
        for part in explain(spec, facts)
    ]
    rows.append(f"| **score** | | | **{score(spec, facts):.4f}** |")
    return "\n".join(rows)


@pytest.mark.parametrize(
    ("page", "name", "made"),
    [
        (SEARCH, "parameters", parameters_table),
        (RANKING, "profiles", profiles_table),
        (RANKING, "example", example_table),
    ],
    ids=["parameters", "profiles", "example"],
)
def test_tables_are_those_of_the_code(page, name, made):
    assert _between(page, name) == made()


def test_the_parts_of_the_example_sum_to_its_score_as_written():
    *parts, total = [
        float(cell) for cell in re.findall(r"\| \**([0-9.]+)\** \|$", _between(RANKING, "example"), re.MULTILINE)
    ]
    assert sum(parts) == pytest.approx(total, abs=5e-5 * len(parts))


def test_the_keys_of_a_hit_are_named():
    named = SEARCH.partition("Keys that `fields` can name:\n")[2].partition(".\n")[0]
    assert tuple(re.findall(r"`(\w+)`", named)) == HIT_FIELDS


def test_facets_and_their_steps_are_told():
    rows = dict(
        re.findall(r"^\| `(\w+)` \| (.*) \|$", SEARCH.partition("## Facets")[2].partition("## Pages")[0], re.MULTILINE)
    )
    assert list(rows) == [facet.value for facet in Facet]
    assert re.findall(r"`([\d.]+)`", rows["rating"]) == [f"{step:.1f}" for step in RATING_STEPS]
    assert re.findall(r"`(\d+)`", rows["discount"]) == [str(step) for step in DISCOUNT_STEPS_PERCENT]
    assert f"at {', '.join(map(str, PRICE_STEPS_MINOR))} minor units" in rows["price"]


def test_limits_of_pages_and_maps_are_told():
    assert (MAX_AGE.total_seconds(), KEEP.total_seconds()) == (3_600, 900)
    assert "an hour after the first page" in SEARCH
    assert "at the earliest after 15 minutes" in SEARCH
    assert f"may hold {MAX_CELLS:,} cells" in SEARCH
    assert f"held at resolution {CELL_RESOLUTION}" in SEARCH


def test_tiers_are_told_in_their_order():
    told = re.findall(
        r"^\| `(\w+)` \|", RANKING.partition("## Tiers of words")[2].partition("## Score")[0], re.MULTILINE
    )
    assert told == [tier.name.lower() for tier in Tier if tier is not Tier.NONE_ASKED]
    assert set(TIER_WORDS) == set(Tier)


def test_signals_their_constants_and_what_is_taken_for_the_unknown_are_told():
    rows = re.findall(
        r"^\| `(\w+)` \| (.*) \| (.*) \|$", RANKING.partition("## Score")[2].partition("## Profiles")[0], re.MULTILINE
    )
    assert [name for name, _, _ in rows] == [signal.value for signal in Signal]
    formula = {name: text for name, text, _ in rows}
    unknown = {name: text.partition(":")[0] for name, _, text in rows}
    assert {name: float(text) for name, text in unknown.items()} == {
        signal.value: pytest.approx(MISSING[signal]) for signal in Signal
    }
    assert f"discount / {FULL_DISCOUNT:g}" in formula["deal"]
    assert f"log(1 + {FULL_VISITS})" in formula["popularity"]
    assert formula["freshness"].startswith(f"{HALF_AGE_DAYS:g} / ({HALF_AGE_DAYS:g} + days")
    assert f"{RATING_PRIOR_WEIGHT} more at {RATING_PRIOR_STARS} stars" in RANKING
    assert f"5-star rating makes {shrunk_rating(5, 1):.2f}" in RANKING
    assert f"average 4.7 make {shrunk_rating(470, 100):.2f}" in RANKING
