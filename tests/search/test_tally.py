"""The tally against counting row by row: any viewport, cell size, kind, instant and held epoch, whoever wrote."""

from __future__ import annotations

import random
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction

from geo.types import Box, Point
from search.backends.postgis import tally, tallying
from search.backends.postgis.backend import PostgisBackend
from search.document import Kind, OfferDocument
from search.models import Epoch, Offer, Tally
from search.query import Bookable, SearchQuery
from search.results import Clusters
from search.text import parse_text
from tests.contracts.documents import CENTRE, NOW, asking, document

BACKEND = PostgisBackend()
HOUR = timedelta(hours=1)
SPREADS = (0.002, 0.02, 0.3, 5.0)
SEED = 20_261_125


def counts(found: Clusters) -> dict[int, int]:
    return {cell.cell: cell.count for cell in found.cells}


def assert_same(query: SearchQuery, *, resolution: int, epoch: int | None = None) -> Clusters:
    told = BACKEND.tallied(query, resolution=resolution, epoch=epoch)
    counted = BACKEND.counted(query, resolution=resolution, epoch=epoch)
    assert told is not None
    assert (counts(told), told.total, told.epoch) == (counts(counted), counted.total, counted.epoch)
    for one, other in zip(told.cells, counted.cells, strict=True):
        assert (one.lon, one.lat) == pytest.approx((other.lon, other.lat), abs=1e-7)
    return told


