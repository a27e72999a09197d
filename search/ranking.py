"""Ranking is data: named signals, stated values for missing facts, named profiles, bounded overrides. Pure.

score = sum of weight x value over the signals, the weights summing to 1 and every value within [0, 1]. Words (tiers,
search.text) order first, then the score, then the distance, then the id. No ranking number lives outside this module.
docs/ranking.md tells it in prose with a worked example.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import log1p
from types import MappingProxyType

from config.errors import InvalidParameter

RATING_PRIOR_STARS = 3.8
"""What a branch without ratings is taken to be worth: the mean that ratings are shrunk towards."""
RATING_PRIOR_WEIGHT = 12
"""How many ratings the prior counts as. One 5-star rating lifts a branch from 3.8 to 3.89."""
FULL_DISCOUNT = 0.7
"""The discount at which the deal signal is full: beyond it a list price is seldom honest."""
FULL_VISITS = 3_000
"""Visits of the last 30 days at which the popularity signal is full."""
HALF_AGE_DAYS = 30.0
"""The age at which the freshness signal has halved."""
MIN_HALF_DISTANCE_METRES = 50.0
MAX_HALF_DISTANCE_METRES = 100_000.0
ORDER_EPSILON = 1e-9
"""Scores closer than this are the same score when two engines are compared."""


class Signal(StrEnum):
    DISTANCE = "distance"
    RATING = "rating"
    DEAL = "deal"
    POPULARITY = "popularity"
    FRESHNESS = "freshness"


class Sort(StrEnum):
    """What orders the answer. All but SCORE are hard: obeyed exactly, whatever the words; missing values come last."""

    SCORE = "score"
    DISTANCE = "distance"
    RATING = "rating"
    PRICE = "price"
    DISCOUNT = "discount"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class RankingSpec:
    """One way to rank. `weights` holds every signal and sums to 1."""

    profile: str
    weights: Mapping[Signal, float]
    half_distance_metres: float
    """The distance at which the distance signal has halved."""
    sort: Sort = Sort.SCORE


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a document when it is ranked. None: not known."""

    distance_metres: float | None = None
    rating_stars: float | None = None
    """The shrunk mean (`shrunk_rating`), 1 to 5."""
    discount: float | None = None
    """The deal's discount, or the best current one of a place: 0 to 1."""
    popularity: float | None = None
    """`popularity_of(visits)`, 0 to 1."""
    age_days: float | None = None


MISSING: Mapping[Signal, float] = MappingProxyType(
    {
        Signal.DISTANCE: 0.0,  # no origin was given: all are alike
        Signal.RATING: (RATING_PRIOR_STARS - 1) / 4,  # unrated is average, neither punished nor lifted
        Signal.DEAL: 0.0,  # nothing on offer
        Signal.POPULARITY: 0.0,
        Signal.FRESHNESS: 0.0,
    }
)
"""The value of each signal when its fact is not known."""


def _weights(*of_each_signal: float) -> Mapping[Signal, float]:
    return MappingProxyType(dict(zip(Signal, of_each_signal, strict=True)))


@dataclass(frozen=True, slots=True)
class Profile:
    """A named ranking, with its meaning in plain words."""

    name: str
    meaning: str
    weights: Mapping[Signal, float] = field(repr=False)
    half_distance_metres: float


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            Profile(
                "balanced", "Near, well rated, worth it: in that order.", _weights(0.45, 0.25, 0.15, 0.1, 0.05), 800.0
            ),
            Profile("nearest", "Mostly how near; quality breaks ties.", _weights(0.85, 0.08, 0.04, 0.03, 0.0), 400.0),
            Profile("top_rated", "Mostly how well rated, within reach.", _weights(0.2, 0.6, 0.05, 0.15, 0.0), 1_500.0),
            Profile("best_deal", "Mostly how much is saved, in reach.", _weights(0.25, 0.15, 0.5, 0.05, 0.05), 1_500.0),
        )
    }
)
DEFAULT_PROFILE = "balanced"


