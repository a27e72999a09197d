"""A question that bands alone answer is planned once on a connection, and answered alike where it may not be."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from geo.types import Circle, Point
from search.backends.postgis.backend import PostgisBackend
from search.backends.postgis.statement import page_statement
from search.document import Kind, Mode
from search.query import Facet, OpenAt
from search.ranking import Sort, spec_for
from tests.contracts.documents import CENTRE, NOW, band
from tests.contracts.serving import branch, numbers, who

pytestmark = pytest.mark.django_db
RANKINGS = [spec_for("balanced"), *(spec_for("nearest", sort=sort) for sort in Sort)]


@pytest.fixture
def backend():
    backend = PostgisBackend()
    backend.apply([branch(1, band(290), band(7, mode=Mode.AT_HOME)), branch(2, band(1))], gone=(), version=1)
    return backend


def _kept() -> list[int]:
    """How often each statement that is kept was run by a plan that does not know the values."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans FROM pg_prepared_statements WHERE custom_plans = 0")
        return [times for (times,) in cursor.fetchall()]


def test_one_plan_answers_every_address(backend):
    before = sum(_kept())
    asked = [numbers(backend.search(who(Point(CENTRE.lon + step / 300, CENTRE.lat)))) for step in range(-30, 30)]
    assert [1, 2] in asked
    assert [] in asked
    assert sum(_kept()) > before + 50


def test_it_is_one_statement_and_counted(backend):
    for _ in range(4):
        with CaptureQueriesContext(connection) as seen:
            assert numbers(backend.search(who())) == [1, 2]
        assert len(seen) == 1


def test_behind_a_pooler_that_forgets_nothing_is_kept(backend, monkeypatch):
    kept = [backend.search(who()) for _ in range(4)][-1]
    monkeypatch.setattr(connection.connection, "prepare_threshold", None)
    before = sum(_kept())
    assert [backend.search(who()) for _ in range(4)] == [kept] * 4
    assert sum(_kept()) == before


@pytest.mark.parametrize("ranking", RANKINGS, ids=lambda spec: str(spec.sort))
@pytest.mark.parametrize(
    "asked",
    [
        {"facets": frozenset(Facet)},
        {"open_at": OpenAt(int(NOW.timestamp()) // 60 + 30)},
        {"open_at": OpenAt(None, {"Europe/Helsinki": int(NOW.timestamp()) // 60 + 30})},
        {"kinds": frozenset({Kind.PLACE}), "attributes": frozenset({"wheelchair"}), "has_deals": True},
        {"has_deals": False, "discount_min": 0.1, "rating_min": 3.0},
        {"price_min_minor": 100, "price_max_minor": 10**12, "currency": "EUR"},
        {"modes": frozenset({Mode.DELIVERY, Mode.AT_HOME}), "limit": 1},
    ],
    ids="-".join,
)
def test_all_that_may_be_asked_beside_is_answered_as_by_plain_statements(backend, monkeypatch, ranking, asked):
    question = who(ranking=ranking, **asked)
    assert page_statement(question, after=None, epoch=None).is_kept
    kept = [backend.search(question) for _ in range(4)]
    behind = [backend.search(question, after=page.next_after, epoch=page.epoch) for page in kept if page.next_after]
    monkeypatch.setattr(connection.connection, "prepare_threshold", None)
    assert [backend.search(question) for _ in range(4)] == kept
    assert [
        backend.search(question, after=page.next_after, epoch=page.epoch) for page in kept if page.next_after
    ] == behind


@pytest.mark.parametrize(
    "other",
    [
        {"modes": frozenset(Mode)},
        {"area": Circle(CENTRE, 1_000)},
        {"categories": frozenset({"food"})},
        {"chain_id": "6f1c0d0e-0000-4000-8000-000000000000"},
        {"collapse_chains": True},
    ],
    ids="-".join,
)
def test_what_another_index_may_find_is_planned_for_its_values(other):
    assert not page_statement(who(**other), after=None, epoch=None).is_kept
