"""Subjects become documents: what is current, what is shown, which words find it, when it is open."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import orjson
import pytest

from deals.windows import Window
from geo.types import Point
from indexing.builder import documents_of
from indexing.horizon import STEP_DAYS, day_of, moved_since, phase_of, window_minutes
from indexing.subjects import BranchSubject, BrandSubject, CategorySubject, DealSubject, StandingSubject
from listings.areas.published import PublishedBand
from search.document import Kind
from search.text import Tier, parse_text, tier_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BRANCH_ID = UUID(int=7)
FOOD = CategorySubject("food", {"en": "Food", "zh-Hans": "美食"}, {"en": ["eat"]})
CAFE = CategorySubject("cafe", {"en": "Cafe", "zh-Hans": "咖啡馆"}, {"en": ["espresso"]})
BEAN = BrandSubject(UUID(int=9), "Bean", {"zh": "豆"})


def deal(number=1, **changes):
    window = Window(valid_from=NOW - timedelta(days=1), valid_until=NOW + timedelta(days=20))
    return DealSubject(
        **{
            "id": UUID(int=100 + number),
            "title": "Cake for two",
            "titles": {"fi": "Kakku kahdelle"},
            "terms": "",
            "fulfilment": "voucher",
            "list_price_minor": 2_000,
            "price_minor": 1_500,
            "currency": "EUR",
            "window": window,
            "new_customers_only": False,
            "generated": False,
            "created_at": NOW - timedelta(days=2),
            **changes,
        }
    )


def branch(**changes):
    return BranchSubject(
        **{
            "id": BRANCH_ID,
            "name": "Corner",
            "names": {"fi": "Kulma"},
            "brand": BEAN,
            "categories": (FOOD, CAFE),
            "point": Point(24.9384, 60.1699),
            "street": "Aleksanterinkatu 1",
            "postcode": "00100",
            "city": "Helsinki",
            "country": "FI",
            "zone": "Europe/Helsinki",
            "opening_hours": "Mo-Su 10:00-20:00",
            "phone": "",
            "website": "",
            "photos": ("https://example.org/a.jpg", "https://example.org/b.jpg"),
            "attributes": {"wheelchair": "yes", "smoking": "no"},
            "source": "osm",
            "created_at": NOW - timedelta(days=100),
            "standing": StandingSubject(10, 45, 99, generated=True),
            "deals": (),
            **changes,
        }
    )


def build(subject, now=NOW):
    return documents_of(subject, now=now, horizon_days=14)


def test_a_place_without_deals():
    (place,) = build(branch())
    assert (place.kind, place.id, place.chain_id) == (Kind.PLACE, f"place:{BRANCH_ID}", BEAN.id)
    assert (place.categories, place.attributes) == (("food", "cafe"), frozenset({"wheelchair"}))
    assert (place.price_minor, place.currency, place.discount, place.deal_count) == (None, None, None, 0)
    assert (place.rating_count, place.rating_stars) == (10, 4.1182)
    assert (place.valid_from, place.valid_until, place.listed_at) == (None, None, NOW - timedelta(days=100))
    assert place.card["rating"] == {"stars": 4.5, "count": 10, "generated": True}
    assert place.card["photo"] == "https://example.org/a.jpg"
    assert place.card["deals"] == []


def test_a_place_shows_its_best_current_deals_and_counts_them_all():
    later = Window(valid_from=NOW + timedelta(days=1), valid_until=NOW + timedelta(days=2))
    deals = (
        deal(1, price_minor=1_500),
        deal(2, price_minor=1_000),
        deal(3, list_price_minor=1_000, price_minor=500),
        deal(4, price_minor=1_900),
        deal(5, price_minor=1, window=later),
        deal(6, price_minor=1, list_price_minor=10**6, currency="SEK"),
    )
    place, *offers = build(branch(deals=deals))
    assert [line["id"][-1] for line in place.card["deals"]] == ["a", "7", "6"]  # 106 (SEK), then 103 and 102 by price
    assert (place.deal_count, place.card["deal_count"]) == (5, 5)
    assert (place.currency, place.price_minor, place.discount) == (
        "EUR",
        500,
        0.9999,
    )  # rounded down
    assert [offer.card["deal"]["price_minor"] for offer in offers] == [1500, 1000, 500, 1900, 1, 1]


def test_a_deal_is_current_from_its_first_instant_until_before_its_last():
    window = Window(valid_from=NOW, valid_until=NOW + timedelta(hours=1))
    subject = branch(deals=(deal(window=window),))
    assert [build(subject, NOW + timedelta(seconds=s))[0].deal_count for s in (-1, 0, 3599, 3600)] == [0, 1, 1, 0]


def test_a_deal_carries_its_place_and_its_own_price():
    _, offer = build(branch(deals=(deal(terms="x" * 300),)))
    assert offer.id == f"deal:{UUID(int=101)}:{BRANCH_ID}"
    assert (offer.price_minor, offer.discount, offer.deal_count) == (1_500, 0.25, 1)
    assert offer.card["deal"]["valid_until"] == "2026-12-12T12:00:00Z"
    assert offer.card["deal"]["discount_percent"] == 25
    assert len(offer.card["deal"]["terms"]) == 200
    assert (offer.card["name"], offer.card["address"]["city"]) == ("Corner", "Helsinki")


def test_every_document_of_a_kind_has_the_same_keys_and_is_json():
    bare = branch(names={}, brand=None, opening_hours="", photos=(), attributes={}, standing=StandingSubject())
    for one, other in zip(build(branch(deals=(deal(),))), build(replace(bare, deals=(deal(titles={}),))), strict=True):
        assert list(one.card) == list(other.card)
        assert orjson.loads(orjson.dumps(one.card)) == one.card


@pytest.mark.parametrize(
    ("asked", "tier_of_place", "tier_of_deal"),
    [
        ("corner", Tier.EXACT, Tier.EXACT),
        ("kulma", Tier.EXACT, Tier.EXACT),
        ("豆", Tier.EXACT, Tier.EXACT),
        ("espresso", Tier.ALL_WORDS, Tier.ALL_WORDS),
        ("咖啡馆", Tier.ALL_WORDS, Tier.ALL_WORDS),
        ("美食", Tier.ALL_WORDS, Tier.ALL_WORDS),
        ("kakku kahdelle", None, Tier.EXACT),
        ("pizza", None, None),
    ],
)
def test_words_that_find_it(asked, tier_of_place, tier_of_deal):
    place, offer = build(branch(deals=(deal(),)))
    assert (tier_of(parse_text(asked), place.terms), tier_of(parse_text(asked), offer.terms)) == (
        tier_of_place,
        tier_of_deal,
    )


def test_hours_are_laid_out_over_the_window_and_cut_by_what_the_deal_allows():
    lunch = Window(
        valid_from=NOW,
        valid_until=NOW + timedelta(days=30),
        weekdays=frozenset({1}),
        daily_from=time(9),
        daily_until=time(14),
    )
    place, offer = build(branch(deals=(deal(window=lunch),)))
    start, end = window_minutes(BRANCH_ID, now=NOW, horizon_days=14)
    assert len(place.open_minutes) == 14
    assert all(start <= opens < closes <= end for opens, closes in place.open_minutes)
    monday = int(datetime(2026, 11, 23, 8, tzinfo=UTC).timestamp()) // 60  # 10:00 in Helsinki
    assert offer.open_minutes[0] == (monday, monday + 4 * 60)


@pytest.mark.parametrize("hours", ["", "whenever we like"])
def test_hours_that_are_not_known_or_not_readable_are_not_known(hours):
    place, offer = build(branch(opening_hours=hours, deals=(deal(),)))
    assert (place.open_minutes, offer.open_minutes) == (None, None)


def test_a_zone_that_nobody_knows_hides_hours_and_nothing_else():
    place, offer = build(branch(zone="Mars/Olympus", deals=(deal(),)))
    assert (place.open_minutes, offer.open_minutes, place.zone) == (None, None, "Mars/Olympus")


def test_two_builds_of_one_day_are_equal():
    subject = branch(deals=(deal(),))
    assert build(subject) == build(subject, NOW + timedelta(hours=11, minutes=59))


@pytest.mark.parametrize("number", range(12))
def test_a_window_holds_what_is_promised_and_moves_once_in_six_days(number):
    branch_id = UUID(int=number)
    starts = []
    for day in range(2 * STEP_DAYS):
        now = NOW + timedelta(days=day)
        start, end = window_minutes(branch_id, now=now, horizon_days=14)
        minute = int(now.timestamp()) // 60
        assert start <= minute
        assert end >= minute + (14 - STEP_DAYS) * 1440
        moved = phase_of(branch_id) in moved_since(day_of(now) - 1, now=now)
        assert not starts or moved == (start != starts[-1])
        starts.append(start)
    assert len(set(starts)) in {2, 3}


def test_days_that_were_missed_are_caught_up_with_and_never_more_than_all():
    today = day_of(NOW)
    assert moved_since(today, now=NOW) == frozenset()
    assert len(moved_since(today - 2, now=NOW)) == 2
    assert moved_since(today - 100, now=NOW) == frozenset(range(STEP_DAYS))


def published(**changes):
    return PublishedBand(
        **{
            "area_id": UUID(int=1),
            "mode": "delivery",
            "area_name": "Centre",
            "version_id": UUID(int=2),
            "valid_from": None,
            "valid_until": None,
            "hours": "",
            "band_id": UUID(int=3),
            "radius_metres": 1_500,
            "ewkb": None,
            "named_area": None,
            "fee_minor": 290,
            "minimum_minor": 0,
            "currency": "EUR",
            "eta_min_minutes": 20,
            "eta_max_minutes": 40,
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("hours", "minutes"), [("", None), ("Mo 12:00-14:00", 2 * 120), ("24/7", 14 * 1440), ("whenever we like", 0)]
)
def test_an_area_is_open_in_its_own_hours_if_it_has_any(hours, minutes):
    """One whose hours nobody can read promised some, and is never open."""
    subject = branch(opening_hours="Mo-Su 10:00-13:00", bands=(published(hours=hours),))
    (band,) = build(subject)[0].bands
    laid_out = band.open_minutes
    assert (None if laid_out is None else sum(until - since for since, until in laid_out)) == minutes


def test_the_place_has_the_bands_of_its_branch_in_their_order_and_a_deal_the_mode_of_its_fulfilment():
    ways = {"voucher": "visit", "reservation": "visit", "delivery": "delivery", "at_home": "at_home"}
    deals = tuple(deal(number, fulfilment=name) for number, name in enumerate(ways))
    bands = (published(fee_minor=1), published(fee_minor=0, mode="at_home", radius_metres=None, ewkb=b"shape"))
    place, *offers = build(branch(deals=deals, bands=bands))
    assert [(band.mode, band.fee_minor, band.radius_metres, band.ewkb) for band in place.bands] == [
        ("delivery", 1, 1_500.0, None),
        ("at_home", 0, None, b"shape"),
    ]
    assert place.mode is None
    assert [(offer.mode, offer.bands) for offer in offers] == [(mode, ()) for mode in ways.values()]
