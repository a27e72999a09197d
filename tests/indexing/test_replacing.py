"""A new index takes the place of the one that serves: searches go on, and whoever dies on the way leaves no trace."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from config import failpoints
from config.failpoints import FailPointReached
from indexing import comparing, generations, parking, reading, replacing
from indexing.follower import follow_all
from indexing.rebuild import RebuildRuns
from indexing.replacing import NotTheSame, replace_index
from indexing.turns import turn
from search.backends.opensearch.backend import OpenSearchBackend
from search.backends.opensearch.followed import OFFERS
from search.backends.opensearch.generations import serving
from search.backends.postgis import projection
from search.backends.postgis.backend import PostgisBackend
from search.models import Epoch, Generation
from tests.contracts.documents import asking, document
from tests.indexing.test_failpoints import GENERATIONS, SLOW_SEEDS

pytestmark = [pytest.mark.django_db, pytest.mark.opensearch]


def put(*documents, gone=(), version):
    projection.apply(documents, gone=gone, version=version)


def found(client) -> list[str]:
    return [hit.id for hit in OpenSearchBackend(client, serving=serving).search(asking(limit=100)).hits]


def indexes(client) -> set[str]:
    return set(client.indexes(f"{settings.OPENSEARCH_PREFIX}-*"))


@pytest.fixture
def impatient(monkeypatch):
    """Nothing is kept for those who go by what they knew."""
    monkeypatch.setattr(generations, "RETIRED_FOR", timedelta(seconds=-1))
    monkeypatch.setattr(generations, "ORPHAN_AFTER", timedelta(minutes=-1))


@pytest.fixture
def filled(cluster):
    put(*(document(n) for n in range(6)), version=1)
    follow_all(cluster)
    return cluster


def test_it_serves_all_the_while_and_keeps_cursors(filled, impatient):
    old = Generation.objects.get()
    engine = OpenSearchBackend(filled, serving=serving)
    first = engine.search(asking(limit=3))
    put(document(0, rating_stars=5.0), gone=["place:4"], version=2)
    told = []
    new = replace_index(filled, tell=lambda _: told.append(found(filled)))
    assert told
    assert all(told)
    assert new.number == old.number + 1
    assert Generation.objects.get(is_serving=True).name == new.name
    assert indexes(filled) == {old.name, new.name}, "for those who go by what they knew"
    assert generations.sweep(filled) == [old.name]
    assert list(Generation.objects.values_list("name", flat=True)) == [new.name]
    assert indexes(filled) == {new.name}
    later = engine.search(asking(limit=3), after=first.next_after, epoch=first.epoch)
    assert [hit.id for hit in later.hits] == ["place:3", "place:4", "place:5"]


def test_the_tenth_is_later_than_the_ninth(filled):
    ninth = generations.make_generation(filled, OFFERS)
    tenth = generations.make_generation(filled, OFFERS)
    Generation.objects.filter(name=tenth.name).update(number=10)
    Generation.objects.filter(name=ninth.name).update(number=9)
    assert replace_index(filled).name == tenth.name, "the last one is gone on with"
    assert ninth.name not in indexes(filled)


def test_one_that_differs_is_mended_or_does_not_serve(filled, monkeypatch):
    old = Generation.objects.get()
    monkeypatch.setattr(replacing, "compare", lambda *_: comparing.Differences(3, missing=(1,)))
    with pytest.raises(NotTheSame):
        replace_index(filled)
    assert Generation.objects.get(is_serving=True).name == old.name
    monkeypatch.undo()
    assert replace_index(filled).number == 2, "it goes on with the one it had"


def test_what_differs_in_the_new_one_is_written_again(filled, monkeypatch):
    """Rows are lost on the way to the new index, in silence; comparing finds them and they are repaired."""

    class Losing:
        lost = 0

        def __getattr__(self, name):
            return getattr(filled, name)

        def bulk(self, index, lines):
            if self.lost:
                return filled.bulk(index, lines)
            self.lost += 1
            kept = filled.bulk(index, b"\n".join(lines.split(b"\n")[2:]))
            return [{"status": 201}, *kept]

    losing = Losing()
    new = replace_index(losing)
    assert losing.lost == 1
    assert comparing.compare(filled, new) == comparing.Differences(6)


def test_a_document_refused_by_both_is_no_reason_and_by_the_new_one_alone_is(filled):
    row = reading.rows_changed(OFFERS, 0, 1)[0]
    old = Generation.objects.get()

    class Refusing:
        def __getattr__(self, name):
            return getattr(filled, name)

        def bulk(self, index, lines):
            parts = lines.split(b"\n")
            if b'"_id":"%d"' % row not in parts[0]:
                return filled.bulk(index, lines)
            return [{"status": 400, "error": "not this"}, *filled.bulk(index, b"\n".join(parts[2:]))]

    with pytest.raises(NotTheSame, match="place:0: not this"):
        replace_index(Refusing())
    parking.park(old, [(row, "place:0", "not this")])
    new = replace_index(Refusing())
    assert comparing.compare(filled, new) == comparing.Differences(6, parked=(row,))
    assert replace_index(Refusing(), accept_parked=True).number == new.number + 1


def test_two_do_not_replace_at_once(filled):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended('replace offers', 0))")
        with pytest.raises(RebuildRuns):
            replace_index(filled)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        other.close()
    with turn("replace offers") as is_ours:
        assert is_ours


def test_of_two_that_make_the_first_index_one_takes_its_own_away(cluster, monkeypatch):
    made = generations.create_index

    def meanwhile(client, table):
        monkeypatch.setattr(generations, "create_index", made)
        generations.ensure_serving(client, table)
        return made(client, table)

    monkeypatch.setattr(generations, "create_index", meanwhile)
    generations.ensure_serving(cluster, OFFERS)
    assert indexes(cluster) == {Generation.objects.get().name}


def test_what_other_code_left_goes_when_nobody_follows_it(filled, impatient):
    old = Generation.objects.get()
    Generation.objects.update(mapping_number=0)
    follow_all(filled)
    assert Generation.objects.filter(is_serving=True).count() == 2, "each code asks its own"
    assert generations.sweep(filled) == []
    Generation.objects.filter(name=old.name).update(followed_at="2020-01-01T00:00:00Z")
    assert generations.sweep(filled) == [old.name]
    assert indexes(filled) == {serving().index}


def test_only_our_own_orphans_are_swept(filled, impatient, monkeypatch):
    mine = generations.create_index(filled, OFFERS).name
    monkeypatch.setattr(generations, "_owner", lambda: "another/database")
    theirs = generations.create_index(filled, OFFERS).name
    monkeypatch.undo()
    monkeypatch.setattr(generations, "ORPHAN_AFTER", timedelta(minutes=1))
    assert generations.sweep(filled) == [], "somebody may be about to write its row"
    monkeypatch.setattr(generations, "ORPHAN_AFTER", timedelta(minutes=-1))
    assert generations.sweep(filled) == [mine]
    assert theirs in indexes(filled)


@pytest.mark.parametrize("seed", SLOW_SEEDS)
@pytest.mark.parametrize("name", GENERATIONS)
def test_whoever_dies_on_the_way_loses_nothing_and_leaves_nothing(cluster, impatient, name, seed):
    chance = random.Random(f"{name}{seed}")
    version = 0

    def change():
        nonlocal version
        version += 1
        numbers = chance.sample(range(8), 3)
        put(
            *(document(n, rating_stars=chance.uniform(1, 5)) for n in numbers[:2]),
            gone=[f"place:{numbers[2]}"],
            version=version,
        )

    def work():
        follow_all(cluster)
        if name == "after_begin_anew":
            cluster.delete(Generation.objects.get(is_serving=True).name)
            Generation.objects.update(true_at=None)
        follow_all(cluster)
        if name in {"amid_repair", "after_repair"}:
            spoil(cluster, chance)
        replace_index(cluster)
        generations.sweep(cluster)

    for _ in range(chance.randint(2, 5)):
        change()
    failpoints.arm(failpoints.action_of(f"{name}=raise"))
    try:
        with pytest.raises(FailPointReached):
            work()
    finally:
        failpoints.arm(None)
    for _ in range(chance.randint(1, 3)):
        change()
    assert follow_all(cluster).is_true
    generation = replace_index(cluster)
    generations.sweep(cluster)
    assert indexes(cluster) == {generation.name}
    assert comparing.compare(cluster, generation).count == 0
    assert set(found(cluster)) == {hit.id for hit in PostgisBackend().search(asking(limit=100)).hits}


def spoil(client, chance):
    """A new index that says it followed everything, and did not."""
    building = generations.make_generation(client, OFFERS)
    current = Epoch.objects.get().current
    Generation.objects.filter(name=building.name).update(epoch=chance.randint(max(1, current - 1), current))


def test_control_a_swap_without_comparison_loses_documents(filled, monkeypatch):
    """The guard of the above: with it off, what was lost on the way is lost for those who search."""
    spoil(filled, random.Random(1))
    monkeypatch.setattr(replacing, "_hold_to_account", lambda *_: None)
    replace_index(filled)
    assert found(filled) == []