def shrunk_rating(rating_sum: int, rating_count: int) -> float | None:
    """Bayesian mean of 1..5 stars, to 4 decimals: (prior weight x prior + sum) / (weight + count). None if unrated.

    >>> shrunk_rating(5, 1), shrunk_rating(470, 100)
    (3.8923, 4.6036)
    """
    if rating_count == 0:
        return None
    return round((RATING_PRIOR_WEIGHT * RATING_PRIOR_STARS + rating_sum) / (RATING_PRIOR_WEIGHT + rating_count), 4)


def popularity_of(visits_30d: int) -> float:
    """0 to 1, to 4 decimals: log(1 + visits) / log(1 + FULL_VISITS), at most 1."""
    return round(min(1.0, log1p(visits_30d) / log1p(FULL_VISITS)), 4)


def rating_value(stars: float | None) -> float:
    """The rating signal."""
    return MISSING[Signal.RATING] if stars is None else (stars - 1) / 4


def deal_value(discount: float | None) -> float:
    """The deal signal."""
    return MISSING[Signal.DEAL] if discount is None else min(1.0, discount / FULL_DISCOUNT)


def signal_values(spec: RankingSpec, facts: Facts) -> dict[Signal, float]:
    """Each signal within [0, 1], in the order of Signal; the value in MISSING where its fact is not known."""
    values = dict(MISSING)
    if facts.distance_metres is not None:
        values[Signal.DISTANCE] = spec.half_distance_metres / (spec.half_distance_metres + facts.distance_metres)
    values[Signal.RATING] = rating_value(facts.rating_stars)
    values[Signal.DEAL] = deal_value(facts.discount)
    if facts.popularity is not None:
        values[Signal.POPULARITY] = facts.popularity
    if facts.age_days is not None:
        values[Signal.FRESHNESS] = HALF_AGE_DAYS / (HALF_AGE_DAYS + max(0.0, facts.age_days))
    return values


@dataclass(frozen=True, slots=True)
class Part:
    """What one signal gave: `weight * value == part`, and the parts sum to the score."""

    signal: Signal
    weight: float
    value: float

    @property
    def part(self) -> float:
        return self.weight * self.value


def explain(spec: RankingSpec, facts: Facts) -> tuple[Part, ...]:
    """The score's parts, in the order of Signal."""
    values = signal_values(spec, facts)
    return tuple(Part(signal, spec.weights[signal], values[signal]) for signal in Signal)


def score(spec: RankingSpec, facts: Facts) -> float:
    """The score, summed in the order of Signal: the definition that engines must meet to ORDER_EPSILON.

    >>> spec = spec_for("balanced")
    >>> round(score(spec, Facts(distance_metres=800, rating_stars=4.6, discount=0.35)), 4)
    0.525
    """
    weights = spec.weights
    return sum(weights[signal] * value for signal, value in signal_values(spec, facts).items())


def spec_for(
    profile: str,
    *,
    sort: Sort = Sort.SCORE,
    overrides: Mapping[Signal, float] | None = None,
    half_distance_metres: float | None = None,
) -> RankingSpec:
    """The spec of a profile with overrides: weights given replace the profile's, then all are scaled to sum to 1.

    Raises InvalidParameter for an unknown profile, a weight outside [0, 1], weights that are all zero, or a
    half-distance outside its limits.
    """
    if profile not in PROFILES:
        raise InvalidParameter("profile", f"There is no such profile; take one of {', '.join(PROFILES)}.")
    base = PROFILES[profile]
    weights = {**base.weights, **(overrides or {})}
    for signal, weight in weights.items():
        if not 0.0 <= weight <= 1.0:
            raise InvalidParameter("weights", f"The weight of {signal} must be within 0 and 1.", limit="0..1")
    total = sum(weights[signal] for signal in Signal)
    if total <= 0:
        raise InvalidParameter("weights", "At least one weight must be above 0.", limit="> 0")
    if half_distance_metres is None:
        half_distance_metres = base.half_distance_metres
    if not MIN_HALF_DISTANCE_METRES <= half_distance_metres <= MAX_HALF_DISTANCE_METRES:
        raise InvalidParameter(
            "half_distance_metres",
            "The half-distance must be within 50 and 100000 metres.",
            limit=f"{MIN_HALF_DISTANCE_METRES:g}..{MAX_HALF_DISTANCE_METRES:g}",
        )
    scaled = MappingProxyType({signal: weights[signal] / total for signal in Signal})
    return RankingSpec(profile, scaled, half_distance_metres, sort)
