"""GET /v1/suggest over a real projection and a real Redis: what is suggested and in which order."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from geo.types import Point
from search.backends.postgis import subjects, suggesting
from search.backends.postgis.backend import PostgisBackend
from search.subjects import Subject, SubjectType
from tests.contracts.documents import CENTRE, metres_north
from tests.search.offers import deal, place

pytestmark = pytest.mark.django_db

HERE = {"lat": str(CENTRE.lat), "lon": str(CENTRE.lon)}


def named(name, number, *, category="cafe", brand=None, city="Helsinki", reading="", **changes):
    card = {
        "name": name,
        "names": {},
        "readings": {name: reading} if reading else {},
        "category": {"slug": category, "names": {"en": category.title()}},
        "brand": None if brand is None else {"id": str(UUID(int=brand)), "name": f"Brand {brand}"},
        "address": {"street": "Street 1", "city": city, "country": "FI"},
        "source": "osm",
        "deals": [],
        "deal_count": 0,
    }
    chain = None if brand is None else UUID(int=brand)
    return place(number, names=[name], card=card, **{"chain_id": chain, **changes})


@pytest.fixture
def put():
    def put(*documents, gone=()):
        PostgisBackend().apply(documents, gone=gone, version=1)

    return put


@pytest.fixture
def suggest(client):
    def suggest(q, status=200, **params):
        response = client.get("/v1/suggest", {"q": q, **params})
        assert response.status_code == status, response.content
        return response.json()

    return suggest


def told(answer):
    return [(each["type"], each["name"]) for each in answer["suggestions"]]


def test_all_types_as_one_the_better_tier_first(suggest, put):
    offer = deal(3, names=["Elsewhere"], terms=place(3, names=["Ramen for two"]).terms)
    offer.card["deal"].update(title="Ramen for two", titles={})
    put(named("Ramen Bar", 1, category="ramen", brand=7, city="Ramenton"), offer)
    subjects.put([Subject(SubjectType.AREA, "a1", "Ramen Quarter", {}, metres_north(900))])
    answer = suggest("ramen", **HERE)
    assert told(answer) == [
        ("category", "Ramen"),
        ("area", "Ramen Quarter"),
        ("city", "Ramenton"),
        ("place", "Ramen Bar"),
        ("deal", "Ramen for two"),
    ]
    assert [each["search"] for each in answer["suggestions"]] == [
        {"category": "ramen"},
        {"lat": f"{metres_north(900).lat:.6f}", "lon": f"{CENTRE.lon:.6f}"},
        {"lat": f"{metres_north(10).lat:.6f}", "lon": f"{CENTRE.lon:.6f}"},
        None,
        None,
    ]
    assert answer["suggestions"][3]["parts"] == [{"text": "Ramen", "matched": True}, {"text": " Bar", "matched": False}]
    assert answer["suggestions"][3]["detail"] == "Street 1, Ramenton"
    assert [each["source"] for each in answer["attribution"]] == ["osm"]
    assert told(suggest("rament", **HERE))[0] == ("city", "Ramenton")
    assert told(suggest("brand", **HERE)) == [("brand", "Brand 7")]


def test_near_is_preferred_and_far_is_found_by_the_beginning_of_its_name(suggest, put, monkeypatch):
    monkeypatch.setattr(suggesting, "NEAREST", 2)
    put(
        named("Blue Far", 1, point=Point(120.2, 23.0)),
        named("The Blue Far", 2, point=Point(120.2, 23.0)),
        named("Blue Near", 3, point=metres_north(500)),
        named("The Blue Near", 4, point=metres_north(100)),
    )
    assert told(suggest("blu", **HERE)) == [("place", "Blue Near"), ("place", "Blue Far"), ("place", "The Blue Near")]
    assert {name for _, name in told(suggest("blu"))} == {"Blue Near", "Blue Far"}


def test_in_the_region_before_anywhere_and_of_each_only_the_first_few(suggest, put, monkeypatch):
    monkeypatch.setattr(suggesting, "NEAREST", 1)
    monkeypatch.setattr(suggesting, "HEADS_OF_A_REGION", 2)
    monkeypatch.setattr(suggesting, "HEADS_OF_ANYWHERE", 1)
    put(
        named("Near", 1),
        *(named(f"Blue {letter}", n, point=metres_north(20_000 + n)) for n, letter in enumerate("dcb", start=2)),
        named("Blue a", 9, point=Point(120.2, 23.0)),
    )
    assert told(suggest("blu", **HERE)) == [("place", "Blue c"), ("place", "Blue b"), ("place", "Blue a")]
    assert told(suggest("blu")) == [("place", "Blue a")]


def test_only_current_documents_have_heads(put):
    def heads():
        with connection.cursor() as cursor:
            cursor.execute("SELECT head FROM search_head JOIN search_offer USING (row_id) ORDER BY 1")
            return [head for (head,) in cursor.fetchall()]

    put(named("Old", 1), named("Other", 2))
    put(named("New", 1))
    assert heads() == ["new", "other"]
    put(gone=[named("Other", 2).id])
    assert heads() == ["new"]


@pytest.mark.parametrize("q", ["牛肉麵", "牛肉面", "niuroum", "niu rou", "nrm", "niurou面"])
def test_chinese_however_it_is_typed(suggest, put, q):
    put(named("牛肉麵", 1, reading="niu rou mian", point=Point(120.2, 23.0)), named("Blue", 2))
    near = suggest(q, lat="23.0", lon="120.2")
    assert told(near)[0] == ("place", "牛肉麵")
    assert any(part["matched"] for part in near["suggestions"][0]["parts"])


def test_of_a_chain_the_nearest_of_a_deal_one_and_most_of_a_type(suggest, put):
    put(
        *(named("Blue", n, brand=5, point=metres_north(100 * n)) for n in (2, 1, 3)),
        *(named(f"Blue {n}", n, category=f"blue{n}") for n in range(10, 14)),
    )
    answer = suggest("blue", limit="20", **HERE)
    assert [each["type"] for each in answer["suggestions"]].count("category") == 2
    assert [each["distance_metres"] for each in answer["suggestions"] if each["name"] == "Blue"] == [100.0]


def test_deals_out_of_their_time_and_what_is_gone_are_not_suggested(suggest, put):
    from django.utils import timezone

    later = timezone.now() + timedelta(days=1)
    put(deal(1, names=["Blue"], valid_from=later), named("Blue", 2))
    assert [each["type"] for each in suggest("blue", **HERE)["suggestions"]] == ["place"]
    put(gone=[named("Blue", 2).id])
    assert suggest("blue", **HERE)["suggestions"] == []


def test_subjects_that_no_document_has_are_forgotten(put):
    def held():
        with connection.cursor() as cursor:
            cursor.execute("SELECT type, ref FROM search_subject ORDER BY 1, 2")
            return cursor.fetchall()

    put(named("A", 1, brand=7, city="Espoo", category="bar"), named("B", 2), named("C", 3, brand=8))
    assert len(held()) == 6
    put(gone=[named("A", 1).id])
    PostgisBackend().forget()
    assert held() == [("brand", str(UUID(int=8))), ("category", "cafe"), ("city", "FI:helsinki")]


@pytest.mark.parametrize("q", ["", " ", "!!!", "😀"])
def test_nothing_to_look_up_suggests_nothing(suggest, q):
    assert suggest(q)["suggestions"] == []


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"q": "a" * 101}, "q"),
        ({"q": "a b c d e f g h i"}, "q"),
        ({"q": "a", "lat": "1"}, "lon"),
        ({"q": "a", "lat": "91", "lon": "1"}, "lat"),
        ({"q": "a", "limit": "21"}, "limit"),
        ({"q": "a", "session": "short"}, "session"),
        ({"q": "a", "session": "x" * 65}, "session"),
        ({"q": "a", "lang": "!"}, "lang"),
        ({"q": "a", "types": "place"}, "types"),
        ({}, "q"),
    ],
)
def test_mistakes_are_named(client, params, field):
    response = client.get("/v1/suggest", params)
    assert response.status_code == 400
    assert field in response.content.decode()
