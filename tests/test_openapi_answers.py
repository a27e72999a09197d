"""Real answers are what the OpenAPI document says: every key described, every type right. Nothing more comes out."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from config.api.schema import openapi_document
from deals.models import Deal
from search.backends.postgis.backend import PostgisBackend
from search.hit_fields import HIT_FIELDS
from search.schema import HitSerializer
from tests.booking.world import held, start_in
from tests.factories import BranchFactory, BrandFactory, CategoryFactory, DealFactory, ServiceFactory, StandingFactory
from tests.search.offers import CHAIN, HERE, deal, place

pytestmark = pytest.mark.django_db


def _closed(schema: Any) -> Any:
    """The same, with no key allowed that is not described."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    if closed.get("type") == "object" and isinstance(schema.get("properties"), dict):
        closed.setdefault("additionalProperties", False)
    return closed


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    document = orjson.loads(openapi_document()[0])
    kept_open = document["components"]["schemas"].pop("Problem")  # errors may say more: `members`
    document = _closed(deepcopy(document))
    document["components"]["schemas"]["Problem"] = kept_open
    return document


@pytest.fixture
def check(client, document):
    def check(path: str, operation: str, status: int = 200, **params):
        response = client.get(path, params)
        assert response.status_code == status, response.content
        described = document["paths"][operation]["get"]["responses"][str(status)]
        if "$ref" in described:
            described = document["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
        (media_type,) = described["content"]
        assert response["Content-Type"].split(";")[0] == media_type
        schema = {**described["content"][media_type]["schema"], "components": document["components"]}
        Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(response.json())
        return response.json()

    return check


@pytest.fixture
def offers():
    PostgisBackend().apply(
        [
            place(1, chain_id=CHAIN, open_minutes=((0, 2**31 - 1),), rating_stars=4.2, rating_count=3, stars=4.7),
            place(2, open_minutes=()),
            deal(3, names=["Ramen bar"]),
        ],
        gone=(),
        version=1,
    )


@pytest.mark.usefixtures("offers")
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"explain": "true"},
        {"limit": "1"},
        {"q": "ramen", "facets": "kind,category,rating,price,discount,attribute,open_now"},
        {"fields": "id"},
        {"q": "!!"},
        {"bbox": "24.9,60.1,25.0,60.3", "sort": "newest", "collapse": "chain", "lang": "fi"},
    ],
)
def test_searches(check, params):
    check("/v1/search", "/v1/search", **{**HERE, **params})


@pytest.mark.usefixtures("offers")
def test_clusters(check):
    answer = check("/v1/clusters", "/v1/clusters", bbox="24.9,60.1,25.0,60.3", resolution="9", boundary="true")
    assert answer["cells"]


def test_places_deals_and_categories(check):
    category = CategoryFactory()
    CategoryFactory(slug="below", path=["cafe", "below"], parent=category)
    branch = BranchFactory(
        brand=BrandFactory(),
        opening_hours='Mo-Fr 09:00-12:00 "ring the bell"; Sa 10:00-12:00 unknown; Su 22:00-02:00',
        source="osm",
        external_id="1",
    )
    StandingFactory(branch=branch, rating_count=2, rating_sum=9)
    shown = DealFactory(merchant=branch.merchant)
    assert check(f"/v1/places/{branch.id}", "/v1/places/{id}")["deals"]
    check(f"/v1/places/{BranchFactory(opening_hours='none of your business').id}", "/v1/places/{id}")
    assert check(f"/v1/deals/{shown.id}", "/v1/deals/{id}", **HERE)["branches"]["items"]
    check(f"/v1/deals/{DealFactory(state=Deal.State.ENDED, stock=0).id}", "/v1/deals/{id}")
    assert check("/v1/categories", "/v1/categories")["categories"]


def test_times_to_book(check):
    deal = DealFactory(fulfilment="reservation")
    service = ServiceFactory(
        branch=BranchFactory(merchant=deal.merchant), deal=deal, cancellation=[[1440, 100], [60, 50]]
    )
    path, place = f"/v1/deals/{deal.id}/availability", str(service.branch_id)
    assert check(path, "/v1/deals/{id}/availability", place_id=place, party="2")["starts"]
    assert check("/v1/availability", "/v1/availability", offers=f"{deal.id}:{place}")["offers"]


