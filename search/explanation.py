"""Why a hit is where it is: the parts of its score with plain words beside them. Pure.

The numbers are those of search.ranking; nothing is worked out here but their wording. Parts are told to 8 decimals and
sum to the score, told to 6, within 1e-6.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from search.ranking import (
    FULL_DISCOUNT,
    HALF_AGE_DAYS,
    RATING_PRIOR_STARS,
    RATING_PRIOR_WEIGHT,
    Facts,
    RankingSpec,
    Signal,
    Sort,
    explain,
)
from search.text import Tier

TIER_WORDS: Mapping[Tier, str] = MappingProxyType(
    {
        Tier.NONE_ASKED: "no words were asked for",
        Tier.EXACT: "the words are one of its names",
        Tier.PREFIX: "one of its names begins with the words",
        Tier.ALL_WORDS: "every word was found",
        Tier.PINYIN: "every word was found, as it is read in pinyin",
        Tier.FUZZY: "every word was found, one letter apart at most",
        Tier.SOME_WORDS: "some of the words were found",
        Tier.INITIALS: "the letters are pinyin initials of one of its names",
    }
)
_PART_DECIMALS = 8


def why(spec: RankingSpec, facts: Facts, *, tier: Tier, rating_count: int) -> dict[str, Any]:
    """What `explain=true` shows of one hit."""
    return {
        "order": _order(spec.sort),
        "tier": TIER_WORDS[tier],
        "parts": [
            {
                "signal": part.signal.value,
                "weight": round(part.weight, _PART_DECIMALS),
                "value": round(part.value, _PART_DECIMALS),
                "part": round(part.part, _PART_DECIMALS),
                "words": f"{_WORDS[part.signal](spec, facts, rating_count)}: {part.value:.2f} of 1",
            }
            for part in explain(spec, facts)
        ],
    }


def _order(sort: Sort) -> str:
    if sort is Sort.SCORE:
        return "words first, then score, then distance"
    return f"{sort.value} alone, then distance; words and score do not order"


def metres_in_words(metres: float) -> str:
    """As a person would say it.

    >>> metres_in_words(619.6), metres_in_words(2449)
    ('620 m', '2.4 km')
    """
    return f"{metres:.0f} m" if round(metres) < 1_000 else f"{metres / 1_000:.1f} km"


def _distance(spec: RankingSpec, facts: Facts, _: int) -> str:
    if facts.distance_metres is None:
        return "no point to measure from"
    return (
        f"{metres_in_words(facts.distance_metres)} away, half of 1 is at {metres_in_words(spec.half_distance_metres)}"
    )


def _rating(_: RankingSpec, facts: Facts, count: int) -> str:
    if facts.rating_stars is None:
        return f"not rated yet, taken as {RATING_PRIOR_STARS} stars"
    ratings = "1 rating" if count == 1 else f"{count} ratings"
    prior = f"{RATING_PRIOR_WEIGHT} at {RATING_PRIOR_STARS}"
    return f"{facts.rating_stars:.2f} stars from {ratings} and {prior} that every place is given"


def _deal(_: RankingSpec, facts: Facts, __: int) -> str:
    if facts.discount is None:
        return "no deal"
    percent = round(facts.discount * 10_000) // 100  # down, as a deal's own percent
    return f"{percent}% off, {FULL_DISCOUNT:.0%} is full"


def _popularity(_: RankingSpec, facts: Facts, __: int) -> str:
    return "visits not known" if facts.popularity is None else "visits of the last 30 days, on a logarithmic scale"


def _freshness(_: RankingSpec, facts: Facts, __: int) -> str:
    if facts.age_days is None:
        return "age not known"
    days = max(0, int(facts.age_days))
    age = "today" if days == 0 else "a day ago" if days == 1 else f"{days} days ago"
    return f"listed {age}, half of 1 is at {HALF_AGE_DAYS:.0f} days"


_WORDS = MappingProxyType(
    {
        Signal.DISTANCE: _distance,
        Signal.RATING: _rating,
        Signal.DEAL: _deal,
        Signal.POPULARITY: _popularity,
        Signal.FRESHNESS: _freshness,
    }
)
