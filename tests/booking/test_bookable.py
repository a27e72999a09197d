"""What a search finds by `bookable_at` is what can be held then, and nothing else."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.contrib.gis.geos import Point as GeometryPoint
from django.utils import timezone

from booking import bookable as module
from booking.bookable import bookable
from booking.models import Resource, Service
from booking.rooms import offered
from config.errors import CodedError, InvalidParameter
from deals.models import DealBranch
from geo.types import Box
from indexing.relay import drain_all
from search.backends.postgis.backend import PostgisBackend
from search.parameters import PARAMETERS
from tests.booking.world import held, lapse, start_in
from tests.factories import BranchFactory, DealFactory, ServiceFactory

pytestmark = pytest.mark.django_db

HELSINKI = Box(24.9, 60.1, 25.0, 60.2)


def minute_of(at: datetime) -> int:
    return int(at.timestamp()) // 60


def at(start: datetime, *, party: int = 1, now: datetime | None = None) -> set[tuple[UUID, UUID | None]]:
    return set(bookable(minute=minute_of(start), party=party, boxes=[HELSINKI], now=now or timezone.now()))


def with_deal(**how) -> Service:
    deal = DealFactory(fulfilment="reservation", **how.pop("of_deal", {}))
    return ServiceFactory(branch=BranchFactory(merchant=deal.merchant), deal=deal, **how)


def a_service(chance: random.Random) -> Service:
    """Each rule set or not, by chance."""
    if chance.random() < 0.6:
        now = timezone.now()
        service = with_deal(
            of_deal={
                "stock": chance.choice([None, 1, 2]),
                "state": chance.choice(["live", "live", "live", "draft"]),
                "valid_until": chance.choice([datetime(2030, 1, 1, tzinfo=UTC), now - timedelta(hours=1)]),
                "valid_from": datetime(2020, 1, 1, tzinfo=UTC),
                "weekdays": chance.choice([[], [1, 2, 3, 4, 5]]),
                "daily_from": "10:00",
                "daily_until": "16:00",
                "all_branches": chance.random() < 0.7,
            }
        )
        if chance.random() < 0.5:
            DealBranch.objects.get_or_create(deal=service.deal, branch=service.branch)
    else:
        service = ServiceFactory()
    Service.objects.filter(id=service.id).update(
        is_offered=chance.random() < 0.9,
        capacity=chance.choice([1, 2, 4]),
        counts_people=chance.random() < 0.5,
        party_min=chance.choice([1, 2]),
        party_max=chance.choice([2, 4]),
        lead_minutes=chance.choice([0, 0, 2 * 1440]),
        horizon_days=chance.choice([1, 30, 30, 30]),  # 1: by day and hour of the run, one or the other
        weekly=chance.choice([service.weekly, [[day, 600, 1000] for day in range(1, 8)]]),
        buffer_after_minutes=chance.choice([0, 30]),
        price_is_per_person=chance.random() < 0.5,
        travel_minutes=30,
        mode=chance.choice(["visit", "at_home"]),
    )
    if chance.random() < 0.4:
        for seats in chance.choice([[1], [2, 4]]):
            service.resources.add(Resource.objects.create(branch=service.branch, name=str(seats), seats=seats))
    if chance.random() < 0.2:
        type(service.branch).objects.filter(id=service.branch_id).update(closed_at=start_in(days=1, hours=11))
    return Service.objects.select_related("branch", "deal").get(id=service.id)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_availability_tells_of_each(seed):
    """Availability asks each service apart and in Python; tests/booking/test_availability holds that to what can be
    held.
    """
    chance = random.Random(seed)
    services = [a_service(chance) for _ in range(14)]
    starts = [start_in(days=1, hours=9) + timedelta(minutes=30 * n) for n in range(8)]
    for _ in range(40):
        try:
            booking = held(
                chance.choice(services), starts_at=chance.choice(starts), party=chance.choice([1, 2])
            ).booking
        except CodedError:
            continue
        if chance.random() < 0.3:
            lapse(booking)
    seen = set()
    for start in [*starts, start_in(days=0), start_in(days=2, hours=10) + timedelta(minutes=1)]:
        for party in (1, 2, 4):
            now = timezone.now()
            told = offered(services, since=start, until=start + timedelta(minutes=1), party=party, now=now)
            expected = {
                (one.service.branch_id, one.service.deal_id) for one in told if one.openings and one.service.is_offered
            }
            assert at(start, party=party, now=now) == expected, (start, party)
            seen.add(len(expected))
    assert len(seen) > 1


def test_what_is_taken_is_gone_at_once_and_what_lapses_is_back():
    service = with_deal(capacity=1)
    offer = {(service.branch_id, service.deal_id)}
    assert at(start_in()) == offer
    booking = held(service).booking
    assert at(start_in()) == set()
    assert at(start_in(hours=2)) == offer
    lapse(booking)
    assert at(start_in()) == offer


@pytest.mark.parametrize(
    "change",
    [
        lambda service: Service.objects.filter(id=service.id).update(weekly=[]),
        lambda service: Service.objects.filter(id=service.id).update(exceptions={f"{start_in():%Y-%m-%d}": []}),
        lambda service: Service.objects.filter(id=service.id).update(step_minutes=1439),
        lambda service: type(service.deal).objects.update(daily_from="01:00", daily_until="01:30"),
        lambda service: type(service.deal).objects.update(blackout_dates=[f"{start_in():%Y-%m-%d}"]),
        lambda service: type(service.branch).objects.update(zone="Asia/Kathmandu", country=""),
    ],
)
def test_what_starts_are_made_from_is_seen_when_it_changes(change):
    """Starts are remembered by a digest of it; one fact left out of the digest would be a stale answer."""
    service = with_deal(weekly=[[day, 600, 900] for day in range(1, 8)], step_minutes=60)
    start = start_in().replace(hour=9)  # the local clock is two or three hours on
    before = at(start)
    change(service)
    told = offered(
        list(Service.objects.select_related("branch", "deal")),
        since=start, until=start + timedelta(minutes=1), party=1, now=timezone.now(),
    )  # fmt: skip
    assert at(start) == {(service.branch_id, service.deal_id) for one in told if one.openings}
    assert before != at(start)


def test_opening_hours_are_seen_when_they_change():
    service = with_deal(weekly=None)
    assert at(start_in()) == set()
    type(service.branch).objects.update(opening_hours="24/7")
    assert at(start_in()) == {(service.branch_id, service.deal_id)}


def test_only_the_boxes_asked_for():
    service = with_deal()
    type(service.branch).objects.update(point=GeometryPoint(179.999, 1.0, srid=4326))
    ask = {"minute": minute_of(start_in()), "party": 1, "now": timezone.now()}
    assert bookable(boxes=[Box(179.9, 0, -179.9, 2)], **ask) == [(service.branch_id, service.deal_id)]
    assert bookable(boxes=[HELSINKI], **ask) == []


def test_more_than_can_be_asked_of_is_refused(monkeypatch):
    monkeypatch.setattr(module, "MAX_SERVICES", 1)
    with_deal(), with_deal()
    with pytest.raises(InvalidParameter) as refused:
        at(start_in())
    assert (refused.value.parameter, refused.value.limit) == ("bookable_at", 1)


def test_what_is_remembered_does_not_grow_for_ever(monkeypatch):
    monkeypatch.setattr(module, "REMEMBERED_DAYS", 3)
    service = with_deal()
    for days in range(1, 9):
        assert at(start_in(days=days)) == {(service.branch_id, service.deal_id)}
    assert len(module._starts) <= 4


@pytest.fixture
def searched(client):
    """`GET` of a path near the factory's branches, the index brought up to what there is."""

    def ask(path: str, **params) -> dict:
        drain_all(PostgisBackend())
        response = client.get(f"/v1/{path}", {"bbox": "24.9,60.1,25,60.2", **params})
        assert response.status_code == 200, response.content
        return response.json()

    return ask


