"""The tiers of search.text as one scoring clause: the score of a document says its tier. Pure."""

from __future__ import annotations

from typing import Any

from search.text import QueryWord, TextQuery, Tier

Clause = dict[str, Any]

_WORST = max(Tier) + 1


def tier_of_score(score: float) -> Tier:
    return Tier(_WORST - round(score))


def score_of_tier(tier: int) -> float:
    return float(_WORST - tier)


def tiers(text: TextQuery) -> Clause:
    """Matches what matches in any tier; scores it by the best, in whole numbers that a 32-bit float holds exactly."""
    plain = [_plain(word) for word in text.words]
    heard = [_heard(here, word) for here, word in zip(plain, text.words, strict=True)]
    clauses = [
        _scored(Tier.EXACT, _term(text.name)),
        _scored(Tier.PREFIX, _prefix(text.name)),
        _scored(Tier.ALL_WORDS, _all(plain)),
        _scored(Tier.FUZZY, _all([_fuzzy(here, word) for here, word in zip(heard, text.words, strict=True)])),
    ]
    if heard != plain:
        clauses.append(_scored(Tier.PINYIN, _all(heard)))
    if text.some_words_needed is not None:
        some = {"bool": {"should": plain, "minimum_should_match": text.some_words_needed}}
        clauses.append(_scored(Tier.SOME_WORDS, some))
    initials = [_term(term) for term in text.initials]
    if text.initials_prefix is not None:
        initials.append(_prefix(text.initials_prefix))
    if initials:
        clauses.append(_scored(Tier.INITIALS, _any(initials)))
    return {"dis_max": {"queries": clauses}}


def _scored(tier: Tier, clause: Clause) -> Clause:
    return {"constant_score": {"filter": clause, "boost": score_of_tier(tier)}}


def _plain(word: QueryWord) -> Clause:
    whole = _all([_term(term) for term in word.exact])
    return whole if word.prefix is None else _any([whole, _prefix(word.prefix)])


def _heard(plain: Clause, word: QueryWord) -> Clause:
    return plain if word.sound is None else _any([plain, _prefix(word.sound)])


def _fuzzy(heard: Clause, word: QueryWord) -> Clause:
    return heard if not word.typo else _any([heard, {"terms": {"terms": list(word.typo)}}])


def _term(term: str) -> Clause:
    return {"term": {"terms": {"value": term}}}


def _prefix(start: str) -> Clause:
    return {"prefix": {"terms": {"value": start}}}


def _all(clauses: list[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else {"bool": {"filter": clauses}}


def _any(clauses: list[Clause]) -> Clause:
    return {"bool": {"should": clauses, "minimum_should_match": 1}}
