"""When an engine's page agrees with the oracle: members, order, totals and facets, and how near two keys must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from search.query import SearchQuery
from search.ranking import ORDER_EPSILON, Sort, score
from search.results import Page, SortKey
from tests.oracle import Match, facet_counts

DISTANCE_EPSILON_METRES = 1e-6


@dataclass
class Tally:
    """How often the tolerance was needed: hits that stood elsewhere than in the oracle, within epsilon."""

    questions: int = 0
    hits: int = 0
    swapped: int = 0


def interchangeable(a: SortKey, b: SortKey, sort: Sort) -> bool:
    """Whether float noise may decide which of the two comes first: they are equal up to a value within its epsilon."""
    for position, (x, y) in enumerate(zip(a, b, strict=True)):
        if x != y:
            epsilon = ORDER_EPSILON if sort is Sort.SCORE and position == 1 else DISTANCE_EPSILON_METRES
            return isinstance(x, float) and isinstance(y, float) and abs(x - y) <= epsilon
    return True


def assert_page_agrees(
    page: Page, matches: Sequence[Match], query: SearchQuery, tally: Tally, *, skip: int = 0
) -> None:
    """The page is `matches[skip:skip + limit]`, in order up to epsilon, with the oracle's scores, totals and counts."""
    expected = matches[skip : skip + query.limit]
    assert page.total == len(matches)
    assert len(page.hits) == len(expected)
    by_id = {match.document.id: match for match in matches}
    for hit, match in zip(page.hits, expected, strict=True):
        assert hit.id in by_id, f"{hit.id} does not match the question"
        own = by_id[hit.id]
        assert hit.tier == own.tier
        assert hit.served == own.served
        assert abs(hit.score - score(query.ranking, own.facts)) <= ORDER_EPSILON
        assert interchangeable(own.key, match.key, query.ranking.sort), (
            f"{hit.id} {own.key} stands where {match.document.id} {match.key} should"
        )
        tally.swapped += hit.id != match.document.id
    assert (page.next_after is not None) == (len(matches) > skip + query.limit)
    assert {facet: dict(counts) for facet, counts in page.facets.items()} == {
        facet: facet_counts(query, matches, facet) for facet in query.facets
    }
    tally.questions += 1
    tally.hits += len(expected)
