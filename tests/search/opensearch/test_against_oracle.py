"""The `opensearch` engine against brute force over real places of three countries: members, order, totals, facets,
clusters, paging. VICINITY_QUESTIONS asks more of it than a test run does (5,000 took part in docs/opensearch.md).
"""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from search.results import Page
from tests.agreement import Tally, assert_page_agrees
from tests.oracle import Oracle, cluster_counts
from tests.questions import Questioner
from tests.real_places import documents

pytestmark = [pytest.mark.shared_data, pytest.mark.opensearch, pytest.mark.slow, pytest.mark.django_db]

AS_OF = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
SEED = 20_261_122
QUESTIONS = int(os.environ.get("VICINITY_QUESTIONS", "450"))
CITIES = {
    "munich": ("munich_osm_merchants.geojson.gz", "EUR", 25_000),
    "tainan": ("tainan_restaurants_zh.csv.gz", "TWD", 60_000),
    "japan": ("japan_osm_pois_2014.csv.gz", "JPY", 2_000_000),
}
CLUSTER_QUESTIONS = QUESTIONS // 10


@pytest.fixture(params=list(CITIES))
def city(request, shared_data):
    file, currency, span = CITIES[request.param]
    oracle = Oracle(documents(shared_data / file, seed=SEED, now=AS_OF, currency=currency))
    return oracle, Questioner(oracle.documents, seed=SEED, as_of=AS_OF, span_metres=span)


def test_random_questions_are_answered_as_by_brute_force(city, followed, record_property):
    oracle, ask = city
    followed.apply(oracle.documents, gone=[], version=1)
    tally = Tally()
    for number in range(QUESTIONS):
        query = ask.question()
        matches = oracle.matches(query)
        page = followed.search(query)
        try:
            assert_page_agrees(page, matches, query, tally)
            if page.next_after is not None:
                further: Page = followed.search(query, after=page.next_after, epoch=page.epoch)
                assert_page_agrees(further, matches, query, tally, skip=query.limit)
        except AssertionError as error:
            raise AssertionError(f"question {number} of seed {SEED}: {query}") from error
    record_property("tally", str(tally))  # a text: it crosses process borders
    assert tally.hits > 5 * QUESTIONS, "the questions must find something"

    resolutions = random.Random(SEED)
    for _ in range(CLUSTER_QUESTIONS):
        query = replace(ask.question(), collapse_chains=False, facets=frozenset())
        resolution = resolutions.randint(3, 11)
        matches = oracle.matches(query)
        clusters = followed.clusters(query, resolution=resolution)
        assert {cluster.cell: cluster.count for cluster in clusters.cells} == cluster_counts(matches, resolution)
        assert clusters.total == len(matches)
