"""The PostGIS backend against brute force over real places: members, order, totals, facets, clusters, paging."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import connection

from geo.types import Box
from search.backends.registry import backend_for
from search.query import SearchQuery
from search.ranking import Sort, spec_for
from tests.agreement import Tally, assert_page_agrees
from tests.oracle import Oracle, cluster_counts
from tests.questions import Questioner
from tests.real_places import documents

pytestmark = [pytest.mark.shared_data, pytest.mark.django_db(transaction=False), pytest.mark.slow]

AS_OF = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
MUNICH = Box(11.35, 48.05, 11.73, 48.26)
QUESTIONS = 2_000
SEED = 20_261_122


@pytest.fixture(scope="module")
def munich(shared_data):
    return Oracle(documents(shared_data / "munich_osm_merchants.geojson.gz", seed=SEED, now=AS_OF, currency="EUR"))


@pytest.fixture(scope="module")
def backend(munich, django_db_setup, django_db_blocker):
    """The projection filled once for the module; afterwards as if it had never been, old versions included."""
    engine = backend_for("postgis")
    with django_db_blocker.unblock():
        engine.apply(munich.documents, gone=[], version=1)
    yield engine
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        tables = (model._meta.db_table for model in apps.get_app_config("search").get_models())
        cursor.execute(f"TRUNCATE {', '.join(tables)}")


@pytest.fixture(scope="module")
def ask(munich):
    return Questioner(munich.documents, seed=SEED, as_of=AS_OF, span_metres=25_000)


def test_random_questions_are_answered_as_by_brute_force(munich, backend, ask, record_property):
    tally = Tally()
    for number in range(QUESTIONS):
        query = ask.question()
        matches = munich.matches(query)
        page = backend.search(query)
        try:
            assert_page_agrees(page, matches, query, tally)
            if page.next_after is not None:
                further = backend.search(query, after=page.next_after, epoch=page.epoch)
                assert_page_agrees(further, matches, query, tally, skip=query.limit)
        except AssertionError as error:
            raise AssertionError(f"question {number} of seed {SEED}: {query}") from error
    record_property("tally", str(tally))  # a text: it crosses process borders
    assert tally.hits > 10 * QUESTIONS, "the questions must find something"


def test_clusters_count_what_the_search_finds(munich, backend, ask):
    resolutions = random.Random(SEED)
    for _ in range(200):
        query = replace(ask.question(), collapse_chains=False, facets=frozenset())
        resolution = resolutions.randint(3, 11)
        matches = munich.matches(query)
        clusters = backend.clusters(query, resolution=resolution)
        assert {cluster.cell: cluster.count for cluster in clusters.cells} == cluster_counts(matches, resolution)
        assert clusters.total == len(matches)


@pytest.mark.parametrize("sort", list(Sort))
def test_every_page_of_the_city_once_and_in_order(munich, backend, sort):
    query = SearchQuery(
        as_of=AS_OF, ranking=spec_for("balanced", sort=sort), area=MUNICH, origin=MUNICH.centre, limit=100
    )
    matches = munich.matches(query)
    page, seen = backend.search(query), []
    while True:
        assert_page_agrees(page, matches, query, Tally(), skip=len(seen))
        seen += [hit.id for hit in page.hits]
        if page.next_after is None:
            break
        page = backend.search(query, after=page.next_after, epoch=page.epoch)
    assert len(seen) == len(set(seen)) == len(matches)