class World:
    """Random documents round a few middles, of which two lie where longitudes and hemispheres meet."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.middles = [CENTRE, Point(179.999, -17.0), Point(0.0, 51.48), Point(-58.4, -34.6)]
        self.version = 0

    def point(self) -> Point:
        middle, spread = self.dice.choice(self.middles), self.dice.choice(SPREADS)
        lon = (middle.lon + self.dice.gauss(0, spread) + 180) % 360 - 180
        return Point(lon, max(-85.0, min(85.0, middle.lat + self.dice.gauss(0, spread))))

    def document(self, number: int) -> OfferDocument:
        kind = self.dice.choice(list(Kind))
        bounds = [None, None]
        if kind is Kind.DEAL:
            bounds = [NOW + self.dice.randrange(-30, 30) * HOUR for _ in bounds]
            bounds.sort()
            bounds[1] += HOUR
        return document(
            number, kind=kind, id=f"{kind}:{number}", point=self.point(), valid_from=bounds[0], valid_until=bounds[1],
            rating_stars=self.dice.choice([None, 3.0, 4.0]),
        )  # fmt: skip

    def write(self) -> None:
        """Some come, some change, some move, some go."""
        self.version += 1
        numbers = self.dice.sample(range(120), self.dice.randrange(1, 25))
        keep = self.dice.randrange(len(numbers) + 1)
        come = [self.document(number) for number in numbers[:keep]]
        gone = [f"{kind}:{number}" for number in numbers[keep:] for kind in Kind]
        BACKEND.apply(come, gone=gone, version=self.version)

    def box(self) -> Box | None:
        if self.dice.random() < 0.1:
            return None
        middle = self.point()
        reach = self.dice.choice((0.001, 0.01, 0.1, 1.0, 20.0, 90.0))
        west, east = ((middle.lon + way * reach + 180) % 360 - 180 for way in (-1, 1))
        south, north = max(-90.0, middle.lat - reach), min(90.0, middle.lat + reach / 2)
        return Box(west, south, east, north)

    def question(self) -> SearchQuery:
        kinds = self.dice.choice([frozenset(Kind), frozenset(Kind), frozenset({Kind.PLACE}), frozenset({Kind.DEAL})])
        return asking(area=self.box(), kinds=kinds, as_of=NOW + self.dice.randrange(-40, 40) * HOUR)


def at(instant) -> None:
    """Move the tally to the current epoch and an instant: what `advance` does at the present."""
    with transaction.atomic(), connection.cursor() as cursor:
        statement = tallying.FILL if not Tally.objects.exists() else tallying.ADVANCE
        cursor.execute(statement.sql, {**statement.params, "at": instant})


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(SEED, SEED + 4))
def test_it_tells_what_counting_finds_at_every_held_epoch_and_any_instant(seed):
    world = World(seed)
    world.write()
    at(NOW)
    asked = found = 0
    for _ in range(12):
        for _ in range(world.dice.randrange(3)):
            world.write()
        chance = world.dice.random()
        if chance < 0.4:
            at(NOW + world.dice.randrange(-40, 40) * HOUR)
        elif chance < 0.5:
            BACKEND.forget(keep=timedelta(0))
        state = Epoch.objects.get()
        for _ in range(8):
            epoch = world.dice.choice([None, world.dice.randint(state.oldest, state.current)])
            resolution = world.dice.randrange(tallying.FINEST + 1)
            found += assert_same(world.question(), resolution=resolution, epoch=epoch).total
            asked += 1
        assert BACKEND.tally_differences() == 0
    assert found > asked  # most questions found something


@pytest.mark.django_db
def test_control_without_what_changed_since_it_would_be_wrong():
    BACKEND.apply([document(1)], gone=[], version=1)
    BACKEND.forget()
    BACKEND.apply([document(2)], gone=["place:1"], version=2)
    BACKEND.apply([document(3)], gone=[], version=3)
    assert Tally.objects.get(level=0).documents == 1
    assert assert_same(asking(), resolution=3).total == 2


@pytest.mark.django_db
def test_what_stays_at_its_point_leaves_the_tally_as_it_is():
    BACKEND.apply([document(1), document(2)], gone=[], version=1)
    BACKEND.forget()
    before = list(Tally.objects.order_by("cell").values_list("cell", "documents", "x"))
    BACKEND.apply([document(1, rating_stars=4.0)], gone=[], version=2)
    BACKEND.forget()
    assert list(Tally.objects.order_by("cell").values_list("cell", "documents", "x")) == before
    assert Epoch.objects.get().tally_epoch == 2
    assert {row.documents for row in Tally.objects.all()} == {2}
    assert Tally.objects.count() == tallying.FINEST + 1


@pytest.mark.django_db
def test_a_deal_counts_from_when_it_is_valid_until_it_ends_though_nobody_writes():
    deal = document(1, kind=Kind.DEAL, valid_from=NOW - HOUR, valid_until=NOW + HOUR)
    BACKEND.apply([deal, document(2)], gone=[], version=1)
    at(NOW)
    totals = [assert_same(asking(as_of=NOW + n * HOUR), resolution=4).total for n in (-2, -1, 0, 1, 2)]
    assert totals == [1, 2, 2, 1, 1]


@pytest.mark.django_db
def test_a_writer_moves_it_along_when_much_has_changed(monkeypatch):
    monkeypatch.setattr(tally, "MOST_UNTALLIED", 3)
    BACKEND.apply([document(n) for n in range(5)], gone=[], version=1)
    assert Epoch.objects.get().tally_epoch is None  # a first load is not held up
    assert BACKEND.tallied(asking(), resolution=3) is None
    BACKEND.forget()
    BACKEND.apply([document(5), document(6)], gone=[], version=2)
    assert (Epoch.objects.get().tally_epoch, Epoch.objects.get().untallied) == (1, 2)
    BACKEND.apply([], gone=["place:5"], version=3)
    assert (Epoch.objects.get().tally_epoch, Epoch.objects.get().untallied) == (3, 0)
    assert Tally.objects.get(level=0).documents == 6


@pytest.mark.django_db
@pytest.mark.parametrize(
    "narrowed",
    [
        {"text": parse_text("x")}, {"categories": frozenset({"food"})}, {"attributes": frozenset({"wifi"})},
        {"chain_id": "x"}, {"bookable": Bookable(0)},
        {"has_deals": False}, {"discount_min": 0.0}, {"rating_min": 0.0}, {"price_min_minor": 0},
        {"price_max_minor": 0}, {"collapse_chains": True},
    ],
)  # fmt: skip
def test_what_it_does_not_hold_is_counted(narrowed):
    BACKEND.apply([document(1)], gone=[], version=1)
    BACKEND.forget()
    assert BACKEND.tallied(asking(), resolution=tallying.FINEST) is not None
    assert BACKEND.tallied(asking(), resolution=tallying.FINEST + 1) is None
    assert BACKEND.tallied(replace(asking(), **narrowed), resolution=3) is None


@pytest.mark.django_db
def test_an_epoch_that_is_not_held_is_not_told():
    BACKEND.apply([document(1)], gone=[], version=1)
    BACKEND.apply([document(1, rating_stars=3.0)], gone=[], version=2)
    BACKEND.forget(keep=timedelta(0))
    assert BACKEND.tallied(asking(), resolution=3, epoch=1) is None
    assert BACKEND.tallied(asking(), resolution=3, epoch=3) is None
    assert BACKEND.tallied(asking(), resolution=3, epoch=2) is not None


@pytest.mark.django_db
def test_what_somebody_else_wrote_is_seen_and_mended():
    BACKEND.apply([document(1), document(2)], gone=[], version=1)
    BACKEND.forget()
    assert BACKEND.tally_differences() == 0
    Offer.objects.filter(id="place:1").delete()
    assert BACKEND.tally_differences() == tallying.FINEST + 1
    BACKEND.retally()
    assert BACKEND.tally_differences() == 0
    assert assert_same(asking(), resolution=3).total == 1


@pytest.mark.django_db(transaction=True)
def test_readers_see_one_state_while_many_write():
    """Each comparison reads both counts of one snapshot, while writers apply, move the tally along and let go."""
    World(SEED).write()
    BACKEND.forget()
    stop = threading.Event()
    failures: list[BaseException] = []

    def work(seed: int) -> None:
        world = World(seed)
        with closing(connection):
            try:
                while not stop.is_set():
                    world.version += 10
                    world.write()
                    if world.dice.random() < 0.3:
                        BACKEND.forget(keep=timedelta(0))
            except BaseException as error:  # noqa: BLE001 -- told by the test's own thread
                failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 2, 3)]
    for thread in threads:
        thread.start()
    world, epochs = World(7), set()
    try:
        for number in range(60):
            with transaction.atomic():
                connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                epochs.add(assert_same(world.question(), resolution=number % (tallying.FINEST + 1)).epoch)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert len(epochs) > 3
    assert BACKEND.tally_differences() == 0
