"""From text to question: what each parameter becomes, what is refused and how, what is merely impossible."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from config.errors import InvalidParameter, UnknownParameter
from geo.areas import Area
from geo.types import Box, Circle, Point
from search.document import Kind
from search.parameters import CLUSTERS_NAMES, PARAMETERS, SEARCH_NAMES
from search.params import parse_filters, parse_search
from search.query import Facet, OpenAt, SearchQuery
from search.ranking import Signal, Sort, spec_for

NOW = datetime(2026, 11, 22, 9, 0, 30, tzinfo=UTC)
MINUTE = int(NOW.timestamp()) // 60
HERE = {"lat": "60.17", "lon": "24.94"}
POINT = Point(24.94, 60.17)


def query(**params: str) -> SearchQuery:
    return parse_search({**HERE, **params}, now=NOW).query


def test_a_point_alone_asks_for_both_kinds_within_two_kilometres_by_the_balanced_ranking():
    assert query() == SearchQuery(
        as_of=NOW, ranking=spec_for("balanced"), area=Circle(POINT, 2000.0), origin=POINT, limit=20
    )


def test_every_filter_becomes_its_field():
    asked = query(
        radius_metres="750.5",
        q="Ramen bar",
        category="restaurant,bars",
        kind="deal",
        price_min_minor="500",
        price_max_minor="2000",
        currency="EUR",
        discount_min_percent="33",
        rating_min="4.2",
        attributes="wheelchair,outdoor_seating",
        chain="7B2C5E0A-0000-4000-8000-0123456789AB",
        has_deals="true",
        collapse="chain",
        facets="kind,price",
        limit="100",
        sort="price",
        profile="best_deal",
        weights="distance:0.5,rating:0",
        half_distance_metres="600",
    )
    assert asked.area == Circle(POINT, 750.5)
    assert asked.text is not None
    assert [word.exact for word in asked.text.words] == [("w=ramen",), ("w=bar",)]
    assert asked.categories == {"restaurant", "bars"}
    assert asked.kinds == {Kind.DEAL}
    assert (asked.price_min_minor, asked.price_max_minor, asked.currency) == (500, 2000, "EUR")
    assert (asked.discount_min, asked.rating_min) == (0.33, 4.2)
    assert asked.attributes == {"wheelchair", "outdoor_seating"}
    assert asked.chain_id == "7b2c5e0a-0000-4000-8000-0123456789ab"
    assert asked.has_deals is True
    assert asked.collapse_chains is True
    assert asked.facets == {Facet.KIND, Facet.PRICE}
    assert asked.limit == 100
    assert asked.ranking == spec_for(
        "best_deal",
        sort=Sort.PRICE,
        overrides={Signal.DISTANCE: 0.5, Signal.RATING: 0.0},
        half_distance_metres=600,
    )
    assert not asked.impossible


def test_presentation_is_beside_the_question():
    asked = parse_search({**HERE, "fields": "id,name", "explain": "true", "lang": "zh-Hans,en"}, now=NOW)
    assert (asked.fields, asked.explain, asked.languages) == ({"id", "name"}, True, ("zh-Hans", "en"))
    plain = parse_search({**HERE, "explain": "false"}, now=NOW)
    assert (plain.fields, plain.explain, plain.languages) == (None, False, ())


def test_a_box_is_measured_from_its_middle_and_may_cross_the_180th_meridian():
    asked = parse_search({"bbox": "179,-18,-179,-16"}, now=NOW).query
    assert asked.area == Box(179.0, -18.0, -179.0, -16.0)
    assert asked.origin == Point(180.0, -17.0)


def test_a_point_beside_a_box_or_a_polygon_is_where_distances_are_measured_from():
    assert query(bbox="24,60,25,61").origin == POINT
    asked = query(polygon="60,24;61,24;61,25")
    assert isinstance(asked.area, Area)
    assert asked.origin == POINT
    assert parse_search({"polygon": "60,24;61,24;61,25"}, now=NOW).query.origin == Point(24.5, 60.5)


@pytest.mark.parametrize("text", ["", "   "])
def test_a_cleared_search_box_asks_for_no_words(text):
    assert (query(q=text).text, query(q=text).impossible) == (None, False)


@pytest.mark.parametrize(
    "params",
    [
        {"q": "!!!"},
        {"kind": "deal", "has_deals": "false"},
        {"has_deals": "false", "discount_min_percent": "10"},
        {"has_deals": "false", "price_min_minor": "0", "currency": "EUR"},
    ],
)
def test_a_question_that_can_hold_nothing_is_impossible_and_no_error(params):
    assert query(**params).impossible


@pytest.mark.parametrize("params", [{"kind": "place", "has_deals": "false"}, {"kind": "deal", "has_deals": "true"}])
def test_a_question_that_can_hold_something_is_not(params):
    assert not query(**params).impossible


def test_open_now_is_the_minute_of_asking_and_false_asks_nothing():
    assert query(open_now="true").open_at == OpenAt(MINUTE)
    assert query(open_now="false").open_at is None
    assert query(open_now="false", open_at="2026-11-22T09:00Z").open_at == OpenAt(MINUTE)


@pytest.mark.parametrize(
    ("text", "minutes_ahead"),
    [
        ("2026-11-22T09:00Z", 0),
        ("2026-11-22t11:30:59.5+02:00", 30),
        ("2026-11-22T04:30:00-05:00", 30),
        ("2026-11-29T09:00:30z", 7 * 1440),
    ],
)
def test_an_instant_within_the_horizon_is_one_minute_for_all(text, minutes_ahead):
    assert query(open_at=text).open_at == OpenAt(MINUTE + minutes_ahead)


def test_a_local_time_is_a_minute_for_each_zone():
    asked = query(open_at="2026-11-22T18:30").open_at
    assert asked is not None
    assert asked.minute is None
    assert asked.minute_in("Europe/Helsinki") == MINUTE + 450
    assert asked.minute_in("Europe/London") == MINUTE + 570
    assert asked.minute_in("Nowhere/At_All") is None


def test_a_local_time_is_judged_by_the_zone_of_the_area():
    with pytest.raises(InvalidParameter, match="Europe/Helsinki") as refused:
        query(open_at="2026-11-22T10:30")  # half an hour ago in Helsinki, yet to come in London
    assert (refused.value.parameter, refused.value.limit) == ("open_at", "7 days")
    assert parse_search({"lat": "51.5", "lon": "0", "open_at": "2026-11-22T10:30"}, now=NOW).query.open_at is not None


@pytest.mark.parametrize(
    ("zone", "asked", "utc"),
    [
        ("Europe/Helsinki", "2026-03-29T03:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # left out: 03:00 → 04:00
        ("Europe/Helsinki", "2026-10-25T03:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first
    ],
)
def test_local_times_at_clock_changes(zone, asked, utc):
    moment = parse_search({**HERE, "open_at": asked}, now=utc.replace(hour=0, minute=0)).query.open_at
    assert moment is not None
    assert moment.minute_in(zone) == int(utc.timestamp()) // 60


REFUSED = [
    ({}, "lat", None),
    ({"lat": "60"}, "lon", None),
    ({"radius_metres": "100"}, "lat", None),
    ({**HERE, "radius_metres": "0"}, "radius_metres", "1 to 50000 metres"),
    ({**HERE, "radius_metres": "50000.1"}, "radius_metres", "1 to 50000 metres"),
    ({**HERE, "radius_metres": "5", "bbox": "24,60,25,61"}, "bbox", "one area"),
    ({"bbox": "24,60,25,61", "polygon": "60,24;61,24;61,25"}, "polygon", "one area"),
    ({"polygon": "1" * 32_001}, "polygon", "32000 characters"),
    ({**HERE, "q": "a" * 101}, "q", "100 characters"),
    ({**HERE, "q": "a b c d e f g h i"}, "q", "8 words"),
    ({**HERE, "q": "\ufdfa" * 50}, "q", "8 words"),
    ({**HERE, "category": "Cafe"}, "category", None),
    ({**HERE, "category": "cafe,"}, "category", None),
    ({**HERE, "category": "a" * 61}, "category", None),
    ({**HERE, "category": ",".join(f"c{n}" for n in range(21))}, "category", 20),
    ({**HERE, "kind": "shop"}, "kind", None),
    ({**HERE, "price_min_minor": "5"}, "currency", None),
    ({**HERE, "currency": "EUR"}, "currency", None),
    ({**HERE, "price_min_minor": "5", "currency": "eur"}, "currency", None),
    ({**HERE, "price_min_minor": "5", "price_max_minor": "4", "currency": "EUR"}, "price_min_minor", None),
    ({**HERE, "price_min_minor": "-1", "currency": "EUR"}, "price_min_minor", "0..999999999999"),
    ({**HERE, "price_max_minor": "1e3", "currency": "EUR"}, "price_max_minor", "0..999999999999"),
    ({**HERE, "price_max_minor": "1" * 400, "currency": "EUR"}, "price_max_minor", "0..999999999999"),
    ({**HERE, "discount_min_percent": "101"}, "discount_min_percent", "0..100"),
    ({**HERE, "rating_min": "0.9"}, "rating_min", "1 to 5 stars"),
    ({**HERE, "rating_min": "nan"}, "rating_min", None),
    ({**HERE, "attributes": "wheel chair"}, "attributes", None),
    ({**HERE, "attributes": ",".join(f"a{n}" for n in range(11))}, "attributes", 10),
    ({**HERE, "chain": "7"}, "chain", None),
    ({**HERE, "open_now": "yes"}, "open_now", None),
    ({**HERE, "open_now": "True"}, "open_now", None),
    ({**HERE, "open_now": "true", "open_at": "2026-11-22T12:00"}, "open_at", None),
    ({**HERE, "open_at": "2026-11-22T08:59Z"}, "open_at", "7 days"),
    ({**HERE, "open_at": "2026-11-29T09:01Z"}, "open_at", "7 days"),
    ({**HERE, "open_at": "0001-01-01T00:00"}, "open_at", "7 days"),
    ({**HERE, "open_at": "9999-12-31T23:59-23:59"}, "open_at", "7 days"),
    ({**HERE, "open_at": "2026-02-30T09:00Z"}, "open_at", None),
    ({**HERE, "open_at": "2026-11-22T24:30"}, "open_at", None),
    ({**HERE, "open_at": "2026-11-22T12:00 02:00"}, "open_at", None),
    ({**HERE, "open_at": "１２"}, "open_at", None),
    ({**HERE, "open_at": "2" * 41}, "open_at", "40 characters"),
    ({**HERE, "has_deals": "1"}, "has_deals", None),
    ({**HERE, "sort": "best"}, "sort", None),
    ({**HERE, "profile": "fastest"}, "profile", None),
    ({**HERE, "weights": "distance"}, "weights", None),
    ({**HERE, "weights": "luck:1"}, "weights", None),
    ({**HERE, "weights": "distance:1.1"}, "weights", "0..1"),
    ({**HERE, "weights": "distance:0.5,distance:0.6"}, "weights", None),
    ({**HERE, "weights": ",".join(f"{signal}:0" for signal in Signal)}, "weights", "> 0"),
    ({**HERE, "half_distance_metres": "49"}, "half_distance_metres", "50 to 100000 metres"),
    ({**HERE, "collapse": "brand"}, "collapse", None),
    ({**HERE, "facets": "colour"}, "facets", None),
    ({**HERE, "limit": "0"}, "limit", "1..100"),
    ({**HERE, "limit": "101"}, "limit", "1..100"),
    ({**HERE, "limit": "010"}, "limit", "1..100"),
    ({**HERE, "fields": "id,nmae"}, "fields", None),
    ({**HERE, "explain": "yes"}, "explain", None),
    ({**HERE, "lang": "english please"}, "lang", None),
    ({**HERE, "lang": "en,fi,sv,de,fr,it"}, "lang", 5),
    ({**HERE, "category": ""}, "category", None),
]


@pytest.mark.parametrize(("params", "parameter", "limit"), REFUSED)
def test_a_mistake_is_refused_by_name_with_its_limit(params, parameter, limit):
    with pytest.raises(InvalidParameter) as refused:
        parse_search(params, now=NOW)
    assert (refused.value.parameter, refused.value.limit) == (parameter, limit)
    assert refused.value.detail.isprintable()


def test_near_misses_are_told():
    with pytest.raises(InvalidParameter, match="Did you mean name"):
        query(fields="nmae")
    with pytest.raises(InvalidParameter, match="Did you mean restaurant") as refused:
        parse_search({**HERE, "category": "restarant"}, now=NOW, categories={"restaurant", "bars"})
    assert refused.value.members["nearest"] == "restaurant"
    with pytest.raises(InvalidParameter, match="%2B"):
        query(open_at="2026-11-22T12:00 02:00")


def test_an_unknown_parameter_is_refused():
    with pytest.raises(UnknownParameter) as refused:
        query(radius="5")
    assert refused.value.members["known"] == sorted(SEARCH_NAMES)


def test_clusters_take_the_filters_and_what_collapses_but_no_page():
    asked = parse_filters({"bbox": "24,60,25,61", "q": "ramen", "kind": "place"}, now=NOW)
    assert asked == parse_search({"bbox": "24,60,25,61", "q": "ramen", "kind": "place"}, now=NOW).query
    with pytest.raises(UnknownParameter):
        parse_filters({"bbox": "24,60,25,61", "limit": "5"}, now=NOW)


def test_the_table_of_parameters_names_each_once_with_an_example_that_is_taken():
    assert len({each.name for each in PARAMETERS}) == len(PARAMETERS)
    assert CLUSTERS_NAMES - {"resolution", "zoom", "boundary"} < SEARCH_NAMES
    for each in PARAMETERS:
        if each.example and each.only != "clusters":
            base = {} if each.name in ("bbox", "polygon", "serves", "mode") else dict(HERE)
            beside = {"currency": "EUR"} if each.name.startswith("price") else {}
            beside |= {"serves": "60,24"} if each.name == "mode" else {}
            beside |= {"price_min_minor": "1"} if each.name == "currency" else {}
            beside |= {"bookable_at": "2026-11-25T19:00Z"} if each.name == "party" else {}
            parse_search({**base, **beside, each.name: each.example}, now=NOW)


def test_the_order_asked_of_clusters_is_read_for_it_decides_which_branch_of_a_chain_counts():
    asked = {"bbox": "24.9,60.1,25.0,60.2", "collapse": "chain", "profile": "top_rated", "sort": "rating"}
    ranking = parse_filters(asked, now=NOW).ranking
    assert (ranking.profile, ranking.sort) == ("top_rated", Sort.RATING)
    with pytest.raises(InvalidParameter):
        parse_filters({**asked, "sort": "colour"}, now=NOW)
