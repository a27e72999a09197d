"""Whatever is asked, only clauses that are allowed leave for the cluster, bounded in size and time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from geo.types import Point
from search.backends.opensearch import mapping, request
from search.backends.opensearch.filters import _COVERS
from search.query import MAX_LIMIT
from tests.contracts.documents import document
from tests.questions import Questioner

AS_OF = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
QUESTIONS = 2_000

CLAUSES = {
    "bool", "term", "terms", "prefix", "range", "exists", "constant_score", "dis_max", "geo_distance",
    "geo_bounding_box", "script", "match_none",
}  # fmt: skip
AGGREGATIONS = {"terms", "range", "filters", "composite", "sum"}
BODY = {
    "query", "sort", "size", "track_total_hits", "track_scores", "timeout", "search_after", "aggs", "collapse",
    "_source", "docvalue_fields",
}  # fmt: skip


@pytest.fixture(scope="module")
def ask():
    places = [
        document(n, point=Point(24.9 + n / 1000, 60.1 + n / 2000), names=[f'Café {n} \\ " {{}}', "咖啡"], price_minor=n)
        for n in range(60)
    ]
    return Questioner(places, seed=41, as_of=AS_OF, span_metres=9_000)


def clauses_of(node):
    """Every query clause in a body, by walking the places where clauses may stand."""
    (name, inside), *more = node.items()
    assert not more, node
    yield name, inside
    if name == "bool":
        for occur in ("filter", "must", "must_not", "should"):
            for child in inside.get(occur, ()):
                yield from clauses_of(child)
    elif name == "dis_max":
        for child in inside["queries"]:
            yield from clauses_of(child)
    elif name == "constant_score":
        yield from clauses_of(inside["filter"])


def fields_of(name, inside):
    if name in {"term", "terms", "prefix", "range"}:
        return set(inside)
    return {"exists": {inside.get("field")}, "geo_distance": {"point"}, "geo_bounding_box": {"point"}}.get(name, set())


def scripts_of(node):
    if isinstance(node, dict):
        if "lang" in node:
            yield node
        for child in node.values():
            yield from scripts_of(child)
    elif isinstance(node, list):
        for child in node:
            yield from scripts_of(child)


def assert_allowed(body):
    assert set(body) <= BODY
    assert 0 <= body["size"] <= max(MAX_LIMIT + 1, mapping.MAX_GROUPS)
    assert body["timeout"] == "800ms"
    for name, inside in clauses_of(body["query"]):
        assert name in CLAUSES
        assert fields_of(name, inside) <= set(mapping.PROPERTIES)
    for aggregation in body.get("aggs", {}).values():
        assert set(aggregation) <= AGGREGATIONS | {"aggs"}
    for script in scripts_of(body):
        assert set(script) == {"lang", "source", "params"}
        assert script["lang"] == "expression" or script["source"] == _COVERS


def test_only_allowed_clauses_are_made(ask):
    sources = set()
    for _ in range(QUESTIONS):
        query = ask.question()
        bodies = [
            request.page(query, epoch=7, after=None, best=None, timeout_ms=800),
            request.best_of_chains(replace(query, collapse_chains=True), epoch=7, timeout_ms=800),
            request.clusters(query, epoch=7, resolution=5, best=[1], after=None, timeout_ms=800),
        ]
        for body in bodies:
            assert_allowed(body)
            sources |= {script["source"] for script in scripts_of(body)}
    # Each source is compiled once and kept: what a caller sends may vary parameters alone.
    assert len(sources) < 40


def test_control_the_walk_sees_what_is_not_allowed():
    query = {"bool": {"must": [{"dis_max": {"queries": [{"query_string": {"query": "*"}}]}}]}}
    with pytest.raises(AssertionError):
        assert_allowed({"query": query, "size": 1, "timeout": "800ms"})


def test_a_document_has_fields_of_the_mapping_alone():
    row = (
        5, "place:5", 1, 9, "digest", "place", "branch", None, "chain", "Europe/Helsinki", ["food"], ["wifi"],
        ["w=x"], 24.9, 60.1, 0.1, 0.2, 0.3, 0x8C1126D338FFFFF, "{[5,9),[12,20)}",
        700, "EUR", 0.5, 4.5, 2, 0.25, 1_500_000, 1, 2, "{}",
    )  # fmt: skip
    body = mapping.body_of(row)
    assert set(body) == set(mapping.PROPERTIES)
    assert body["open_minutes"] == [{"gte": 5, "lt": 9}, {"gte": 12, "lt": 20}]
    assert body["hit"]["open"] == [(5, 9), (12, 20)]
    assert (body["listed"], body["group"]) == (1.5, "place:chain")
