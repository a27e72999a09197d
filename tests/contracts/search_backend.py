"""What every search engine must show, through the SearchBackend protocol and documents alone.

An engine subclasses `SearchBackendContract` and gives it a fixture `backend` that is empty at the start of each test.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from geo.areas import area_from_rings
from geo.types import Box, Circle, Point
from search.backends.base import CursorExpired, SearchBackend
from search.document import Kind, OfferDocument
from search.query import Bookable, Facet, OpenAt, SearchQuery
from search.ranking import Signal, Sort, explain, score, spec_for
from search.results import Page
from search.text import Tier, parse_text
from tests.contracts.documents import CENTRE, NOW, asking, document, metres_north
from tests.contracts.serving import Serving

MINUTE = int(NOW.timestamp()) // 60
CHAIN = UUID(int=77)


def put(backend: SearchBackend, *documents: OfferDocument, gone: tuple[str, ...] = (), version: int = 1) -> None:
    backend.apply(documents, gone=gone, version=version)


def found(backend: SearchBackend, **changes) -> list[str]:
    """The ids that answer, in order, without their `place:`."""
    return ids(backend.search(asking(**changes)))


def ids(page: Page) -> list[str]:
    return [hit.id.removeprefix("place:") for hit in page.hits]


def every_page(backend: SearchBackend, query: SearchQuery, *, between=lambda: None) -> list[str]:
    """All ids by paging on, doing something between pages."""
    page = backend.search(query)
    total, collected = page.total, ids(page)
    while page.next_after is not None:
        between()
        page = backend.search(query, after=page.next_after, epoch=page.epoch)
        assert page.total == total
        collected += ids(page)
    return collected


class Filters:
    def test_nothing_is_found_where_nothing_is(self, backend):
        page = backend.search(asking(facets=frozenset(Facet)))
        assert (page.hits, page.total, page.next_after) == ((), 0, None)
        assert page.facets == {facet: {} for facet in Facet}

    def test_the_radius_is_obeyed_to_the_metre_and_the_border_belongs(self, backend):
        put(backend, *(document(n, point=metres_north(metres)) for n, metres in enumerate((0, 499, 500, 501))))
        assert found(backend, area=Circle(CENTRE, 500.01)) == ["0", "1", "2"]

    def test_a_circle_of_no_radius_holds_its_centre(self, backend):
        put(backend, document(1), document(2, point=metres_north(1)))
        assert found(backend, area=Circle(CENTRE, 0.0)) == ["1"]

    def test_a_circle_round_one_point_with_distances_from_another(self, backend):
        put(backend, *(document(n, point=metres_north(n * 100)) for n in range(5)))
        page = backend.search(
            asking(area=Circle(metres_north(400), 110), origin=CENTRE, ranking=spec_for("nearest", sort=Sort.DISTANCE))
        )
        assert ids(page) == ["3", "4"]
        assert page.hits[0].facts.distance_metres == pytest.approx(300, abs=0.01)

    def test_a_circle_across_the_180th_meridian(self, backend):
        put(backend, document("east", point=Point(179.999, 0)), document("west", point=Point(-179.999, 0)))
        put(backend, document("on", point=Point(-180.0, 0)), document("far", point=Point(0, 0)), version=2)
        assert found(backend, area=Circle(Point(179.999, 0), 300), origin=Point(179.999, 0)) == ["east", "on", "west"]

    def test_what_can_be_booked_is_told_by_its_ids(self, backend):
        """A document's id ends in its branch's; two of one branch are told apart."""
        branches = [UUID(int=n) for n in range(4)]
        put(backend, *(document(str(branch), branch_id=branch) for branch in branches))
        deal = f"{UUID(int=7)}:{branches[1]}"
        put(backend, document(deal, kind=Kind.DEAL, branch_id=branches[1]))
        wanted = frozenset(f"place:{UUID(int=n)}" for n in (1, 3, 9))
        assert found(backend, bookable=Bookable(MINUTE, ids=wanted)) == [str(branches[1]), str(branches[3])]
        assert found(backend, bookable=Bookable(MINUTE, ids=frozenset({f"deal:{deal}"}))) == [f"deal:{deal}"]
        assert found(backend, bookable=Bookable(MINUTE)) == []
        assert sorted(found(backend)) == [*map(str, branches), f"deal:{deal}"]

    def test_a_box_holds_its_edges(self, backend):
        put(backend, document("corner", point=Point(25.0, 60.0)), document("out", point=Point(25.0000001, 60.0)))
        assert found(backend, area=Box(24.0, 60.0, 25.0, 61.0)) == ["corner"]

    def test_a_box_across_the_180th_meridian(self, backend):
        put(backend, *(document(lon, point=Point(lon, 1)) for lon in (179, -179, 0, 177.9)))
        assert sorted(found(backend, area=Box(178, 0, -178, 2))) == ["-179", "179"]

    def test_a_polygon_with_its_border_and_without_its_hole(self, backend):
        square = [(24.0, 60.0), (25.0, 60.0), (25.0, 61.0), (24.0, 61.0), (24.0, 60.0)]
        hole = [(24.4, 60.4), (24.6, 60.4), (24.6, 60.6), (24.4, 60.6), (24.4, 60.4)]
        put(
            backend,
            document("in", point=Point(24.1, 60.1)),
            document("border", point=Point(24.0, 60.5)),
            document("hole", point=Point(24.5, 60.5)),
            document("out", point=Point(25.1, 60.5)),
        )
        assert sorted(found(backend, area=area_from_rings([[square, hole]]))) == ["border", "in"]

    def test_kind(self, backend):
        put(backend, document(1), document(2, kind=Kind.DEAL))
        assert found(backend, kinds=frozenset({Kind.PLACE})) == ["1"]
        assert found(backend, kinds=frozenset({Kind.DEAL})) == ["deal:2"]

    def test_a_category_holds_everything_below_it(self, backend):
        put(
            backend,
            document("cafe"),
            document("sushi", categories=("food", "restaurant", "sushi")),
            document("gym", categories=("sport", "gym")),
        )
        assert found(backend, categories=frozenset({"food"})) == ["cafe", "sushi"]
        assert found(backend, categories=frozenset({"sushi", "gym"})) == ["gym", "sushi"]
        assert found(backend, categories=frozenset({"unheard_of"})) == []

    def test_all_attributes_are_needed(self, backend):
        put(backend, document(1, attributes=frozenset({"wheelchair", "terrace"})))
        put(backend, document(2, attributes=frozenset({"wheelchair"})), version=2)
        assert found(backend, attributes=frozenset({"wheelchair"})) == ["1", "2"]
        assert found(backend, attributes=frozenset({"wheelchair", "terrace"})) == ["1"]

    def test_chain(self, backend):
        put(backend, document(1, chain_id=CHAIN), document(2), document(3, chain_id=UUID(int=78)))
        assert found(backend, chain_id=str(CHAIN)) == ["1"]
        assert found(backend, chain_id="not a chain") == []

    def test_prices_are_inclusive_and_of_one_currency(self, backend):
        put(
            backend,
            *(document(price, price_minor=price, currency="EUR") for price in (999, 1000, 2000, 2001)),
            document("sek", price_minor=1500, currency="SEK"),
            document("none"),
        )
        assert found(backend, price_min_minor=1000, price_max_minor=2000, currency="EUR") == ["1000", "2000"]
        assert found(backend, price_max_minor=999, currency="EUR") == ["999"]
        assert found(backend, price_min_minor=2001, currency="EUR") == ["2001"]

    def test_least_discount_and_rating(self, backend):
        put(
            backend,
            *(document(n, discount=d, rating_stars=r) for n, (d, r) in enumerate([(0.3, 4.5), (0.2999, 4.4999)])),
        )
        put(backend, document("none"), version=2)
        assert found(backend, discount_min=0.3) == ["0"]
        assert found(backend, rating_min=4.5) == ["0"]
        assert found(backend, discount_min=0.0) == ["0", "1"]

    def test_has_deals(self, backend):
        put(backend, document(1, deal_count=1), document(2, deal_count=0))
        assert found(backend, has_deals=True) == ["1"]
        assert found(backend, has_deals=False) == ["2"]
        assert found(backend, has_deals=None) == ["1", "2"]

    def test_open_at_an_instant_is_half_open(self, backend):
        put(backend, document(1, open_minutes=((MINUTE, MINUTE + 60), (MINUTE + 90, MINUTE + 120))))
        put(backend, document("never", open_minutes=()), document("unknown", open_minutes=None), version=2)
        minutes = {delta: found(backend, open_at=OpenAt(MINUTE + delta)) for delta in (-1, 0, 59, 60, 89, 90, 120)}
        assert minutes == {-1: [], 0: ["1"], 59: ["1"], 60: [], 89: [], 90: ["1"], 120: []}

    def test_open_at_a_local_time_is_decided_in_each_zone(self, backend):
        hours = ((MINUTE, MINUTE + 60),)
        put(
            backend,
            document("here", zone="Europe/Helsinki", open_minutes=hours),
            document("there", zone="Asia/Tokyo", open_minutes=hours),
            document("elsewhere", zone="America/New_York", open_minutes=hours),
        )
        by_zone = {"Europe/Helsinki": MINUTE, "Asia/Tokyo": MINUTE + 60}
        assert found(backend, open_at=OpenAt(None, by_zone)) == ["here"]
        assert found(backend, open_at=OpenAt(None, {})) == []

    def test_validity_is_half_open_at_the_instant_of_asking(self, backend):
        put(
            backend,
            document("from_now", valid_from=NOW),
            document("later", valid_from=NOW + timedelta(seconds=1)),
            document("until_now", valid_until=NOW),
            document("still", valid_until=NOW + timedelta(microseconds=1)),
        )
        assert found(backend) == ["from_now", "still"]

    def test_an_impossible_question_has_an_empty_answer(self, backend):
        put(backend, document(1))
        page = backend.search(asking(impossible=True, facets=frozenset({Facet.KIND})))
        assert (page.hits, page.total, page.facets) == ((), 0, {Facet.KIND: {}})
        assert backend.clusters(asking(impossible=True), resolution=5).total == 0


class Words:
    @pytest.fixture
    def coffee(self, backend):
        put(
            backend,
            document("exact", names=["Blue Bottle"]),
            document("prefix", names=["Blue Bottle Coffee"]),
            document("all", names=["The Bottle of Blue"]),
            document("fuzzy", names=["The Blue Botle"]),
            document("some", names=["Blue Moon"]),
            document("other", names=["Red Sun"]),
        )
        return backend

    def tiers(self, backend: SearchBackend, text: str) -> dict[str, Tier]:
        page = backend.search(asking(text=parse_text(text)))
        return dict(zip(ids(page), [hit.tier for hit in page.hits], strict=True))

    def test_the_tiers_in_their_order(self, coffee):
        assert list(self.tiers(coffee, "blue bottle").items()) == [
            ("exact", Tier.EXACT),
            ("prefix", Tier.PREFIX),
            ("all", Tier.ALL_WORDS),
            ("fuzzy", Tier.FUZZY),
            ("some", Tier.SOME_WORDS),
        ]

    def test_without_words_there_is_no_tier(self, coffee):
        assert {hit.tier for hit in coffee.search(asking()).hits} == {Tier.NONE_ASKED}

    def test_the_last_word_may_be_the_beginning_of_one(self, coffee):
        assert self.tiers(coffee, "moon bl") == {
            "some": Tier.ALL_WORDS,
            **dict.fromkeys(("all", "exact", "fuzzy", "prefix"), Tier.SOME_WORDS),
        }

    def test_a_misspelt_whole_beats_a_correct_half(self, coffee):
        assert list(self.tiers(coffee, "blue botle").values())[:4] == [Tier.ALL_WORDS, *[Tier.FUZZY] * 3]

    def test_of_four_words_two_are_needed(self, coffee):
        assert self.tiers(coffee, "blue moon over nowhere") == {"some": Tier.SOME_WORDS}
        assert self.tiers(coffee, "blue zzzz yyyy xxxx") == {}

    def test_the_tier_goes_before_the_score(self, backend):
        put(backend, document("near", names=["Cafe Blue"]), document("far", names=["Blue"], point=metres_north(5_000)))
        assert list(self.tiers(backend, "blue")) == ["far", "near"]

    def test_a_hard_sort_is_obeyed_whatever_the_words_and_the_tier_is_told(self, backend):
        put(backend, document("near", names=["Cafe Blue"]), document("far", names=["Blue"], point=metres_north(5_000)))
        page = backend.search(asking(text=parse_text("blue"), ranking=spec_for("nearest", sort=Sort.DISTANCE)))
        assert [(hit.id, hit.tier) for hit in page.hits] == [
            ("place:near", Tier.ALL_WORDS),
            ("place:far", Tier.EXACT),
        ]

    def test_chinese_matches_by_character_and_bigram(self, backend):
        put(backend, document("mcd", names=["麥當勞 (忠孝店)"]), document("other", names=["當麥"]))
        assert self.tiers(backend, "麥當勞") == {"mcd": Tier.PREFIX}
        assert self.tiers(backend, "當勞") == {"mcd": Tier.ALL_WORDS}

    @pytest.fixture
    def noodles(self, backend):
        put(
            backend,
            document("lin", names=["林家牛肉麵 (忠孝店)"]),
            document("beef", names=["牛肉麵大王"]),
            document("hotpot", names=["重庆火锅"]),
            document("music", names=["長樂音樂餐廳"]),
            document("latin", names=["Niurou Bar"]),
            document("gym", names=["Gym & Spa"]),
        )
        return backend

    @pytest.mark.parametrize(
        ("text", "tiers"),
        [
            ("牛肉麵", {"beef": Tier.PREFIX, "lin": Tier.ALL_WORDS}),
            ("牛肉面", {"beef": Tier.PREFIX, "lin": Tier.ALL_WORDS}),
            ("牛肉麺", {"beef": Tier.PREFIX, "lin": Tier.ALL_WORDS}),
            ("niuroumian", {"beef": Tier.PINYIN, "lin": Tier.PINYIN}),
            ("niu rou mian", {"beef": Tier.PINYIN, "lin": Tier.PINYIN}),
            ("niurou面", {"beef": Tier.PINYIN, "lin": Tier.PINYIN, "latin": Tier.SOME_WORDS}),
            ("niurou", {"latin": Tier.PREFIX, "beef": Tier.PINYIN, "lin": Tier.PINYIN}),
            ("nrm", {"beef": Tier.INITIALS, "lin": Tier.INITIALS}),
            ("ljnrm", {"lin": Tier.INITIALS}),
            ("nrmdw", {"beef": Tier.INITIALS}),
            ("火guo", {"hotpot": Tier.PINYIN}),
            ("chongqing", {"hotpot": Tier.PINYIN}),
            ("zhongqing", {}),
            ("changle yinyue", {"music": Tier.PINYIN}),
            ("zhangleyinle", {}),
            ("chongqinghuogou", {"hotpot": Tier.FUZZY}),
            ("林佳牛肉麵", {"lin": Tier.FUZZY}),
            ("重慶大鍋", {"hotpot": Tier.FUZZY}),
            ("gym", {"gym": Tier.PREFIX}),
            ("bar", {"latin": Tier.ALL_WORDS}),
            ("rm", {}),
            ("rmd", {}),
        ],
    )
    def test_chinese_however_it_is_typed(self, noodles, text, tiers):
        assert self.tiers(noodles, text) == tiers

    def test_initials_come_behind_every_word_that_is_there(self, backend):
        put(
            backend,
            document("far", names=["The KFC Corner"], point=metres_north(9_000)),
            document("near", names=["咖啡厨房餐"]),
        )
        assert list(self.tiers(backend, "kfc").items()) == [("far", Tier.ALL_WORDS), ("near", Tier.INITIALS)]

    def test_category_words_match_as_words(self, backend):
        put(backend, document(1, names=["Ekberg"], words=["coffee shop", "咖啡店"]))
        assert self.tiers(backend, "coffee") == {"1": Tier.ALL_WORDS}
        assert self.tiers(backend, "咖啡") == {"1": Tier.ALL_WORDS}

    @pytest.mark.parametrize(
        "text",
        ["o'neill", "a:*b", "a & b", "!a | b", "(((", "\\", "\\'", "x') OR 1=1 --", "%s %(x)s {0}", '"', "<->", "n=a"],
    )
    def test_no_text_is_read_as_anything_but_words(self, backend, text):
        put(backend, document("named", names=[f"The {text} House"]), document("other", names=["Quite Different"]))
        query = parse_text(text)
        if query is not None:
            assert list(self.tiers(backend, text)) == ["named"]
        assert backend.search(asking()).total == 2

    @pytest.mark.parametrize("term", ["n=it's", "w=back\\slash", "w=a:*", 'w=quo"te', "w=%s", "w= ", "n=\\'", "w={,}"])
    def test_terms_are_kept_and_matched_exactly(self, backend, term):
        stored = replace(document(1), terms=frozenset({term, "w=plain"}))
        put(backend, stored, replace(document(2), terms=frozenset({"w=plain"})))
        assert backend.get("place:1", as_of=NOW) == stored
        word = replace(parse_text("x").words[0], exact=(term,), prefix=term[:-1], typo=(term,))
        assert found(backend, text=replace(parse_text("x"), name="n=nothing", words=(word,)))[:1] == ["1"]


class Order:
    def test_the_score_is_the_one_defined(self, backend):
        put(
            backend,
            document("plain"),
            document("unrated", point=metres_north(700), discount=0.9, popularity=0.4),
            document("new", listed_at=NOW - timedelta(days=1, microseconds=1), rating_stars=3.1),
            document("unborn", listed_at=NOW + timedelta(days=9)),
            document(
                "rated", point=metres_north(123.4), rating_stars=4.7, rating_count=8, popularity=0.9, discount=0.2
            ),
        )
        for spec in (
            spec_for("balanced"),
            spec_for("best_deal", overrides={Signal.FRESHNESS: 1.0}),
            spec_for("top_rated", overrides={Signal.DISTANCE: 0.0}, half_distance_metres=5_000),
        ):
            page = backend.search(asking(ranking=spec))
            assert [hit.score for hit in page.hits] == sorted((hit.score for hit in page.hits), reverse=True)
            for hit in page.hits:
                assert hit.score == pytest.approx(score(spec, hit.facts), abs=1e-9)
                assert hit.score == pytest.approx(sum(part.part for part in explain(spec, hit.facts)), abs=1e-9)

    def test_the_facts_are_those_of_the_document(self, backend):
        put(backend, document(1, point=metres_north(10), rating_stars=4.2, discount=0.35, popularity=0.71))
        facts = backend.search(asking()).hits[0].facts
        assert (facts.rating_stars, facts.discount, facts.popularity, facts.age_days) == (4.2, 0.35, 0.71, 100.0)
        assert facts.distance_metres == pytest.approx(10, abs=1e-3)

    def test_without_an_origin_nothing_is_near(self, backend):
        put(backend, document(1, point=metres_north(10)), document(2, rating_stars=4.9))
        page = backend.search(asking(origin=None))
        assert ids(page) == ["2", "1"]
        assert [hit.facts.distance_metres for hit in page.hits] == [None, None]

    @pytest.mark.parametrize(
        ("sort", "order"),
        [
            (Sort.DISTANCE, ["b", "a", "c", "e", "d"]),
            (Sort.RATING, ["a", "c", "e", "b", "d"]),
            (Sort.PRICE, ["e", "c", "a", "b", "d"]),
            (Sort.DISCOUNT, ["d", "a", "b", "c", "e"]),
            (Sort.NEWEST, ["c", "b", "a", "e", "d"]),
        ],
    )
    def test_hard_sorts_put_missing_values_last_and_ties_by_distance(self, backend, sort, order):
        def made(name, metres, *, stars, price, discount, age_days):
            return document(
                name,
                point=metres_north(metres),
                rating_stars=stars,
                price_minor=price,
                currency="EUR" if price else None,
                discount=discount,
                listed_at=NOW - timedelta(days=age_days),
            )

        put(
            backend,
            made("a", 20, stars=4.5, price=300, discount=0.2, age_days=5),
            made("b", 10, stars=None, price=None, discount=0.1, age_days=4),
            made("c", 30, stars=4.5, price=200, discount=None, age_days=3),
            made("d", 50, stars=None, price=None, discount=0.5, age_days=9),
            made("e", 40, stars=4.0, price=100, discount=None, age_days=7),
        )
        assert found(backend, ranking=spec_for("balanced", sort=sort)) == order

    def test_what_ties_in_everything_is_ordered_by_id(self, backend):
        names = ["b", "a", "B", "a:1", "ä", "10", "9"]
        put(backend, *(document(name) for name in names))
        for sort in Sort:
            assert found(backend, ranking=spec_for("balanced", sort=sort)) == sorted(names)

    def test_collapse_keeps_the_best_of_each_chain_and_kind(self, backend):
        put(
            backend,
            document("far", chain_id=CHAIN, point=metres_north(500)),
            document("near", chain_id=CHAIN, point=metres_north(100)),
            document("near", kind=Kind.DEAL, chain_id=CHAIN, point=metres_north(100), deal_count=1),
            document("alone", point=metres_north(300)),
            document("also", point=metres_north(300)),
        )
        page = backend.search(asking(collapse_chains=True, facets=frozenset({Facet.KIND})))
        assert ids(page) == ["deal:near", "near", "alone", "also"]
        assert (page.total, page.facets) == (4, {Facet.KIND: {"place": 3, "deal": 1}})
        nearest_by = asking(collapse_chains=True, kinds=frozenset({Kind.PLACE}), area=Circle(metres_north(500), 50))
        assert ids(backend.search(nearest_by)) == ["far"]


class Counts:
    def test_facets_count_what_matches_the_same_question(self, backend):
        put(
            backend,
            document(
                1,
                rating_stars=4.5,
                discount=0.3,
                price_minor=1000,
                currency="EUR",
                attributes=frozenset({"wheelchair", "terrace"}),
                open_minutes=((MINUTE, MINUTE + 1),),
            ),
            document(
                2,
                kind=Kind.DEAL,
                rating_stars=3.0,
                discount=0.1,
                price_minor=999,
                currency="EUR",
                attributes=frozenset({"terrace"}),
                open_minutes=((MINUTE + 1, MINUTE + 2),),
            ),
            document(3, categories=("sport", "gym"), price_minor=70_000, currency="JPY", rating_stars=2.0),
            document("elsewhere", point=metres_north(90_000), rating_stars=5.0),
        )
        page = backend.search(asking(area=Circle(CENTRE, 1_000), facets=frozenset(Facet), limit=1))
        assert page.total == 3
        assert page.facets == {
            Facet.KIND: {"place": 2, "deal": 1},
            Facet.CATEGORY: {"food": 2, "cafe": 2, "sport": 1, "gym": 1},
            Facet.RATING: {"3.0": 2, "3.5": 1, "4.0": 1, "4.5": 1},
            Facet.PRICE: {"EUR:0": 1, "EUR:1000": 1, "JPY:20000": 1},
            Facet.DISCOUNT: {"10": 2, "20": 1, "30": 1},
            Facet.ATTRIBUTE: {"terrace": 2, "wheelchair": 1},
            Facet.OPEN_NOW: {"true": 1, "false": 1, "unknown": 1},
        }

    @pytest.mark.parametrize("facet", list(Facet))
    def test_only_facets_that_were_asked_for_are_told(self, backend, facet):
        put(
            backend,
            document(1, attributes=frozenset({"a"}), rating_stars=5.0, discount=0.5, price_minor=1, currency="EUR"),
        )
        assert list(backend.search(asking(facets=frozenset({facet}))).facets) == [facet]

    def test_facets_of_a_later_page_are_of_the_whole_answer(self, backend):
        put(backend, *(document(n) for n in range(5)))
        query = asking(facets=frozenset({Facet.KIND}), limit=2)
        first = backend.search(query)
        second = backend.search(query, after=first.next_after, epoch=first.epoch)
        assert (second.total, second.facets) == (5, {Facet.KIND: {"place": 5}})

    def test_open_now_is_told_of_each_hit(self, backend):
        put(
            backend,
            document(1, open_minutes=((MINUTE - 5, MINUTE + 1),)),
            document(2, open_minutes=((MINUTE - 5, MINUTE),)),
            document(3, open_minutes=None),
        )
        assert [hit.open_now for hit in backend.search(asking()).hits] == [True, False, None]

    def test_clusters_count_what_a_search_would_find(self, backend):
        put(backend, *(document(n, point=metres_north(n * 40)) for n in range(50)), document("far", point=Point(0, 0)))
        for resolution in (0, 5, 9, 12):
            for query in (asking(area=Circle(CENTRE, 1_000)), asking(), asking(categories=frozenset({"none"}))):
                clusters = backend.clusters(query, resolution=resolution)
                assert sum(cell.count for cell in clusters.cells) == clusters.total == backend.search(query).total
                assert [cell.cell for cell in clusters.cells] == sorted({cell.cell for cell in clusters.cells})

    def test_a_cluster_lies_in_the_middle_of_its_documents(self, backend):
        put(backend, document("w", point=Point(179.99, 10.0)), document("e", point=Point(-179.99, 10.0)))
        (cluster,) = backend.clusters(asking(), resolution=0).cells
        assert abs(cluster.lon) == pytest.approx(180)
        assert cluster.lat == pytest.approx(10, abs=1e-4)

    def test_clusters_of_collapsed_chains(self, backend):
        put(backend, *(document(n, chain_id=CHAIN, point=metres_north(n * 1_000)) for n in range(5)))
        assert backend.clusters(asking(collapse_chains=True), resolution=9).total == 1


class Pages:
    @pytest.mark.parametrize("sort", list(Sort))
    @pytest.mark.parametrize("limit", [1, 3, 7, 100])
    def test_pages_together_are_the_whole_answer(self, backend, sort, limit):
        dice = random.Random(limit)
        put(
            backend,
            *(
                document(
                    n,
                    point=metres_north(dice.choice([0, 10, 200])),
                    rating_stars=dice.choice([None, 4.0, 4.5]),
                    price_minor=(price := dice.choice([None, 100, 200])),
                    currency=price and "EUR",
                    discount=dice.choice([None, 0.1, 0.3]),
                    listed_at=NOW - timedelta(days=dice.choice([1, 2])),
                )
                for n in range(30)
            ),
        )
        whole = found(backend, ranking=spec_for("balanced", sort=sort), limit=100)
        assert len(whole) == 30
        assert every_page(backend, asking(ranking=spec_for("balanced", sort=sort), limit=limit)) == whole

    def test_a_last_page_that_is_just_full_has_nothing_behind_it(self, backend):
        put(backend, *(document(n) for n in range(4)))
        first = backend.search(asking(limit=2))
        last = backend.search(asking(limit=2), after=first.next_after, epoch=first.epoch)
        assert (ids(last), last.next_after) == (["2", "3"], None)

    def test_pages_stay_those_of_the_first_whatever_is_written(self, backend):
        """Documents come, go, move to the front and back between any two pages."""
        put(backend, *(document(f"{n:02}", point=metres_north(100 * n + 100)) for n in range(20)))
        before = found(backend, limit=100)
        dice, version = random.Random(5), iter(range(2, 1_000))

        def write():
            victims = dice.sample(range(20), 6)
            put(
                backend,
                *(document(f"{n:02}", point=metres_north(dice.randrange(5_000))) for n in victims[:4]),
                document(f"new{next(version)}"),
                gone=tuple(f"place:{n:02}" for n in victims[4:]),
                version=next(version),
            )

        assert every_page(backend, asking(limit=3), between=write) == before
        assert found(backend, limit=100) != before

    def test_control_pages_of_the_newest_state_do_show_gaps_and_duplicates(self, backend):
        """What the epoch is for: the same walk without it repeats what moves back and misses what moves forward."""
        put(backend, *(document(n, point=metres_north(100 * n + 100)) for n in range(6)))
        first = backend.search(asking(limit=3))
        put(backend, document(0, point=metres_north(450)), document(5, point=metres_north(50)), version=2)
        later = ids(backend.search(asking(limit=10), after=first.next_after))
        held = ids(backend.search(asking(limit=10), after=first.next_after, epoch=first.epoch))
        assert (ids(first), later, held) == (["0", "1", "2"], ["3", "0", "4"], ["3", "4", "5"])

    def test_a_state_that_is_held_no_more_is_refused(self, backend):
        put(backend, document(1))
        with pytest.raises(CursorExpired):
            backend.search(asking(), epoch=-1)

    def test_a_key_of_another_shape_is_refused(self, backend):
        """Cursors outlive releases; one that changes a sort's key must not read them amiss."""
        put(backend, document(1))
        with pytest.raises(CursorExpired):
            backend.search(asking(), after=("place:1",), epoch=backend.search(asking()).epoch)


