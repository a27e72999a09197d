"""The operator's admin: every page answers, saves go through the services, refusals stand beside their field."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib import admin
from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils import timezone

from deals.models import Deal
from listings.models import Branch, Change
from tests.factories import BranchFactory, BrandFactory, CategoryFactory, DealFactory, MerchantFactory, StandingFactory

pytestmark = pytest.mark.django_db

OURS = [model for model in admin.site._registry if model._meta.app_label in {"listings", "deals"}]


@pytest.fixture
def operator(admin_client):
    admin_client.raise_request_exception = True
    return admin_client


def page(model, kind, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_page_answers(operator, model):
    branch = StandingFactory().branch
    DealFactory(merchant=branch.merchant)
    BrandFactory()
    assert operator.get(page(model, "changelist"), {"q": "a"}).status_code == 200
    assert operator.get(page(model, "add")).status_code == (403 if model in READ_ONLY else 200)
    if (row := model.objects.first()) is not None:
        assert operator.get(page(model, "change", row.pk)).status_code == 200


READ_ONLY = [model for model in OURS if model._meta.model_name in {"category", "change", "importrun"}]


def branch_form(merchant, **changes):
    return {
        "merchant": merchant.pk,
        "brand": "",
        "name": "Corner",
        "names": "{}",
        "category": "cafe",
        "photos": "[]",
        "attributes": '{"wheelchair": "yes"}',
        "lat": "60.1699",
        "lon": "24.9384",
        "zone_given": "",
        "standing-TOTAL_FORMS": "0",
        "standing-INITIAL_FORMS": "0",
        **changes,
    }


def test_a_branch_is_made_changed_and_moved(operator):
    CategoryFactory()
    merchant = MerchantFactory()
    operator.post(page(Branch, "add"), branch_form(merchant))
    branch = Branch.objects.get()
    assert (branch.name, branch.zone, branch.attributes) == ("Corner", "Europe/Helsinki", {"wheelchair": "yes"})
    changed = branch_form(merchant, name="New", lat="35.68", lon="139.7", opening_hours="24/7")
    operator.post(page(Branch, "change", branch.pk), changed)
    branch.refresh_from_db()
    assert (branch.name, branch.zone, branch.opening_hours) == ("New", "Asia/Tokyo", "24/7")
    operator.post(page(Branch, "change", branch.pk), {**changed, "zone_given": "Asia/Seoul"})
    branch.refresh_from_db()
    assert (branch.zone, branch.zone_is_overridden) == ("Asia/Seoul", True)


@pytest.mark.parametrize("live", [True, False])
def test_of_a_mobile_branch_the_home_is_shown_and_moved(operator, live):
    now = timezone.now()
    at = now - timedelta(seconds=0 if live else 600)
    home, there = Point(24.9384, 60.1699, srid=4326), Point(24.754, 59.437, srid=4326)
    told = {"position_at": at, "position_until": at + timedelta(seconds=300)}
    branch = BranchFactory(point=there, home_point=home, zone="Europe/Tallinn", **told)
    form = operator.get(page(Branch, "change", branch.pk)).context["adminform"].form
    assert (form["lat"].initial, form["lon"].initial) == (home.y, home.x)
    for lat, zone in (("60.1699", "Europe/Tallinn"), ("60.2", "Europe/Tallinn" if live else "Europe/Helsinki")):
        operator.post(
            page(Branch, "change", branch.pk), branch_form(branch.merchant, category=branch.category_id, lat=lat)
        )
        branch.refresh_from_db()
        assert (branch.name, branch.zone, branch.home_point.coords) == ("Corner", zone, (24.9384, float(lat)))
    assert branch.point.coords == (there.coords if live else (24.9384, 60.2))
    assert branch.position_at == at


@pytest.mark.parametrize(
    ("field", "value", "shown_at"),
    [
        ("opening_hours", "Mo-Fr 25:00", "opening_hours"),
        ("zone_given", "Mars/Olympus", "zone_given"),
        ("names", '{"not a tag": "x"}', "names"),
        ("names", "[1]", "names"),
        ("attributes", '{"wheelchair": true}', "attributes"),
        ("photos", '["http://example.org/a.jpg"]', "photos"),
        ("lat", "91", "lat"),
    ],
)
def test_a_refusal_stands_beside_its_field(operator, field, value, shown_at):
    CategoryFactory()
    answer = operator.post(page(Branch, "add"), branch_form(MerchantFactory(), **{field: value}))
    assert list(answer.context["adminform"].form.errors) == [shown_at]
    assert Branch.objects.count() == 0


def act(operator, model, action, *rows):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return operator.post(page(model, "changelist"), data, follow=True)


def test_a_branch_is_closed_and_reopened_never_deleted(operator):
    branch = BranchFactory()
    act(operator, Branch, "close_for_good", branch)
    assert Branch.objects.get().closed_at is not None
    act(operator, Branch, "reopen", branch)
    assert Branch.objects.get().closed_at is None
    assert operator.get(page(Branch, "delete", branch.pk)).status_code == 403


def test_a_deal_takes_its_states_in_order(operator):
    draft = DealFactory(state="draft", valid_until=datetime(2999, 1, 1, tzinfo=UTC))
    assert "was never live" in act(operator, Deal, "end", draft).text
    act(operator, Deal, "publish", draft)
    act(operator, Deal, "end", draft)
    assert Deal.objects.get().state == "ended"


def deal_form(merchant, **changes):
    return {
        "title": "Cake",
        "titles": "{}",
        "merchant": merchant.pk,
        "price_minor": "700",
        "list_price_minor": "1000",
        "currency": "EUR",
        "fulfilment": "voucher",
        "all_branches": "on",
        "valid_from_0": "2026-01-01",
        "valid_from_1": "00:00:00",
        "valid_until_0": "2027-01-01",
        "valid_until_1": "00:00:00",
        "weekdays": "1,2",
        "deal_branches-TOTAL_FORMS": "0",
        "deal_branches-INITIAL_FORMS": "0",
        **changes,
    }


def test_a_deal_is_made_with_branches_of_its_merchant_only(operator):
    own, foreign = BranchFactory(), BranchFactory()
    named = {"all_branches": "", "deal_branches-TOTAL_FORMS": "1"}
    refused = deal_form(own.merchant, **named, **{"deal_branches-0-branch": foreign.pk})
    assert "is not a branch of the deal" in operator.post(page(Deal, "add"), refused).text
    assert Deal.objects.count() == 0
    operator.post(page(Deal, "add"), deal_form(own.merchant, **named, **{"deal_branches-0-branch": own.pk}))
    deal = Deal.objects.get()
    assert (deal.state, deal.weekdays, list(deal.branches.all())) == ("draft", [1, 2], [own])
    dear = operator.post(page(Deal, "change", deal.pk), deal_form(own.merchant, price_minor="1001"))
    assert list(dear.context["adminform"].form.errors) == ["price_minor"]


def test_a_parked_change_shows_its_reason_and_is_tried_again(operator):
    BranchFactory()
    Change.objects.update(parked_at=datetime(2026, 1, 1, tzinfo=UTC), attempts=8, reason="TypeError: broken")
    assert "TypeError: broken" in operator.get(page(Change, "changelist"), {"state": "parked"}).text
    act(operator, Change, "retry", Change.objects.get())
    assert list(Change.objects.values_list("parked_at", "attempts")) == [(None, 0)]
