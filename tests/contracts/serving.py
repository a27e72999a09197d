"""What every engine must show of who serves an address: a part of tests/contracts/search_backend.py."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from geo.areas import area_from_rings
from geo.types import Box, Circle, Point
from search.backends.base import SearchBackend
from search.document import Kind, Mode, OfferDocument, ServiceBand, deal_id, place_id
from search.query import Facet, OpenAt, SearchQuery, Serves
from search.ranking import Sort, spec_for
from search.results import Page
from search.serving import Served
from search.text import parse_text
from tests.contracts.documents import CENTRE, NOW, asking, band, document, metres_north
from tests.oracle_serving import served_band
from tests.service_bands import star

MINUTE = int(NOW.timestamp()) // 60
DELIVERY, AT_HOME = frozenset({Mode.DELIVERY}), frozenset({Mode.AT_HOME})
FAR = Point(25.5, 60.5)
"""From CENTRE: farther than anybody walks."""


def branch(number: int, *bands: ServiceBand, **changes) -> OfferDocument:
    """The place of branch `number`, at CENTRE unless changed, with its bands."""
    id_ = place_id(UUID(int=number))
    return replace(document(number, branch_id=UUID(int=number), bands=bands, **changes), id=id_)


def offered(number: int, at: int, **changes) -> OfferDocument:
    """Deal `number` at branch `at`."""
    made = document(number, kind=Kind.DEAL, branch_id=UUID(int=at), deal_count=1, **changes)
    return replace(made, id=deal_id(UUID(int=number), UUID(int=at)))


def who(point: Point = CENTRE, modes: frozenset[Mode] = DELIVERY, **changes) -> SearchQuery:
    """Who serves the point."""
    return asking(origin=point, serves=Serves(point, modes), **changes)


def numbers(page: Page) -> list[int]:
    return [UUID(hit.id.rpartition(":")[2]).int for hit in page.hits]


def put(backend: SearchBackend, *documents: OfferDocument, gone: tuple[str, ...] = (), version: int = 1) -> None:
    backend.apply(documents, gone=gone, version=version)


def box(west: float, south: float, east: float, north: float):
    return area_from_rings([[[(west, south), (east, south), (east, north), (west, north), (west, south)]]])


class Serving:
    def test_who_delivers_there_however_far_away_it_is(self, backend):
        reach = box(24.9, 60.1, 25.6, 60.6)
        put(backend, branch(1, band(290, area=reach)), branch(2), branch(3, band(1, radius_metres=40_000.0)))
        page = backend.search(who(FAR))
        assert (numbers(page), page.total) == ([1], 1)
        assert page.hits[0].served == (Served(Mode.DELIVERY, served_band(band(290, area=reach))),)
        assert page.hits[0].facts.distance_metres == pytest.approx(47_800, rel=0.01)

    def test_a_search_that_asks_for_no_address_is_told_of_none(self, backend):
        put(backend, branch(1, band(290)))
        assert backend.search(asking()).hits[0].served == ()

    def test_the_first_of_the_bands_that_cover_holds(self, backend):
        inner, outer = band(0, radius_metres=500.0), band(290, radius_metres=3_000.0)
        put(backend, branch(1, inner, outer))
        fees = {}
        for metres in (0, 499, 501, 2_999, 3_001):
            hits = backend.search(who(metres_north(metres))).hits
            fees[metres] = [hit.served[0].band.fee_minor for hit in hits]
        assert fees == {0: [0], 499: [0], 501: [290], 2_999: [290], 3_001: []}

    def test_the_border_belongs_and_the_hole_does_not(self, backend):
        ring = [(24.0, 60.0), (25.0, 60.0), (25.0, 61.0), (24.0, 61.0), (24.0, 60.0)]
        hole = [(24.4, 60.4), (24.4, 60.6), (24.6, 60.6), (24.6, 60.4), (24.4, 60.4)]
        put(backend, branch(1, band(1, area=area_from_rings([[ring, hole]]))))
        found = {
            (lon, lat): numbers(backend.search(who(Point(lon, lat))))
            for lon, lat in [(24.2, 60.2), (24.0, 60.5), (25.0, 61.0), (24.4, 60.5), (24.5, 60.5), (25.0000001, 60.5)]
        }
        assert found == {
            (24.2, 60.2): [1],
            (24.0, 60.5): [1],
            (25.0, 61.0): [1],
            (24.4, 60.5): [1],
            (24.5, 60.5): [],
            (25.0000001, 60.5): [],
        }

    def test_areas_across_the_180th_meridian(self, backend):
        far_east = box(179.0, -18.0, 181.0, -16.0)
        put(backend, branch(1, band(1, area=far_east), point=Point(179.5, -17.0)))
        put(backend, branch(2, band(2, radius_metres=90_000.0), point=Point(179.9, -17.0)), version=2)
        for lon in (179.99, 180.0, -180.0, -179.99):
            assert sorted(numbers(backend.search(who(Point(lon, -17.0))))) == [1, 2]
        assert numbers(backend.search(who(Point(-178.99, -17.0)))) == []

    def test_each_mode_has_bands_of_its_own(self, backend):
        there = (band(5), band(7, mode=Mode.AT_HOME))
        put(backend, branch(1, *there), branch(2, band(1)), branch(3, band(2, mode=Mode.AT_HOME)))
        assert numbers(backend.search(who())) == [1, 2]
        assert numbers(backend.search(who(modes=AT_HOME))) == [1, 3]
        both = backend.search(who(modes=DELIVERY | AT_HOME))
        assert [[(way.mode, way.band.fee_minor) for way in hit.served] for hit in both.hits] == [
            [(Mode.DELIVERY, 5), (Mode.AT_HOME, 7)],
            [(Mode.DELIVERY, 1)],
            [(Mode.AT_HOME, 2)],
        ]

    def test_what_can_be_visited_is_near_or_in_the_area_that_is_asked_for(self, backend):
        put(backend, branch(1), branch(2, point=metres_north(1_999)), branch(3, point=metres_north(2_001)))
        visit, anyhow = frozenset({Mode.VISIT}), frozenset(Mode)
        assert numbers(backend.search(who(modes=visit))) == [1, 2]
        assert numbers(backend.search(who(modes=visit, area=Circle(CENTRE, 3_000)))) == [1, 2, 3]
        assert backend.search(who(modes=visit)).hits[0].served == (Served(Mode.VISIT, None),)
        put(backend, branch(3, band(4, radius_metres=3_000.0), point=metres_north(2_001)), version=2)
        page = backend.search(who(modes=anyhow, ranking=spec_for("nearest", sort=Sort.DISTANCE)))
        assert numbers(page) == [1, 2, 3]
        assert [[way.mode for way in hit.served] for hit in page.hits] == [[Mode.VISIT], [Mode.VISIT], [Mode.DELIVERY]]
        assert numbers(backend.search(who(modes=anyhow, area=Circle(CENTRE, 1_000)))) == [1]
        assert numbers(backend.search(who(modes=anyhow, area=Box(24.0, 60.0, 25.0, 61.0)))) == [1, 2, 3]

    def test_a_deal_is_had_in_its_own_mode_where_its_branch_has_it(self, backend):
        put(
            backend,
            branch(1, band(3)),
            offered(11, 1, mode=Mode.DELIVERY),
            offered(12, 1, mode=Mode.VISIT),
            offered(13, 1, mode=Mode.AT_HOME),
            offered(14, 2, mode=Mode.DELIVERY),
        )
        assert {hit.id for hit in backend.search(who()).hits} == {
            place_id(UUID(int=1)),
            deal_id(UUID(int=11), UUID(int=1)),
        }
        page = backend.search(who(modes=frozenset(Mode), kinds=frozenset({Kind.DEAL})))
        assert {hit.id: [way.mode for way in hit.served] for hit in page.hits} == {
            deal_id(UUID(int=11), UUID(int=1)): [Mode.DELIVERY],
            deal_id(UUID(int=12), UUID(int=1)): [Mode.VISIT],
        }

    def test_an_area_is_valid_from_its_start_until_its_end(self, backend):
        second = timedelta(seconds=1)
        put(
            backend,
            branch(1, band(1, valid_from=NOW)),
            branch(2, band(1, valid_from=NOW + second)),
            branch(3, band(1, valid_until=NOW)),
            branch(4, band(1, valid_until=NOW + second)),
        )
        assert numbers(backend.search(who())) == [1, 4]
        assert numbers(backend.search(who(as_of=NOW + second))) == [1, 2]

    def test_an_area_with_hours_serves_in_them_and_one_without_as_its_branch_does(self, backend):
        day, evening = band(1, open_minutes=((MINUTE - 60, MINUTE + 60),)), band(9, radius_metres=2_000.0)
        put(backend, branch(1, day, evening, open_minutes=((MINUTE, MINUTE + 120),)), branch(2, band(3)))

        def fees(**changes):
            return {UUID(hit.id[6:]).int: hit.served[0].band.fee_minor for hit in backend.search(who(**changes)).hits}

        assert fees() == {1: 1, 2: 3}
        assert fees(open_at=OpenAt(MINUTE)) == {1: 1}
        assert fees(open_at=OpenAt(MINUTE + 60)) == {1: 9}
        assert fees(open_at=OpenAt(MINUTE + 120)) == {}
        assert fees(open_at=OpenAt(None, {"Europe/Helsinki": MINUTE + 59})) == {1: 1}
        assert fees(open_at=OpenAt(None, {"Asia/Tokyo": MINUTE + 59})) == {}

    def test_it_goes_with_words_facets_clusters_and_every_other_filter(self, backend):
        put(
            backend,
            *(branch(n, band(n), names=["Ramen bar" if n % 2 else "Sushi"], point=metres_north(n)) for n in range(8)),
            branch(20, names=["Ramen bar"], point=metres_north(1)),
        )
        query = who(text=parse_text("ramen"), facets=frozenset({Facet.KIND}), ranking=spec_for("nearest"), limit=2)
        page = backend.search(query)
        assert (numbers(page), page.total, page.facets) == ([1, 3], 4, {Facet.KIND: {"place": 4}})
        further = backend.search(query, after=page.next_after, epoch=page.epoch)
        assert (numbers(further), further.next_after) == ([5, 7], None)
        assert backend.clusters(query, resolution=5).total == 4
        assert backend.clusters(who(area=Box(24.0, 60.0, 25.0, 61.0)), resolution=5).total == 8
        assert backend.clusters(who(area=Box(24.0, 60.0, 24.1, 60.1)), resolution=5).total == 0

    def test_a_change_of_areas_is_seen_and_a_page_of_before_stays_what_it_was(self, backend):
        put(backend, *(branch(n, band(n), point=metres_north(n)) for n in range(4)))
        query = who(ranking=spec_for("nearest"), limit=2)
        first = backend.search(query)
        put(backend, branch(2, point=metres_north(2)), branch(3, band(9), point=metres_north(3)), version=2)
        put(backend, gone=(place_id(UUID(int=0)),), version=3)
        rest = backend.search(query, after=first.next_after, epoch=first.epoch)
        assert [(numbers(page), page.total) for page in (first, rest)] == [([0, 1], 4), ([2, 3], 4)]
        assert rest.hits[1].served[0].band.fee_minor == 3
        now = backend.search(query)
        assert (numbers(now), now.total) == ([1, 3], 2)
        assert now.hits[1].served[0].band.fee_minor == 9

    def test_bands_are_read_as_they_were_put(self, backend):
        hours = ((MINUTE, MINUTE + 5), (MINUTE + 9, MINUTE + 10))
        jagged = star(random.Random(1), CENTRE, 2_000.0, corners=400)
        document = branch(
            1,
            band(1, open_minutes=hours, valid_from=NOW, named_area="Centre"),
            band(2, area=jagged, valid_until=NOW, eta_max_minutes=40, open_minutes=()),
            band(3, area=jagged, mode=Mode.AT_HOME),
        )
        put(backend, document, offered(5, 1, mode=Mode.DELIVERY))
        assert [each for each in backend.read([UUID(int=1)]) if each.kind is Kind.PLACE] == [document]
        assert backend.get(document.id, as_of=NOW) == document
        assert [each.bands for each in backend.read([UUID(int=1)]) if each.kind is Kind.DEAL] == [()]
