"""The projection under writers and readers at the same time, and what the statement costs."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.errors import RetryableError
from geo.areas import area_from_rings
from geo.types import Circle
from search.backends.base import CursorExpired
from search.backends.postgis.backend import PostgisBackend, SearchTimeout
from search.backends.registry import backend_for
from search.models import NEVER, Offer
from search.query import Facet
from search.text import parse_text
from tests.contracts.documents import CENTRE, asking, band, document, metres_north
from tests.contracts.serving import branch, who


def backend() -> PostgisBackend:
    return PostgisBackend()


@pytest.mark.django_db
def test_one_row_is_kept_of_each_version_and_one_of_them_is_current():
    for version, stars in enumerate((3.0, 3.0, 4.0), start=1):
        backend().apply([document(1, rating_stars=stars)], gone=[], version=version)
    rows = list(Offer.objects.order_by("added_epoch").values_list("version", "added_epoch", "removed_epoch"))
    assert rows == [(2, 1, 2), (3, 2, NEVER)]


@pytest.mark.django_db
def test_states_that_were_let_go_can_not_be_asked_and_the_newest_is_whole():
    query = asking(limit=2)
    backend().apply([document(n) for n in range(4)], gone=[], version=1)
    first = backend().search(query)
    backend().apply([document(0, rating_stars=5.0)], gone=["place:3"], version=2)
    second = backend().search(query)
    assert backend().forget(keep=timedelta(hours=1)) == 0
    assert [hit.id for hit in backend().search(query, after=first.next_after, epoch=first.epoch).hits] == [
        "place:2",
        "place:3",
    ]
    assert backend().forget(keep=timedelta(0)) == 2
    with pytest.raises(CursorExpired):
        backend().search(query, after=first.next_after, epoch=first.epoch)
    rest = backend().search(query, after=second.next_after, epoch=second.epoch)
    assert [hit.id for hit in (*second.hits, *rest.hits)] == ["place:0", "place:1", "place:2"]


@pytest.mark.django_db
def test_bands_that_somebody_took_away_come_back_with_an_unchanged_document():
    backend().apply([branch(1, band(1))], gone=[], version=1)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_band")
    assert backend().search(who()).total == 0
    backend().apply([branch(1, band(1))], gone=[], version=2)
    page = backend().search(who())
    assert (page.total, page.epoch) == (1, 2)


@pytest.mark.django_db
def test_shapes_are_held_once_and_let_go_with_the_last_state_that_has_them():
    def counted():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT count(*) FROM search_shape), (SELECT count(*) FROM search_piece),"
                " (SELECT count(*) FROM search_band)"
            )
            return cursor.fetchone()

    shared = area_from_rings([[[(24.9, 60.1), (25.0, 60.1), (25.0, 60.2), (24.9, 60.1)]]])
    backend().apply([branch(n, band(n, area=shared), band(n)) for n in (1, 2)], gone=[], version=1)
    assert counted() == (2, 2, 4)  # both circles are round one point
    backend().apply([branch(1), branch(2, band(2, area=shared))], gone=[], version=2)
    assert counted() == (2, 2, 5)
    backend().forget(keep=timedelta(0))
    assert counted() == (1, 1, 1)
    backend().apply([], gone=[f"place:{UUID(int=2)}"], version=3)
    backend().forget(keep=timedelta(0))
    assert counted() == (0, 0, 0)


@pytest.mark.django_db
def test_a_removal_is_remembered_for_as_long_as_tombstones_are_kept():
    backend().apply([document(1)], gone=[], version=1)
    backend().apply([], gone=["place:1"], version=5)
    backend().forget(keep=timedelta(0))
    backend().apply([document(1)], gone=[], version=4)
    assert backend().search(asking()).total == 0
    backend().forget(keep=timedelta(0), keep_tombstones=timedelta(0))
    backend().apply([document(1)], gone=[], version=4)
    assert backend().search(asking()).total == 1


@pytest.mark.django_db
@pytest.mark.parametrize("facets", [frozenset(), frozenset(Facet)])
def test_a_search_is_one_statement_whatever_it_finds_and_counts(facets):
    backend().apply([document(n, chain_id=None) for n in range(30)], gone=[], version=1)
    for limit in (1, 3):
        query = asking(text=parse_text("number"), facets=facets, collapse_chains=True, limit=limit)
        with CaptureQueriesContext(connection) as captured:
            page = backend().search(query)
        assert (len(page.hits), len(captured)) == (limit, 1)


@pytest.mark.django_db
def test_no_statement_is_made_for_an_impossible_question():
    with CaptureQueriesContext(connection) as captured:
        backend().search(asking(impossible=True))
        backend().clusters(asking(impossible=True), resolution=5)
    assert len(captured) == 0


@pytest.mark.django_db
def test_a_statement_that_takes_too_long_is_a_coded_error_that_can_be_retried():
    backend().apply([document(n) for n in range(2_000)], gone=[], version=1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        with pytest.raises(SearchTimeout) as caught:
            backend().search(asking(text=parse_text("number"), facets=frozenset(Facet)))
    assert isinstance(caught.value, RetryableError)
    assert (caught.value.code, caught.value.status) == ("search_timeout", 503)


@pytest.mark.django_db
def test_the_circle_is_looked_up_in_the_index():
    backend().apply([document(n, point=metres_north(20 * n)) for n in range(2_000)], gone=[], version=1)
    with CaptureQueriesContext(connection) as captured:
        backend().search(asking(area=Circle(CENTRE, 100)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE search_offer")
        cursor.execute(f"EXPLAIN {captured[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "search_offer_point" in plan


def test_an_engine_that_there_is_not_is_one_clear_error(settings):
    settings.SEARCH_BACKEND = "postgres"
    with pytest.raises(ImproperlyConfigured, match="'postgres'; take one of auto, opensearch, postgis"):
        backend_for()


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    DOCUMENTS = 40

    @pytest.fixture
    def writers(self):
        """Two threads that keep moving, removing and adding documents until the test has ended."""
        backend().apply([self.placed(n, n) for n in range(self.DOCUMENTS)], gone=[], version=1)
        stop, applied, failed = threading.Event(), [0, 0], []

        def write(which: int) -> None:
            try:
                with closing(connection):
                    while not stop.is_set():
                        applied[which] += 1
                        turn = applied[which]
                        mine = range(which, self.DOCUMENTS, 2)
                        there = [self.placed(n, (n * turn) % 97) for n in mine if (n + turn) % 3]
                        gone = [f"place:{n:03}" for n in mine if not (n + turn) % 3]
                        backend().apply(there, gone=gone, version=1 + turn)
            except Exception as error:  # noqa: BLE001 - told by the assertion below
                failed.append(error)

        threads = [threading.Thread(target=write, args=(which,)) for which in range(2)]
        for thread in threads:
            thread.start()
        yield applied
        stop.set()
        for thread in threads:
            thread.join(timeout=30)
        assert failed == []

    def placed(self, number: int, distance: int):
        return document(f"{number:03}", point=metres_north(10 * distance + 10))

    def walk(self, *, held: bool) -> tuple[int, list[str]]:
        page = backend().search(asking(limit=4))
        total, found = page.total, [hit.id for hit in page.hits]
        epoch = page.epoch
        while page.next_after is not None:
            page = backend().search(asking(limit=4), after=page.next_after, epoch=epoch if held else None)
            found += [hit.id for hit in page.hits]
        return total, found

    def test_pages_show_neither_a_duplicate_nor_a_gap(self, writers):
        while min(writers) < 3:
            pass
        for _ in range(25):
            total, found = self.walk(held=True)
            assert (len(found), len(set(found))) == (total, total)
        assert min(writers) > 5

    @pytest.mark.usefixtures("writers")
    def test_control_without_the_epoch_they_do(self):
        torn = 0
        for _ in range(200):
            total, found = self.walk(held=False)
            torn += len(found) != total or len(set(found)) != total
            if torn >= 3:
                break
        assert torn >= 3

    def test_a_reader_sees_all_of_an_epoch_or_nothing(self, writers):
        """Each apply removes a third of a writer's documents and puts the others: 13 or 14 of its 20 are there."""
        while min(writers) < 2:
            pass
        for _ in range(100):
            page = backend().search(asking(limit=100))
            for which in range(2):
                there = [hit.id for hit in page.hits if int(hit.id[-3:]) % 2 == which]
                assert len(there) in {13, 14}
