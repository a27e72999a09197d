"""GET /v1/search over a real projection: what is answered, in which order, with what beside it."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from geo.distance import distance_metres
from search.backends.postgis.backend import PostgisBackend
from search.hit_fields import HIT_FIELDS, MADE_FIELDS
from search.ranking import shrunk_rating
from tests.contracts.documents import CENTRE, metres_north
from tests.search.offers import CHAIN, HERE, deal, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def put():
    def put(*documents):
        PostgisBackend().apply(documents, gone=(), version=1)

    return put


@pytest.fixture
def get(client):
    def get(status: int = 200, headers=None, **params):
        response = client.get("/v1/search", {**HERE, **params}, headers=headers)
        assert response.status_code == status, response.content
        return response.json()

    return get


def ids(answer) -> list[int]:
    return [UUID(hit["place_id"]).int for hit in answer["hits"]]


def test_nothing_is_an_answer(get):
    answer = get()
    assert answer["hits"] == []
    assert answer["total"] == {"value": 0, "relation": "eq"}
    assert answer["next_cursor"] is None
    assert answer["attribution"] == []


def test_the_answer_tells_how_it_was_made(get, put):
    put(place(1))
    answer = get(profile="nearest", sort="distance")
    assert list(answer) == [
        "hits",
        "total",
        "facets",
        "next_cursor",
        "as_of",
        "origin",
        "ranking",
        "backend",
        "degraded",
        "attribution",
        "trace_id",
    ]
    assert answer["ranking"] == {
        "profile": "nearest",
        "sort": "distance",
        "weights": {"distance": 0.85, "rating": 0.08, "deal": 0.04, "popularity": 0.03, "freshness": 0.0},
        "half_distance_metres": 400.0,
    }
    assert answer["origin"] == {"lat": CENTRE.lat, "lon": CENTRE.lon}
    assert (answer["backend"], answer["degraded"]) == ("postgis", False)
    assert answer["attribution"][0]["text"] == "© OpenStreetMap contributors"
    assert answer["as_of"].endswith("Z")


def test_a_hit_is_its_card_with_what_this_answer_adds(get, put):
    put(place(3, rating_count=8, rating_stars=shrunk_rating(36, 8), stars=4.5))
    (hit,) = get()["hits"]
    assert {*MADE_FIELDS, *hit} == {*hit} <= {*HIT_FIELDS}
    assert (hit["id"], hit["kind"], hit["place_id"]) == (f"place:{UUID(int=3)}", "place", str(UUID(int=3)))
    assert hit["distance_metres"] == round(distance_metres(CENTRE, metres_north(30)), 1)
    assert hit["rating"] == {"stars": 4.5, "count": 8, "generated": True, "weighted": 4.08}
    assert hit["open_now"] is None
    assert hit["tier"] is None
    assert 0 < hit["score"] < 1


def test_a_deal_shows_the_deal_and_its_place(get, put):
    put(deal(2))
    (hit,) = get(lang="fi")["hits"]
    assert (hit["kind"], hit["place_id"], hit["deal"]["id"]) == ("deal", str(UUID(int=2)), str(UUID(int=1002)))
    assert (hit["name"], hit["deal"]["title"]) == ("Numero 2", "Tarjous 2")
    assert {*hit} <= {*HIT_FIELDS}


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, "Number 1"),
        ({"lang": "fi"}, "Numero 1"),
        ({"lang": "sv,zh-CN"}, "1号"),
        ({"headers": {"Accept-Language": "fi-FI,en;q=0.5"}}, "Numero 1"),
        ({"lang": "sv", "headers": {"Accept-Language": "fi"}}, "Number 1"),
    ],
)
def test_names_are_in_the_language_of_the_reader(get, put, asked, shown):
    put(place(1))
    assert get(**asked)["hits"][0]["name"] == shown


def test_a_category_without_the_language_is_told_in_english(get, put):
    put(place(1))
    assert get(lang="zh-Hans")["hits"][0]["category"]["name"] == "咖啡馆"
    assert get(lang="fi")["hits"][0]["category"]["name"] == "Café"


def test_a_mask_leaves_the_rest_out(get, put, client):
    put(*(place(n) for n in range(1, 21)))
    answer = get(fields="id,distance_metres")
    assert all({*hit} == {"id", "distance_metres"} for hit in answer["hits"])
    whole = client.get("/v1/search", HERE).content
    masked = client.get("/v1/search", {**HERE, "fields": "id,distance_metres"}).content
    assert len(masked) < len(whole) / 4


def test_explain_tells_parts_that_sum_to_the_score(get, put):
    put(
        place(1, rating_stars=4.1, rating_count=9, popularity=0.4, discount=0.35, deal_count=1),
        place(2),
        deal(3, names=["Ramen bar"]),
        place(4, point=metres_north(1500), rating_count=1, rating_stars=3.9),
    )
    for asked in ({}, {"profile": "best_deal"}, {"weights": "distance:0.3,freshness:1"}, {"q": "ramen"}):
        answer = get(explain="true", **asked)
        assert answer["hits"]
        for hit in answer["hits"]:
            parts = hit["why"]["parts"]
            assert sum(part["part"] for part in parts) == pytest.approx(hit["score"], abs=1e-6)
            assert [part["signal"] for part in parts] == list(answer["ranking"]["weights"])
            for part in parts:
                assert part["part"] == pytest.approx(part["weight"] * part["value"], abs=1e-7)


def test_explain_speaks_plainly(get, put):
    put(place(1, point=metres_north(620), rating_count=8, rating_stars=4.08, discount=0.35, names=["Ramen bar"]))
    (hit,) = get(explain="true", q="ramen", fields="id")["hits"]
    assert {*hit} == {"id", "why"}
    assert hit["why"]["tier"] == "one of its names begins with the words"
    assert hit["why"]["order"] == "words first, then score, then distance"
    assert [part["words"] for part in hit["why"]["parts"]] == [
        "620 m away, half of 1 is at 800 m: 0.56 of 1",
        "4.08 stars from 8 ratings and 12 at 3.8 that every place is given: 0.77 of 1",
        "35% off, 70% is full: 0.50 of 1",
        "visits of the last 30 days, on a logarithmic scale: 0.00 of 1",
        hit["why"]["parts"][4]["words"],
    ]


def test_words_that_match_tell_their_tier(get, put):
    put(place(1, names=["Ramen"]), place(2, names=["Ramen bar"]), place(3, names=["Best ramen"]), place(4))
    answer = get(q="ramen")
    assert [(n, hit["tier"]) for n, hit in zip(ids(answer), answer["hits"], strict=True)] == [
        (1, "exact"),
        (2, "prefix"),
        (3, "all_words"),
    ]


def test_an_impossible_question_asks_no_engine(get, put, django_assert_num_queries):
    put(place(1))
    with django_assert_num_queries(0):
        answer = get(q="!!!", facets="kind,category")
    assert (answer["hits"], answer["total"]["value"]) == ([], 0)
    assert answer["facets"] == {"category": {}, "kind": {}}


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_is_one_statement_whatever_it_finds(get, put, count):
    put(*(place(n) for n in range(count)), *(deal(n) for n in range(count)))
    with CaptureQueriesContext(connection) as captured:
        answer = get(facets="kind,category,rating,open_now", explain="true", q="number", limit="2")
    assert answer["total"]["value"] == 2 * count
    assert len(captured) == 1, [query["sql"] for query in captured]


def test_pages_follow_each_other_without_gap_or_repeat_while_the_index_changes(get, put):
    put(*(place(n) for n in range(1, 8)))
    found, cursor, limits = [], None, iter((3, 2, 1, 5))
    while True:
        answer = get(sort="distance", limit=next(limits), **({"cursor": cursor} if cursor else {}))
        assert answer["total"]["value"] == 7
        found += ids(answer)
        cursor = answer["next_cursor"]
        if cursor is None:
            break
        PostgisBackend().apply([place(100 + len(found), point=CENTRE)], gone=[place(7).id], version=9)
    assert found == [1, 2, 3, 4, 5, 6, 7]


def test_every_page_is_decided_at_the_instant_of_the_first(get, put):
    put(*(place(n) for n in range(1, 4)))
    first = get(limit="1")
    assert get(limit="1", cursor=first["next_cursor"])["as_of"] == first["as_of"]


def test_cursors_of_another_question_another_engine_or_nobody_are_refused(get, put):
    put(*(place(n) for n in range(1, 4)))
    cursor = get(limit="1")["next_cursor"]
    assert get(400, limit="1", cursor=cursor, q="x")["code"] == "cursor_mismatch"
    assert get(400, cursor=cursor[:-1] + "!")["code"] == "cursor_invalid"
    assert get(200, limit="2", cursor=cursor, explain="true", fields="id", lang="fi", facets="kind")["hits"]


def test_a_cursor_is_no_good_on_another_engine(get, put, settings):
    from django.utils import timezone

    from search.cursor import Cursor, question_digest, seal
    from search.params import parse_search

    now = timezone.now()
    digest = question_digest(parse_search(HERE, now=now).query)
    text = seal(Cursor(backend="another", epoch=1, as_of=now, digest=digest, after=(0, 0.0, 0.0, "place:x")))
    answer = get(410, cursor=text)
    assert (answer["code"], answer["parameter"]) == ("cursor_expired", "cursor")


def test_a_state_of_the_index_that_is_gone_is_told(get, put):
    from django.utils import timezone

    from search.cursor import Cursor, question_digest, seal
    from search.params import parse_search

    put(place(1))
    now = timezone.now()
    digest = question_digest(parse_search(HERE, now=now).query)
    text = seal(Cursor(backend="postgis", epoch=-1, as_of=now, digest=digest, after=(0, 0.0, 0.0, "place:x")))
    assert get(410, cursor=text)["code"] == "cursor_expired"


def test_chains_collapse_to_their_nearest(get, put):
    put(place(1, chain_id=CHAIN), place(2, chain_id=CHAIN), place(3))
    assert ids(get(collapse="chain", sort="distance")) == [1, 3]
    assert ids(get(chain=str(CHAIN), sort="distance")) == [1, 2]


def test_facets_count_all_that_matches_under_the_same_filters(get, put):
    put(*(place(n) for n in range(1, 4)), deal(1))
    assert get(facets="kind,price", limit="1")["facets"] == {
        "kind": {"place": 3, "deal": 1},
        "price": {"EUR:1000": 1},
    }


def test_unknown_categories_are_told_with_the_nearest(get):
    answer = get(400, category="restarant")
    assert (answer["code"], answer["parameter"]) == ("invalid_parameter", "category")
    assert answer["nearest"] == "restaurant"


def test_parameters_with_a_slip_of_the_keyboard_are_named(get):
    answer = get(400, raduis_metres="5")
    assert (answer["code"], answer["nearest"]) == ("unknown_parameter", "radius_metres")


def test_highlights_say_what_the_words_met_as_plain_text(get, put):
    name = "林家牛肉麵 <b>&"
    put(
        place(
            1, names=[name], card={"name": name, "names": {"zh-Hant": name}, "readings": {name: "lin jia niu rou mian"}}
        )
    )
    (hit,) = get(q="niuroumian", highlight="true")["hits"]
    assert hit["highlights"] == [
        {
            "field": "name",
            "text": name,
            "parts": [
                {"text": "林家", "matched": False},
                {"text": "牛肉麵", "matched": True},
                {"text": " <b>&", "matched": False},
            ],
        }
    ]
    assert "highlights" not in get(q="niuroumian")["hits"][0]
    assert get(highlight="true")["hits"][0]["highlights"] == []
