"""GET /v1/places/{id} and /v1/categories: live tables, names by language, closed and missing places told apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from listings.models import Branch, Category
from search.ranking import shrunk_rating
from tests.factories import BranchFactory, BrandFactory, CategoryFactory, DealFactory, MerchantFactory, StandingFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
"""A Friday, noon in Helsinki."""


@pytest.fixture
def get(client):
    def get(path: str, status: int = 200, headers=None, **params):
        with time_machine.travel(NOW, tick=True):
            response = client.get(f"/v1/{path}", params, headers=headers)
        assert response.status_code == status, response.content
        return response.json()

    return get


def test_a_place_in_full(get):
    food = CategoryFactory(slug="food-drink", path=["food-drink"], names={"en": "Food & drink", "fi": "Ruoka"})
    cafe = CategoryFactory(slug="cafe", path=["food-drink", "cafe"], parent=food, names={"en": "Café"})
    branch = BranchFactory(
        name="Kahvila",
        names={"fi": "Kahvila", "zh-Hans": "咖啡馆"},
        category=cafe,
        brand=BrandFactory(name="Robert's", names={"fi": "Robertin"}),
        street="Aleksi 1",
        city="Helsinki",
        photos=["https://example.org/1.jpg"],
        attributes={"wheelchair": "limited"},
        source="osm",
        external_id="n1",
    )
    StandingFactory(branch=branch, rating_count=10, rating_sum=45, generated=True)
    deal = DealFactory(merchant=branch.merchant, title="Lunch", titles={"fi": "Lounas"})
    place = get(f"places/{branch.id}", lang="fi")
    assert (place["id"], place["name"], place["names"]["zh-Hans"]) == (str(branch.id), "Kahvila", "咖啡馆")
    assert place["brand"]["name"] == "Robertin"
    assert [(each["slug"], each["name"]) for each in place["category_path"]] == [
        ("food-drink", "Ruoka"),
        ("cafe", "Café"),
    ]
    assert (place["lat"], place["lon"], place["zone"]) == (60.1699, 24.9384, "Europe/Helsinki")
    assert place["rating"] == {"stars": 4.5, "count": 10, "generated": True, "weighted": shrunk_rating(45, 10)}
    assert [(each["id"], each["title"], each["discount_percent"]) for each in place["deals"]] == [
        (str(deal.id), "Lounas", 25)
    ]
    assert place["hours"] is None
    assert place["attribution"][0]["licence"] == "ODbL-1.0"
    assert place["photos"] == ["https://example.org/1.jpg"]
    assert place["attributes"] == {"wheelchair": "limited"}


def test_a_place_that_nobody_rated_says_so(get):
    assert get(f"places/{BranchFactory().id}")["rating"] == {
        "stars": None,
        "count": 0,
        "generated": False,
        "weighted": None,
    }


def test_hours_tell_the_text_how_it_stands_and_the_week_from_today(get):
    branch = BranchFactory(opening_hours="Mo-Th 09:00-17:00; Fr 09:00-24:00; Sa 22:00-02:00")
    hours = get(f"places/{branch.id}")["hours"]
    assert hours["text"] == branch.opening_hours
    assert hours["status"] == {
        "state": "open",
        "comment": "",
        "changes_at": "2026-11-20T22:00:00Z",
        "changes_to": "closed",
    }
    assert [day["day"] for day in hours["week"]] == [f"2026-11-{day}" for day in range(20, 27)]
    spans = [
        [(span["opens"], span["closes"], span["closes_next_day"]) for span in day["spans"]] for day in hours["week"]
    ]
    assert spans[:4] == [[("09:00", "24:00", False)], [("22:00", "02:00", True)], [], [("09:00", "17:00", False)]]


def test_hours_are_of_the_local_day(get):
    branch = BranchFactory(opening_hours="24/7", zone="Pacific/Auckland", country="NZ")
    assert get(f"places/{branch.id}")["hours"]["week"][0]["day"] == "2026-11-20"
    branch = BranchFactory(opening_hours="24/7", zone="Pacific/Kiritimati", country="KI")
    assert get(f"places/{branch.id}")["hours"]["week"][0]["day"] == "2026-11-21"


def test_hours_that_nobody_can_read_are_shown_as_they_are(get):
    branch = BranchFactory(opening_hours="whenever we feel like it")
    assert get(f"places/{branch.id}")["hours"] == {"text": branch.opening_hours, "status": None, "week": None}


@pytest.mark.parametrize(
    ("header", "lang", "shown"),
    [(None, None, "Plain"), ("fi", None, "Suomi"), ("fi", "sv", "Svenska"), ("de", None, "Plain")],
)
def test_names_are_in_the_language_of_the_reader(get, header, lang, shown):
    branch = BranchFactory(name="Plain", names={"fi": "Suomi", "sv": "Svenska"})
    headers = {"Accept-Language": header} if header else None
    params = {"lang": lang} if lang else {}
    assert get(f"places/{branch.id}", headers=headers, **params)["name"] == shown


def test_only_deals_that_can_be_bought_here_now_are_shown_the_highest_discount_first(get):
    branch = BranchFactory()
    elsewhere = BranchFactory(merchant=branch.merchant)
    shown = [
        DealFactory(merchant=branch.merchant, price_minor=1800),
        DealFactory(merchant=branch.merchant, price_minor=1000),
        DealFactory(merchant=branch.merchant, price_minor=1200, all_branches=False),
    ]
    shown[2].branches.add(branch, elsewhere)
    shown[0].branches.add(branch, elsewhere)  # says nothing where all branches are meant, and must not repeat it
    DealFactory(merchant=branch.merchant, all_branches=False).branches.add(elsewhere)
    DealFactory(merchant=branch.merchant, state="draft")
    DealFactory(merchant=branch.merchant, valid_until=NOW)
    DealFactory(merchant=branch.merchant, valid_from=NOW + timedelta(hours=1))
    DealFactory(merchant=MerchantFactory(), all_branches=False).branches.add(branch)
    deals = get(f"places/{branch.id}")["deals"]
    assert [each["id"] for each in deals] == [str(shown[at].id) for at in (1, 2, 0)]


def test_a_place_closed_for_good_is_gone_and_says_since_when(get):
    branch = BranchFactory(name="Old", closed_at=NOW)
    answer = get(f"places/{branch.id}", 410)
    assert (answer["code"], answer["name"], answer["closed_at"]) == ("place_closed", "Old", "2026-11-20T10:00:00Z")
    assert get(f"places/{BranchFactory(closed_at=NOW + timedelta(days=1)).id}")


def test_a_place_that_is_not_there_and_an_id_that_is_none_are_told_apart(get):
    assert get(f"places/{UUID(int=5)}", 404)["code"] == "not_found"
    for malformed in ("5", "place:5", "x" * 300, f"{UUID(int=5)}0", "%00"):
        answer = get(f"places/{malformed}", 400)
        assert answer["code"] in ("invalid_parameter", "bad_request")


def test_parameters_are_known_by_name(get):
    answer = get(f"places/{BranchFactory().id}", 400, language="fi")
    assert (answer["code"], answer["parameter"]) == ("unknown_parameter", "language")


def test_categories_are_a_tree_in_their_order(get):
    Category.objects.all().delete()
    food = CategoryFactory(slug="food", path=["food"], position=2, names={"en": "Food", "zh-Hans": "美食"})
    CategoryFactory(slug="cafe", path=["food", "cafe"], parent=food, position=3, names={"en": "Café"})
    CategoryFactory(slug="bar", path=["food", "bar"], parent=food, position=4, names={"en": "Bar"})
    CategoryFactory(slug="auto", path=["auto"], position=1, names={})
    assert get("categories", lang="zh")["categories"] == [
        {"slug": "auto", "name": "auto", "names": {}, "children": []},
        {
            "slug": "food",
            "name": "美食",
            "names": {"en": "Food", "zh-Hans": "美食"},
            "children": [
                {"slug": "cafe", "name": "Café", "names": {"en": "Café"}, "children": []},
                {"slug": "bar", "name": "Bar", "names": {"en": "Bar"}, "children": []},
            ],
        },
    ]


def test_categories_may_be_kept_and_asked_for_again(client):
    CategoryFactory()
    first = client.get("/v1/categories")
    assert first["Cache-Control"] == "public, max-age=300"
    assert "Accept-Language" in first["Vary"]
    again = client.get("/v1/categories", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    Category.objects.update(names={"en": "Other"})
    assert client.get("/v1/categories", headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert client.get("/v1/categories", {"lang": "fi"})["ETag"] != first["ETag"]


def test_reading_changes_nothing(get):
    branch = BranchFactory()
    before = Branch.objects.values().get(id=branch.id)
    get(f"places/{branch.id}")
    assert Branch.objects.values().get(id=branch.id) == before
