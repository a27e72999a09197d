"""The index holds what the projection holds, whatever order, repetition, refusal or loss there is on the way."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from config import failpoints
from config.failpoints import FailPointReached
from indexing import comparing, follower, parking, reading, writing
from indexing.follower import Followed, follow, follow_all, purge, try_parked_again
from search.backends.opensearch.backend import OpenSearchBackend
from search.backends.opensearch.client import SearchEngineUnavailable
from search.backends.opensearch.followed import OFFERS
from search.backends.opensearch.generations import serving
from search.backends.postgis import projection
from search.models import Epoch, Generation, Parked
from tests.contracts.documents import asking, document
from tests.indexing.test_failpoints import FOLLOWER, SEEDS

pytestmark = [pytest.mark.django_db, pytest.mark.opensearch]


def put(*documents, gone=(), version):
    projection.apply(documents, gone=gone, version=version)


def found(client) -> list[str]:
    return [hit.id for hit in OpenSearchBackend(client, serving=serving).search(asking(limit=100)).hits]


def difference(client) -> int:
    (generation,) = Generation.objects.filter(is_serving=True)
    return comparing.compare(client, generation).count


def test_what_comes_changes_and_goes_is_followed(cluster):
    put(document(1), document(2), version=1)
    assert follow_all(cluster) == Followed(2, 0, is_true=True)
    assert found(cluster) == ["place:1", "place:2"]
    put(document(2, rating_stars=5.0), document(3), gone=["place:1"], version=2)
    follow_all(cluster)
    assert found(cluster) == ["place:2", "place:3"]
    assert difference(cluster) == 0
    assert follow(cluster) == Followed(0, 0, is_true=True)


def test_it_goes_on_where_it_was(cluster, monkeypatch):
    monkeypatch.setattr(follower, "ROWS_OF_A_PASS", 3)
    for version in range(1, 6):
        put(*(document(10 * version + n) for n in range(2)), version=version)
    assert [follow(cluster).rows for _ in range(4)] == [4, 4, 2, 0]
    assert len(found(cluster)) == 10


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", FOLLOWER)
def test_a_follower_that_dies_loses_nothing(cluster, name, seed):
    chance = random.Random(f"{name}{seed}")
    put(*(document(n) for n in range(6)), version=1)
    follow_all(cluster)
    for version in range(2, 5):
        changed = chance.sample(range(6), 3)
        put(
            *(document(n, rating_stars=chance.uniform(1, 5)) for n in changed[:2]),
            gone=[f"place:{changed[2]}"],
            version=version,
        )
    failpoints.arm(failpoints.action_of(f"{name}=raise"))
    try:
        with pytest.raises(FailPointReached):
            follow_all(cluster)
    finally:
        failpoints.arm(None)
    put(document(9), version=9)
    assert follow_all(cluster).is_true
    assert difference(cluster) == 0


class Rude:
    """Passes on to the cluster, but answers a share of the items as a cluster in trouble does."""

    def __init__(self, client, answer):
        self._client, self._answer = client, answer

    def __getattr__(self, name):
        return getattr(self._client, name)

    def bulk(self, index, lines):
        return [self._answer(number, item) for number, item in enumerate(self._client.bulk(index, lines))]


def test_an_item_without_room_is_tried_again_and_the_checkpoint_waits(cluster, monkeypatch):
    monkeypatch.setattr(writing, "BACK_OFF_SECONDS", 0)
    put(*(document(n) for n in range(4)), version=1)
    full = Rude(cluster, lambda number, item: {"status": 429} if number == 1 else item)
    with pytest.raises(SearchEngineUnavailable):
        follow(Rude(cluster, lambda *_: {"status": 503}))
    assert Generation.objects.get().epoch == 0
    assert follow_all(full).is_true
    assert len(found(cluster)) == 4


def test_an_item_that_is_refused_is_parked_with_its_reason_and_repaired(cluster):
    put(*(document(n) for n in range(4)), version=1)
    refused = {"status": 400, "error": {"type": "mapper_parsing_exception"}}

    class Refusing(Rude):
        def bulk(self, index, lines):
            parts = lines.split(b"\n")
            kept = b"\n".join([*parts[:2], *parts[4:]])
            done = list(self._client.bulk(index, kept))
            return [done[0], refused, *done[1:]]

    assert follow_all(Refusing(cluster, None)) == Followed(4, 1, is_true=True)
    (parked,) = Parked.objects.all()
    assert (parked.document_id, parked.reason) == ("place:1", str(refused["error"]))
    (generation,) = Generation.objects.all()
    differing = comparing.compare(cluster, generation)
    assert (differing.compared, differing.count, differing.parked) == (4, 0, (parked.row_id,))
    comparing.repair(cluster, generation, differing)
    assert comparing.compare(cluster, generation) == comparing.Differences(4)
    assert not Parked.objects.exists()


def test_what_was_refused_is_tried_again_after_a_while_and_let_go_when_it_is_no_more(cluster, monkeypatch):
    put(*(document(n) for n in range(3)), version=1)
    follow_all(cluster)
    (generation,) = Generation.objects.all()
    here, there = reading.rows_changed(OFFERS, 0, 1)[:2]
    parking.park(generation, [(here, "place:0", "no room"), (10**9, "place:gone", "no room")])
    parking.park(generation, [(here, "place:0", "still none")])
    assert Parked.objects.get(row_id=here).attempts == 2
    assert try_parked_again(cluster) == 0, "not at once"
    monkeypatch.setattr(parking, "TRY_AGAIN_SECONDS", -1)
    assert try_parked_again(cluster) == 1
    assert not Parked.objects.exists()
    parking.park(generation, [(there, "place:1", "no room")])
    put(document(1, rating_stars=2.0), version=2)
    follow_all(cluster)
    assert not Parked.objects.exists(), "its tombstone was taken"


def test_repair_takes_out_what_is_extra_and_mends_what_is_other(cluster):
    put(*(document(n) for n in range(3)), version=1)
    follow_all(cluster)
    (generation,) = Generation.objects.all()
    rows = [list(row) for row in reading.rows_by_id(OFFERS, reading.rows_changed(OFFERS, 0, 1))]
    rows[0][4] = "00000000-0000-0000-0000-000000000000"
    rows.append([10**9, "place:stray", *rows[1][2:]])
    writing.write(cluster, generation, [[tuple(rows[0]), tuple(rows[3])]])
    cluster.refresh(generation.name)
    differing = comparing.compare(cluster, generation)
    assert (len(differing.missing), differing.extra, len(differing.other)) == (0, (10**9,), 1)
    comparing.repair(cluster, generation, differing)
    assert difference(cluster) == 0


@pytest.mark.parametrize("seed", range(3))
def test_histories_with_late_and_repeated_passes_end_in_the_same(cluster, seed):
    """A worker that stood still writes old rows again at any moment; nothing comes back."""
    dice = random.Random(seed)
    held_up = []
    for version in range(1, 30):
        changes = dice.sample(range(8), 3)
        documents = [document(n, rating_stars=dice.choice([3.0, 4.0, 5.0])) for n in changes[:2]]
        put(*documents, gone=[f"place:{changes[2]}"], version=version)
        if dice.random() < 0.4:
            follow_all(cluster)
            generation = Generation.objects.get()
            writing.write(cluster, generation, held_up)
            cluster.refresh(generation.name)
            if dice.random() < 0.3:
                Generation.objects.update(epoch=dice.randrange(generation.epoch + 1))
        held_up.append(reading.rows_by_id(OFFERS, reading.rows_changed(OFFERS, 0, version)))
    follow_all(cluster)
    assert difference(cluster) == 0
    current = {hit.id for hit in projection_page().hits}
    assert set(found(cluster)) == current


def projection_page():
    from search.backends.postgis.backend import PostgisBackend

    return PostgisBackend().search(asking(limit=100))


def test_the_projection_keeps_what_an_index_has_not_seen(cluster):
    put(document(1), version=1)
    follow_all(cluster)
    put(gone=["place:1"], version=2)
    assert projection.forget(keep=timedelta(0)) == 0
    follow_all(cluster)
    assert projection.forget(keep=timedelta(0)) == 1
    assert found(cluster) == []


def test_an_index_given_up_begins_anew(cluster):
    put(document(1), document(2), version=1)
    follow_all(cluster)
    put(gone=["place:1"], version=2)
    Generation.objects.update(followed_at="2020-01-01T00:00:00Z")
    assert projection.forget(keep=timedelta(0)) == 1
    put(document(3), version=3)
    follow_all(cluster)
    assert found(cluster) == ["place:2", "place:3"]
    assert difference(cluster) == 0


def test_an_index_that_somebody_deleted_begins_anew(cluster):
    put(document(1), version=1)
    follow_all(cluster)
    cluster.delete(Generation.objects.get().name)
    put(document(2), version=2)
    follow_all(cluster)
    assert found(cluster) == ["place:1", "place:2"]


def test_tombstones_are_purged_long_after_anyone_could_ask_for_them(cluster, monkeypatch):
    put(document(1), version=1)
    put(document(1, rating_stars=4.0), version=2)
    follow_all(cluster)
    projection.forget(keep=timedelta(0))
    assert Epoch.objects.get().oldest == 2
    assert purge(cluster) == 0, "noted, not done"
    assert purge(cluster) == 0, "not an hour later"
    monkeypatch.setattr(follower, "PURGE_AFTER", timedelta(0))
    failpoints.arm(failpoints.action_of("after_purge=raise"))
    try:
        with pytest.raises(FailPointReached):
            purge(cluster)
    finally:
        failpoints.arm(None)
    assert purge(cluster) == 0, "it was done, and is noted now"
    assert found(cluster) == ["place:1"]
    assert difference(cluster) == 0