class Writes:
    def test_a_document_comes_back_as_it_was_put(self, backend):
        full = document(
            "full",
            chain_id=CHAIN,
            point=Point(24.123456789012345, -60.98765432109876),
            categories=("food", 'with "quotes", {braces}\\', "NULL"),
            attributes=frozenset({"wheelchair", "NULL", ""}),
            open_minutes=((MINUTE, MINUTE + 5), (MINUTE + 7, MINUTE + 9)),
            price_minor=12345678901,
            currency="EUR",
            discount=0.1234,
            deal_count=3,
            rating_stars=4.5678,
            rating_count=9,
            popularity=0.4321,
            listed_at=NOW - timedelta(days=3, microseconds=7),
            valid_from=NOW - timedelta(days=1),
            valid_until=NOW + timedelta(days=1),
            card={"z": 1, "a": [None, True, 1.5, {"名": "咖啡 \\ ' \" %s \n"}]},
        )
        bare = document("bare", names=[], categories=(), open_minutes=(), card={})
        put(backend, full, bare)
        assert backend.get("place:full", as_of=NOW) == full
        assert list(backend.get("place:full", as_of=NOW).card) == ["z", "a"]
        assert backend.get("place:bare", as_of=NOW) == bare
        assert backend.get("place:none", as_of=NOW) is None

    def test_the_card_is_shown_as_it_was_put(self, backend):
        put(backend, document(1, card={"b": "ö", "a": 1}))
        assert backend.search(asking()).hits[0].card == '{"b":"ö","a":1}'.encode()

    def test_get_tells_of_documents_that_are_not_valid_now(self, backend):
        past = document(1, valid_until=NOW - timedelta(days=1))
        put(backend, past)
        assert backend.get("place:1", as_of=NOW) == past

    def test_a_newer_version_replaces_and_an_older_one_does_not(self, backend):
        put(backend, document(1, rating_stars=3.0), version=5)
        put(backend, document(1, rating_stars=4.0), version=6)
        put(backend, document(1, rating_stars=2.0), version=4)
        assert backend.get("place:1", as_of=NOW).rating_stars == 4.0
        assert backend.search(asking()).total == 1

    def test_the_same_version_replaces(self, backend):
        """What time alone changes, such as the hours laid out ahead, comes at the version it had."""
        put(backend, document(1, rating_stars=3.0), version=5)
        put(backend, document(1, rating_stars=4.0), version=5)
        assert backend.get("place:1", as_of=NOW).rating_stars == 4.0
        put(backend, gone=("place:1",), version=5)
        assert found(backend) == []

    def test_what_is_gone_is_not_found(self, backend):
        put(backend, document(1), document(2))
        put(backend, gone=("place:1", "place:unheard_of"), version=2)
        assert found(backend) == ["2"]
        assert backend.get("place:1", as_of=NOW) is None

    def test_a_late_writer_brings_nothing_back(self, backend):
        put(backend, document(1), version=1)
        put(backend, gone=("place:1", "place:2"), version=5)
        put(backend, document(1), document(2), version=4)
        assert found(backend) == []
        put(backend, document(1), version=6)
        assert found(backend) == ["1"]

    def test_a_late_removal_takes_nothing_away(self, backend):
        put(backend, document(1), version=5)
        put(backend, gone=("place:1",), version=4)
        assert found(backend) == ["1"]

    def test_an_unchanged_document_leaves_no_trace_but_its_version(self, backend):
        put(backend, document(1, rating_stars=3.0), version=1)
        epoch = backend.search(asking()).epoch
        put(backend, document(1, rating_stars=3.0), version=3)
        assert backend.search(asking()).epoch == epoch
        put(backend, document(1, rating_stars=2.0), version=2)
        assert backend.get("place:1", as_of=NOW).rating_stars == 3.0

    def test_writing_the_same_twice_is_harmless(self, backend):
        for _ in range(2):
            put(backend, document(1), document(2), gone=("place:3",), version=7)
        assert found(backend) == ["1", "2"]

    def test_all_or_nothing_and_all_at_once(self, backend):
        def breaking():
            yield document(1)
            raise RuntimeError("the source broke")

        with pytest.raises(RuntimeError, match="the source broke"):
            backend.apply(breaking(), gone=[], version=1)
        assert found(backend) == []

    def test_an_id_twice_or_both_there_and_gone_is_refused(self, backend):
        with pytest.raises(ValueError, match="twice"):
            put(backend, document(1), document(1))
        with pytest.raises(ValueError, match="twice"):
            put(backend, document(1), gone=("place:1",))

    @pytest.mark.parametrize("seed", range(8))
    def test_any_order_of_arrival_ends_in_the_newest_state(self, backend, seed):
        """Histories of a few documents, delivered shuffled and partly twice (design.md §5)."""
        dice = random.Random(seed)
        history: dict[int, dict[str, OfferDocument | None]] = {}
        newest: dict[str, OfferDocument | None] = {}
        for version in range(1, 40):
            changes: dict[str, OfferDocument | None] = {}
            for number in dice.sample(range(6), 2):
                stars = dice.choice([None, 3.0, 4.0])
                changes[f"place:{number}"] = document(number, rating_stars=stars) if dice.random() < 0.7 else None
            history[version] = changes
            newest |= changes
        deliveries = list(history) + dice.sample(list(history), 10)
        dice.shuffle(deliveries)
        for version in deliveries:
            changes = history[version]
            backend.apply(
                [put for put in changes.values() if put is not None],
                gone=[id_ for id_, put in changes.items() if put is None],
                version=version,
            )
        assert {id_: backend.get(id_, as_of=NOW) for id_ in newest} == newest
        assert backend.search(asking()).total == sum(document is not None for document in newest.values())


