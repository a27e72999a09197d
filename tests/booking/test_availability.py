"""What is shown free can be held, and what cannot be held is not shown."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from booking.holds import Holder, Wanted, hold, release_hold
from booking.models import Resource
from booking.rooms import offered
from booking.selectors import services_of
from config.errors import CodedError
from deals.models import Deal
from listings.models import Branch
from tests.booking.world import held, lapse, start_in
from tests.factories import BranchFactory, DealFactory, ServiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    deal = DealFactory(fulfilment="reservation", stock=5)
    return ServiceFactory(branch=BranchFactory(merchant=deal.merchant), deal=deal, capacity=3, step_minutes=60)


def ask(client, service, **params) -> dict:
    window = {"from": start_in().isoformat(), "until": start_in(hours=3).isoformat()}
    response = client.get(
        f"/v1/deals/{service.deal_id}/availability", {"place_id": str(service.branch_id), **window, **params}
    )
    assert response.status_code == 200, response.content
    return response.json()


def lefts(client, service, **params) -> list[int]:
    return [start["left"] for start in ask(client, service, **params)["starts"]]


def test_what_is_left_is_told_for_each_start(client, service):
    first = held(service).booking
    assert lefts(client, service) == [2, 3, 3]
    lapse(first)
    assert lefts(client, service) == [3, 3, 3]
    for _ in range(3):
        held(service, starts_at=start_in(hours=1))
    assert lefts(client, service) == [2, 2]  # the deal has five in all


def test_where_the_price_is_per_person_the_stock_is_of_people(client, service):
    service.price_is_per_person = True
    service.save()
    held(service, party=2)
    assert lefts(client, service) == [2, 3, 3]  # three of the deal's five are left
    assert lefts(client, service, party=2) == [1, 1, 1]
    assert lefts(client, service, party=4) == []


def test_until_when_it_can_be_booked_is_told(client, service):
    """The horizon, unless the deal or the place ends before."""
    told = []
    now = timezone.now().replace(microsecond=0)
    for deal_days, place_days in ((400, 400), (200, 400), (200, 100)):
        Deal.objects.filter(id=service.deal_id).update(valid_until=now + timedelta(days=deal_days))
        Branch.objects.filter(id=service.branch_id).update(closed_at=now + timedelta(days=place_days))
        answer = ask(client, service)
        told.append(datetime.fromisoformat(answer["bookable_until"]))
    horizon = datetime.fromisoformat(answer["as_of"]) + timedelta(days=service.horizon_days)
    assert abs(told[0] - horizon) < timedelta(seconds=10)
    assert told[1:] == [now + timedelta(days=200), now + timedelta(days=100)]


def test_a_party_too_large_has_no_times(client, service):
    answer = ask(client, service, party="9")
    assert (answer["starts"], answer["total"], answer["party_max"]) == ([], 0, 8)


@pytest.mark.parametrize(
    ("params", "parameter"),
    [
        ({"place_id": ""}, "place_id"),
        ({"until": "2026-01-01T00:00:00Z"}, "until"),
        ({"until": "2074-01-01T00:00:00Z"}, "until"),
        ({"from": "now"}, "from"),
        ({"party": "0"}, "party"),
        ({"day": "1"}, "day"),
    ],
)
def test_bad_input_names_the_parameter(client, service, params, parameter):
    url = f"/v1/deals/{service.deal_id}/availability"
    response = client.get(url, {"place_id": str(service.branch_id), **params})
    assert (response.status_code, response.json()["parameter"]) == (400, parameter)


def test_many_offers_are_asked_for_a_week_at_a_time(client, service):
    offer = f"{service.deal_id}:{service.branch_id}"
    window = {"from": start_in().isoformat(), "until": start_in(days=11).isoformat()}
    one = client.get("/v1/availability", {"offers": offer, **window})
    assert one.status_code == 200
    two = f"{offer},{service.branch_id}:{service.deal_id}"
    refused = client.get("/v1/availability", {"offers": two, **window})
    assert (refused.status_code, refused.json()["parameter"], refused.json()["limit"]) == (400, "until", "7 days")
    assert client.get("/v1/availability", {"offers": two, "from": window["from"]}).status_code == 200


def test_a_deal_that_is_sold_out_from_the_beginning_has_no_times(client, service):
    Deal.objects.filter(id=service.deal_id).update(stock=0)
    assert lefts(client, service) == []


def test_a_deal_without_times_is_not_found(client):
    deal = DealFactory()
    branch = BranchFactory(merchant=deal.merchant)
    assert client.get(f"/v1/deals/{deal.id}/availability", {"place_id": str(branch.id)}).status_code == 404


@pytest.mark.parametrize("seed", range(3))
def test_what_is_shown_is_what_can_be_held(seed):
    """Random holds, releases and lapses; after each, every start is tried, and undone."""
    chance = random.Random(seed)
    deal = DealFactory(fulfilment="reservation", stock=9)
    service = ServiceFactory(
        branch=BranchFactory(merchant=deal.merchant), deal=deal, capacity=5, counts_people=True, duration_minutes=90,
        buffer_after_minutes=15, price_is_per_person=seed == 1, lead_minutes=chance.choice([0, 4320]),
    )  # fmt: skip
    for seats in (2, 2, 4):
        service.resources.add(Resource.objects.create(branch=service.branch, name=str(seats), seats=seats))
    since, until, made = start_in(), start_in(hours=5), []
    for _ in range(12):
        party, start = chance.randint(1, 4), since + timedelta(minutes=30 * chance.randrange(10))
        try:
            with transaction.atomic():
                made.append(held(service, starts_at=start, party=party).booking)
        except CodedError:
            pass
        if made and chance.random() < 0.4:
            booking = made.pop(chance.randrange(len(made)))
            if chance.random() < 0.5:
                lapse(booking)
            else:
                release_hold(booking_id=booking.id, now=timezone.now())
    for party in (1, 2, 4):
        now = timezone.now()
        (found,) = offered(services_of([deal.id]), since=since, until=until, party=party, now=now)
        shown = {opening.starts_at for opening in found.openings}
        for step in range(10):
            start = since + timedelta(minutes=30 * step)
            assert can_hold(service, start, party) == (start in shown), (start, party)


def can_hold(service, start, party) -> bool:
    point = transaction.savepoint()
    try:
        wanted = Wanted(service_id=service.id, starts_at=start, party=party)
        hold(wanted=wanted, holder=Holder(), now=timezone.now())
    except CodedError:
        return False
    finally:
        transaction.savepoint_rollback(point)
    return True
