"""OpenSearch answers while it can, PostGIS in the same request when it cannot, OpenSearch again when it is back."""

from __future__ import annotations

import socket
from dataclasses import replace
from math import inf
from uuid import UUID

import pytest

from indexing.follower import follow_all
from search.backends.base import CursorExpired
from search.backends.breaker import Breaker
from search.backends.opensearch.backend import OpenSearchBackend
from search.backends.opensearch.client import Client, SearchEngineUnavailable
from search.backends.opensearch.generations import serving
from search.backends.switch import MAX_BEHIND_SECONDS, QUICK_SECONDS, Switch
from search.models import Generation
from tests.contracts.documents import asking, band, document
from tests.contracts.serving import branch, who

pytestmark = [pytest.mark.django_db, pytest.mark.opensearch]


def switch_of(client: Client, *, state=serving, clock=lambda: 0.0) -> Switch:
    return Switch(
        OpenSearchBackend(client, serving=state),
        serving=state,
        probe=lambda known: client.search(known.index, {"size": 0}, timeout_seconds=5),
        breaker=Breaker(failures=2, look_after_seconds=1),
        clock=clock,
        beside=lambda work: work(),
    )


@pytest.fixture
def filled(cluster):
    switch_of(cluster).apply([document(n) for n in range(5)], gone=[], version=1)
    follow_all(cluster)
    return cluster