class Upkeep:
    """What keeps the index true asks of an engine."""

    HERE, THERE = UUID(int=11), UUID(int=12)

    def test_held_tells_every_current_document_of_the_branches_with_its_version(self, backend):
        put(backend, document(1, branch_id=self.HERE), document(2, branch_id=self.HERE), version=3)
        put(backend, document(3, branch_id=self.THERE), document(4, branch_id=UUID(int=13)), version=4)
        put(backend, document(1, branch_id=self.HERE, rating_stars=4.0), gone=("place:2",), version=5)
        assert dict(backend.held([self.HERE, self.THERE])) == {"place:1": 5, "place:3": 4}
        assert dict(backend.held([])) == {}

    def test_the_version_held_rises_though_nothing_changed(self, backend):
        for version in (1, 9, 5):
            put(backend, document(1), version=version)
        assert dict(backend.held([document(1).branch_id])) == {"place:1": 9}

    def test_read_gives_documents_back_by_id(self, backend):
        documents = [document(n, branch_id=self.HERE, valid_until=NOW - timedelta(days=n)) for n in (2, 1)]
        put(backend, *documents, document(3, branch_id=self.THERE))
        assert list(backend.read([self.HERE])) == documents[::-1]

    def test_branches_are_walked_in_their_order(self, backend):
        put(backend, *(document(n, branch_id=UUID(int=n // 2 + 1)) for n in range(10)))
        put(backend, gone=("place:0", "place:1"), version=2)
        walked, after = [], None
        while some := backend.branches(after=after, limit=2):
            walked += [branch.int for branch in some]
            after = some[-1]
        assert walked == [2, 3, 4, 5]

    def test_states_of_this_minute_are_not_let_go(self, backend):
        put(backend, *(document(n) for n in range(4)))
        first = backend.search(asking(limit=2))
        put(backend, document(0, rating_stars=5.0), gone=("place:3",), version=2)
        assert backend.forget() == 0
        assert ids(backend.search(asking(limit=2), after=first.next_after, epoch=first.epoch)) == ["2", "3"]


class SearchBackendContract(Filters, Words, Order, Counts, Pages, Writes, Upkeep, Serving):
    """All of it."""