def test_a_search_finds_place_and_deal_until_the_last_is_taken(searched):
    service, other = with_deal(capacity=1), BranchFactory()
    when = {"bookable_at": f"{start_in():%Y-%m-%dT%H:%MZ}"}
    ids = {f"place:{service.branch_id}", f"deal:{service.deal_id}:{service.branch_id}"}
    everything = {hit["id"] for hit in searched("search")["hits"]}
    assert everything == {*ids, f"place:{other.id}"}
    answer = searched("search", **when, facets="kind")
    assert {hit["id"] for hit in answer["hits"]} == ids
    assert (answer["total"], answer["facets"]["kind"]) == ({"value": 2, "relation": "eq"}, {"deal": 1, "place": 1})
    assert searched("clusters", **when, resolution=9)["total"]["value"] == 2
    assert searched("search", **when, party=9)["total"]["value"] == 0
    held(service)
    assert searched("search", **when)["total"]["value"] == 0
    assert searched("clusters", **when, resolution=9)["total"]["value"] == 0


def test_pages_go_on_while_others_book(searched):
    services = [with_deal(capacity=1) for _ in range(4)]
    asked = {"bookable_at": f"{start_in():%Y-%m-%dT%H:%MZ}", "kind": "deal", "limit": "1"}
    page = searched("search", **asked)
    first = page["hits"][0]["id"]
    taken = next(each for each in services if f"deal:{each.deal_id}:{each.branch_id}" != first)
    held(taken)
    later = []
    while page["next_cursor"] is not None:
        page = searched("search", **asked, cursor=page["next_cursor"])
        later += [hit["id"] for hit in page["hits"]]
    left = {f"deal:{each.deal_id}:{each.branch_id}" for each in services if each is not taken}
    assert {first, *later} == left
    assert len(later) == 2


@pytest.mark.parametrize(
    ("params", "parameter"),
    [
        ({"bookable_at": "2026-11-25T18:00"}, "bookable_at"),
        ({"bookable_at": "2001-01-01T00:00Z"}, "bookable_at"),
        ({"bookable_at": "2074-01-01T00:00Z"}, "bookable_at"),
        ({"bookable_at": "2027-02-30T00:00Z"}, "bookable_at"),
        ({"party": "2"}, "party"),
        ({"bookable_at": "2001-01-01T00:00Z", "party": "101"}, "party"),
    ],
)
def test_bad_input_names_the_parameter(client, params, parameter):
    response = client.get("/v1/search", {"bbox": "24.9,60.1,25,60.2", **params})
    assert (response.status_code, response.json()["parameter"]) == (400, parameter)


def test_the_limit_that_the_api_tells_is_the_one_that_is_kept():
    (told,) = (each.limit for each in PARAMETERS if each.name == "bookable_at")
    assert told.endswith(f"{module.MAX_SERVICES} services in the area")