@pytest.fixture
def dead():
    """A client of a port where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield Client([f"http://127.0.0.1:{held.getsockname()[1]}"])


def told(page):
    return page.backend, page.degraded, [hit.id for hit in page.hits]


ALL = [f"place:{n}" for n in range(5)]


def test_both_engines_say_who_they_are(filled, dead):
    assert told(switch_of(filled).search(asking())) == ("opensearch", False, ALL)
    assert told(switch_of(dead).search(asking())) == ("postgis", True, ALL)
    clusters = [switch_of(client).clusters(asking(), resolution=5) for client in (filled, dead)]
    assert [(each.backend, each.degraded, each.total) for each in clusters] == [
        ("opensearch", False, 5),
        ("postgis", True, 5),
    ]


def test_a_dead_engine_is_not_asked_for_long_and_asked_again_when_it_is_back(filled, dead):
    asked, now = [], [0.0]

    class Lifeline:
        """Dead until `client` is exchanged."""

        client = dead

        def search(self, *args, **options):
            asked.append(now[0])
            return self.client.search(*args, **options)

    line = Lifeline()
    switch = switch_of(line, clock=lambda: now[0])
    for now[0] in (0.0, 0.1, 0.2, 0.3):
        assert told(switch.search(asking()))[:2] == ("postgis", True)
    assert asked == [0.0, 0.1]
    assert not switch.is_well()
    now[0] = 1.5
    assert told(switch.search(asking()))[:2] == ("postgis", True)
    assert asked == [0.0, 0.1, 1.5], "one probe"
    line.client = filled
    now[0] = 2.6
    switch.search(asking())
    assert told(switch.search(asking())) == ("opensearch", False, ALL)
    assert switch.is_well()


def test_an_engine_that_is_back_but_slow_is_not_asked_until_it_is_quick(filled, dead):
    now, takes = [0.0], [0.0]

    class Slow:
        client = dead

        def search(self, *args, **options):
            now[0] += takes[0]
            return self.client.search(*args, **options)

    line = Slow()
    switch = switch_of(line, clock=lambda: now[0])
    for _ in range(2):
        switch.search(asking())
    line.client = filled
    for takes[0], engine in ((QUICK_SECONDS, "postgis"), (QUICK_SECONDS / 4, "opensearch")):
        now[0] += 2
        switch.search(asking())
        assert told(switch.search(asking())) == (engine, engine == "postgis", ALL)


def test_an_index_that_is_not_true_does_not_answer(filled):
    for behind, engine in ((0.0, "opensearch"), (MAX_BEHIND_SECONDS + 1, "postgis"), (inf, "postgis")):
        late = replace(serving(), behind_seconds=behind)
        assert switch_of(filled, state=lambda late=late: late).search(asking()).backend == engine
    assert switch_of(filled, state=lambda: None).search(asking()).backend == "postgis"


def test_before_an_index_was_true_for_the_first_time_nothing_is_degraded(filled):
    for state in (None, replace(serving(), behind_seconds=inf)):
        switch = switch_of(filled, state=lambda state=state: state)
        assert told(switch.search(asking())) == ("postgis", False, ALL)
        assert switch.is_well()
    late = switch_of(filled, state=lambda: replace(serving(), behind_seconds=MAX_BEHIND_SECONDS + 1))
    assert told(late.search(asking())) == ("postgis", True, ALL)
    assert not late.is_well()


def test_an_index_of_another_mapping_does_not_answer(filled):
    Generation.objects.update(mapping_number=-1)
    assert switch_of(filled).search(asking()).backend == "postgis"


def test_an_index_that_was_deleted_is_fallen_back_from_and_made_anew(filled):
    (generation,) = Generation.objects.all()
    filled.delete(generation.name)
    switch = switch_of(filled)
    assert told(switch.search(asking())) == ("postgis", True, ALL)
    Generation.objects.update(true_at=None)  # the follower looks at what it has not for some seconds
    follow_all(filled)
    assert told(switch.search(asking())) == ("opensearch", False, ALL)


def test_a_cursor_is_continued_by_the_engine_that_gave_it(filled, dead):
    query = asking(limit=2)
    for engine, client in (("opensearch", filled), ("postgis", dead)):
        first = switch_of(client).search(query)
        assert first.backend == engine
        later = switch_of(filled).continued(query, engine=engine, after=first.next_after, epoch=first.epoch)
        assert (later.backend, [hit.id for hit in later.hits]) == (engine, ALL[2:4])


def test_a_cursor_outlives_an_outage_and_only_what_is_gone_for_good_ends_it(filled, dead):
    query = asking(limit=2)
    first = switch_of(filled).search(query)

    def continued(client, *, engine="opensearch", epoch=first.epoch, state=serving):
        return switch_of(client, state=state).continued(query, engine=engine, after=first.next_after, epoch=epoch)

    late = replace(serving(), behind_seconds=MAX_BEHIND_SECONDS + 1)
    began_anew = replace(serving(), epoch=0)
    for client, state in (
        (dead, serving),
        (filled, lambda: late),
        (filled, lambda: began_anew),
        (filled, lambda: None),
    ):
        with pytest.raises(SearchEngineUnavailable):
            continued(client, state=state)
    assert [hit.id for hit in continued(filled).hits] == ALL[2:4]
    with pytest.raises(CursorExpired):
        continued(filled, engine="another")
    forgot = replace(serving(), oldest=first.epoch + 1, epoch=first.epoch + 1)
    with pytest.raises(CursorExpired):
        continued(filled, state=lambda: forgot)


def test_writes_never_notice(dead):
    switch = switch_of(dead)
    switch.apply([document(1)], gone=[], version=1)
    assert told(switch.search(asking())) == ("postgis", False, ["place:1"])


def test_a_process_that_knows_less_than_the_one_before_it_looks_again(filled):
    query = asking(limit=2)
    first = switch_of(filled).search(query)
    behind = replace(serving(), epoch=first.epoch - 1)
    engine = OpenSearchBackend(filled, serving=lambda: behind, look_again=serving)
    assert [hit.id for hit in engine.search(query, after=first.next_after, epoch=first.epoch).hits] == ALL[2:4]


def test_what_it_cannot_count_exactly_is_answered_by_postgis_and_it_is_asked_again(cluster, monkeypatch):
    switch = switch_of(cluster)
    chains = [replace(branch(n, band(290)), chain_id=UUID(int=100 + n)) for n in range(3)]
    switch.apply(chains, gone=[], version=1)
    follow_all(cluster)
    limits = {"MAX_BRANCHES": who(), "MAX_GROUPS": asking(collapse_chains=True)}
    for name, question in limits.items():
        exact = told(switch.search(question))
        assert exact == ("opensearch", False, [place.id for place in chains])
        monkeypatch.setattr(f"search.backends.opensearch.backend.{name}", 2)
        for _ in range(3):  # more often than the breaker bears of failures
            assert told(switch.search(question)) == ("postgis", True, exact[2])
        assert switch.is_well()
        monkeypatch.undo()
        assert told(switch.search(question)) == exact