@pytest.mark.parametrize("with_slot", [True, False])
def test_a_hold_and_its_booking(client, document, with_slot):
    deal = DealFactory(fulfilment="reservation" if with_slot else "voucher")
    branch = BranchFactory(merchant=deal.merchant)
    body = {"deal_id": str(deal.id), "place_id": str(branch.id)}
    if with_slot:
        ServiceFactory(branch=branch, deal=deal, cancellation=[[60, 100]])
        body["starts_at"] = start_in().isoformat()
    held = client.post("/v1/holds", body, "application/json", headers={"Idempotency-Key": "k" * 16})
    token = {"Authorization": f"Bearer {held.json()['token']}"}
    shown = client.get(f"/v1/bookings/{held.json()['booking']['id']}", headers=token)
    for answer, path, method in ((held, "/v1/holds", "post"), (shown, "/v1/bookings/{id}", "get")):
        described = document["paths"][path][method]["responses"][str(answer.status_code)]
        schema = {**described["content"]["application/json"]["schema"], "components": document["components"]}
        Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(answer.json())


def test_a_payment(client, document):
    mine = held(ServiceFactory())
    headers = {"Idempotency-Key": "k" * 16, "Authorization": f"Bearer {mine.token}"}
    body = {"hold_id": str(mine.booking.id), "contact": {"name": "Aino", "email": "aino@example.com"}}
    client.post("/v1/bookings", body, "application/json", headers=headers)
    url = f"/v1/bookings/{mine.booking.id}/payment"
    begun = client.post(url, {}, "application/json", headers=headers)
    for answer, method in ((begun, "post"), (client.get(url, headers=headers), "get")):
        described = document["paths"]["/v1/bookings/{id}/payment"][method]["responses"][str(answer.status_code)]
        schema = {**described["content"]["application/json"]["schema"], "components": document["components"]}
        Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(answer.json())
        assert answer.json()["checkout_url"]


def test_refusals(check):
    check("/v1/search", "/v1/search", 400)
    check("/v1/search", "/v1/search", 400, **HERE, raduis="5")
    check("/v1/places/5", "/v1/places/{id}", 400)
    check("/v1/deals/00000000-0000-0000-0000-000000000005", "/v1/deals/{id}", 404)


def test_the_hit_that_is_described_is_the_one_that_is_made():
    assert set(HitSerializer().fields) == {*HIT_FIELDS, "why", "highlights"}


def test_cards_as_the_index_builds_them_hold_the_fields_that_can_be_asked_for():
    from django.utils import timezone

    from indexing.builder import documents_of
    from indexing.facts import read_branches
    from search.hit_fields import CARD_FIELDS

    branch = BranchFactory()
    DealFactory(merchant=branch.merchant)
    now = timezone.now()
    (subject,) = read_branches([branch.id], now=now)
    documents = documents_of(subject, now=now, horizon_days=14)
    assert {key for each in documents for key in each.card} == set(CARD_FIELDS)


def test_what_the_index_builds_is_answered_as_described(check):
    from django.utils import timezone

    from indexing.builder import documents_of
    from indexing.facts import read_branches

    branch = BranchFactory(brand=BrandFactory(), opening_hours="24/7", photos=["https://example.org/1"], source="osm")
    branch.external_id = "1"
    branch.save()
    StandingFactory(branch=branch, rating_count=2, rating_sum=9)
    DealFactory(merchant=branch.merchant)
    now = timezone.now()
    (subject,) = read_branches([branch.id], now=now)
    PostgisBackend().apply(documents_of(subject, now=now, horizon_days=14), gone=(), version=1)
    answer = check("/v1/search", "/v1/search", lat="60.1699", lon="24.9384", explain="true", open_now="true")
    assert [hit["kind"] for hit in answer["hits"]] == ["deal", "place"]


@pytest.mark.parametrize("spoil", [{"surprise": 1}, {"total": {"value": "3", "relation": "eq"}}, {"as_of": None}])
def test_an_answer_that_differs_would_be_noticed(client, document, spoil):
    described = document["paths"]["/v1/search"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**described, "components": document["components"]})
    answer = client.get("/v1/search", HERE).json()
    assert validator.is_valid(answer)
    assert not validator.is_valid({**answer, **spoil})
