"""Why, in words: what is known, what is not, and what orders."""

from __future__ import annotations

import pytest

from search.explanation import metres_in_words, why
from search.ranking import PROFILES, Facts, Sort, score, spec_for
from search.text import Tier

SPEC = spec_for("balanced")
NOTHING_KNOWN = Facts()


def words(facts: Facts, *, rating_count: int = 0) -> list[str]:
    return [part["words"] for part in why(SPEC, facts, tier=Tier.NONE_ASKED, rating_count=rating_count)["parts"]]


def test_what_is_not_known_is_said_with_what_is_taken_instead():
    assert words(NOTHING_KNOWN) == [
        "no point to measure from: 0.00 of 1",
        "not rated yet, taken as 3.8 stars: 0.70 of 1",
        "no deal: 0.00 of 1",
        "visits not known: 0.00 of 1",
        "age not known: 0.00 of 1",
    ]


@pytest.mark.parametrize(
    ("age_days", "said"),
    [
        (-1.0, "listed today"),
        (0.9, "listed today"),
        (1.0, "listed a day ago"),
        (30.0, "listed 30 days ago, half of 1 is at 30 days: 0.50 of 1"),
    ],
)
def test_ages(age_days, said):
    assert words(Facts(age_days=age_days))[4].startswith(said)


def test_one_rating_is_one_rating():
    assert words(Facts(rating_stars=3.8923), rating_count=1)[1].startswith("3.89 stars from 1 rating and 12 at 3.8")


@pytest.mark.parametrize(
    ("metres", "said"), [(0, "0 m"), (999.4, "999 m"), (999.6, "1.0 km"), (12_340, "12.3 km"), (50_000, "50.0 km")]
)
def test_distances(metres, said):
    assert metres_in_words(metres) == said


@pytest.mark.parametrize("profile", PROFILES)
def test_parts_sum_to_the_score(profile):
    spec = spec_for(profile)
    facts = Facts(distance_metres=1234.5, rating_stars=4.1, discount=0.333, popularity=0.12, age_days=77.7)
    parts = why(spec, facts, tier=Tier.EXACT, rating_count=3)["parts"]
    assert sum(part["part"] for part in parts) == pytest.approx(round(score(spec, facts), 6), abs=1e-6)


@pytest.mark.parametrize("sort", [sort for sort in Sort if sort is not Sort.SCORE])
def test_a_hard_sort_says_that_it_alone_orders(sort):
    told = why(spec_for("balanced", sort=sort), NOTHING_KNOWN, tier=Tier.EXACT, rating_count=0)["order"]
    assert told == f"{sort} alone, then distance; words and score do not order"
