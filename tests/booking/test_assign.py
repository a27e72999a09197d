"""POST /v1/assign: who serves an address, and why the others do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.gis.geos import Point as GeometryPoint
from django.utils import timezone
from rest_framework.test import APIClient

from booking.holds import Holder, Wanted, hold
from booking.models import Service
from geo.types import Point
from tests.booking.world import start_in
from tests.factories import (
    BranchFactory,
    BrandFactory,
    MerchantFactory,
    NamedAreaFactory,
    ServiceAreaFactory,
    ServiceFactory,
    area_version,
    square,
)

pytestmark = pytest.mark.django_db

ADDRESS = {"lat": 60.17, "lon": 24.94}
NOON = "2026-06-03T09:00:00Z"  # a Wednesday, 12:00 in Helsinki


@pytest.fixture
def ask():
    def ask(status=200, **body):
        answer = APIClient().post("/v1/assign", {**ADDRESS, "mode": "delivery", "at": NOON, **body}, format="json")
        assert answer.status_code == status, answer.content
        return answer.json()

    return ask


@pytest.fixture
def merchant():
    return MerchantFactory()


def branch(merchant, *bands, metres=0, mode="delivery", hours="24/7", **version):
    """So far to the north of the address, with an area of these bands."""
    point = GeometryPoint(24.94, 60.17 + metres / 111_195.08, srid=4326)
    made = BranchFactory(merchant=merchant, point=point, opening_hours=hours)
    if bands:
        ServiceAreaFactory(
            branch=made, mode=mode, bands=list(bands), **{f"bands__{name}": value for name, value in version.items()}
        )
    return made


def told(answer):
    """(id of the branch that serves, [(id, reason) of the others])."""
    branch = answer["branch"]
    others = [(other["place_id"], other["reason"]) for other in answer["others"]]
    return branch and branch["place_id"], others


WIDE = {"radius_metres": 5000}


def test_the_nearest_that_covers_and_is_open_and_why_the_others_do_not(ask, merchant, django_assert_num_queries):
    outside = branch(merchant, {"radius_metres": 50}, metres=60)
    bare = branch(merchant, metres=70)
    shut = branch(merchant, WIDE, metres=100, hours="Mo-Fr 18:00-22:00")
    over = branch(merchant, WIDE, metres=110, valid_until=datetime(2026, 6, 3, 9, tzinfo=UTC))
    silent = branch(merchant, WIDE, metres=120, hours="")
    near = branch(merchant, WIDE, metres=200)
    far = branch(merchant, WIDE, metres=300)
    BranchFactory(merchant=merchant, point=GeometryPoint(30.0, 60.17, srid=4326))
    branch(MerchantFactory(), WIDE)
    with django_assert_num_queries(3):
        answer = ask(merchant_id=str(merchant.id))
    assert told(answer) == (
        str(near.id),
        [
            (str(shut.id), "closed"),
            (str(over.id), "not_valid"),
            (str(silent.id), "hours_unknown"),
            (str(far.id), "further"),
            (str(outside.id), "outside_area"),
            (str(bare.id), "no_area"),
        ],
    )
    assert (answer["covering"], answer["branch"]["hours"], answer["branch"]["distance_metres"]) == (5, "open", 200.0)
    assert (answer["branch"]["room"], answer["at"], answer["mode"]) == (None, NOON, "delivery")


def test_the_band_is_the_first_that_covers_and_holds(ask, merchant):
    given = {"fee_minor": 190, "minimum_minor": 1500, "eta_min_minutes": 20, "eta_max_minutes": 40}
    lunch = branch(merchant, {"radius_metres": 5000, "fee_minor": 1}, hours="Mo-Su 11:00-22:00")
    lunch.service_areas.update(position=1)
    evening = ServiceAreaFactory(
        branch=lunch, position=0, bands=[{"radius_metres": 5000, "fee_minor": 2}], bands__hours="Mo-Su 17:00-22:00"
    )
    named = NamedAreaFactory(name="Kamppi", geometry=square(24.93, 60.16, 24.95, 60.18))
    drawn = ServiceAreaFactory(
        branch=lunch, position=0, name="Ours",
        bands=[{"geometry": square(0, 0, 1, 1), "fee_minor": 3}, {"named_area": named, **given}],
        bands__hours="Mo-Su 10:00-12:30",
    )  # fmt: skip
    assert ask(merchant_id=str(merchant.id))["branch"]["band"] == {
        "area_id": str(drawn.id), "area_name": "Ours", "version": 1, "rank": 1, "named_area": "Kamppi",
        "currency": "EUR", **given,
    }  # fmt: skip
    at_six = ask(merchant_id=str(merchant.id), at="2026-06-03T15:00:00Z")["branch"]["band"]
    assert (at_six["area_id"], at_six["fee_minor"]) == (str(evening.id), 2)
    assert ask(merchant_id=str(merchant.id), at="2026-06-03T11:00:00Z")["branch"]["band"]["fee_minor"] == 1
    area_version(drawn, [{"radius_metres": 5000, "fee_minor": 9}], hours="24/7")
    assert ask(merchant_id=str(merchant.id))["branch"]["band"]["fee_minor"] == 9


def test_the_same_distance_ends_in_the_id(ask, merchant):
    made = [branch(merchant, WIDE, metres=100) for _ in range(6)]
    first, *rest = sorted(str(each.id) for each in made)
    assert told(ask(merchant_id=str(merchant.id))) == (first, [(each, "further") for each in rest])


def test_hours_that_were_never_told_count_where_nobody_is_known_to_be_open(ask, merchant):
    silent = branch(merchant, WIDE, metres=100, hours="")
    shut = branch(merchant, WIDE, metres=50, hours="Mo-Fr 18:00-22:00")
    answer = ask(merchant_id=str(merchant.id))
    assert (told(answer), answer["branch"]["hours"]) == ((str(silent.id), [(str(shut.id), "closed")]), "unknown")
    silent.closed_at = datetime(2026, 6, 3, 9, tzinfo=UTC)
    silent.save()
    assert told(ask(merchant_id=str(merchant.id))) == (None, [(str(shut.id), "closed"), (str(silent.id), "closed")])


def test_a_chain_is_all_its_branches_whoever_owns_them(ask):
    brand = BrandFactory()
    ours = [branch(MerchantFactory(), WIDE, metres=100 * n) for n in (2, 1)]
    for each in ours:
        each.brand = brand
        each.save()
    assert told(ask(chain_id=str(brand.id))) == (str(ours[1].id), [(str(ours[0].id), "further")])


def home(merchant, *, metres, **service):
    made = branch(merchant, WIDE, metres=metres, mode="at_home")
    return made, ServiceFactory(branch=made, mode=Service.Mode.AT_HOME, capacity=1, **service)


def test_a_home_visit_needs_a_start_with_room(ask, merchant):
    full, booked = home(merchant, metres=100)
    short, _ = home(merchant, metres=200, travel_radius_metres=150)
    late, _ = home(merchant, metres=300, weekly=[[day, 0, 60] for day in range(1, 8)], step_minutes=60)
    near, service = home(merchant, metres=400, party_max=2)
    uncounted = branch(merchant, WIDE, metres=500, mode="at_home")
    at = start_in(hours=12)
    for minutes in (0, 30, 60):
        wanted = Wanted(
            service_id=booked.id,
            starts_at=at + timedelta(minutes=minutes),
            party=1,
            destination=Point(24.94, 60.17),
            address="A 1",
        )
        hold(wanted=wanted, holder=Holder(), now=timezone.now())
    body = {"merchant_id": str(merchant.id), "mode": "at_home", "at": at.isoformat(), "within_minutes": 61}
    answer = ask(**body)
    others = [(str(full.id), "no_room"), (str(short.id), "no_room"), (str(late.id), "no_room")]
    assert told(answer) == (str(near.id), [*others, (str(uncounted.id), "further")])
    assert answer["branch"]["room"] == {
        "left": 1, "starts_at": at.isoformat().replace("+00:00", "Z"), "service_id": str(service.id),
    }  # fmt: skip
    assert told(ask(**body, party=8))[0] == str(uncounted.id)
    assert told(ask(**{**body, "within_minutes": 1}))[0] == str(near.id)
    assert told(ask(**{**body, "at": (at + timedelta(hours=2)).isoformat()}))[0] == str(full.id)
    assert ask(**{**body, "mode": "delivery"})["branch"] is None


def test_room_is_asked_for_no_further_than_it_is_found(ask, merchant, django_assert_num_queries):
    for metres in range(100, 2600, 100):
        home(merchant, metres=metres)
    body = {"merchant_id": str(merchant.id), "mode": "at_home", "at": start_in().isoformat()}
    with django_assert_num_queries(4):  # bands; services, slots, resources. The list of others is full.
        answer = ask(**body)
    assert (answer["covering"], len(answer["others"]), answer["others"][-1]["distance_metres"]) == (25, 20, 2100.0)


@pytest.mark.parametrize(
    ("body", "parameter", "limit"),
    [
        ({"lat": None}, "lat", None),
        ({"lat": None, "lon": None}, "lat", None),
        ({"lat": 91}, "lat", "-90 to 90 degrees"),
        ({"lat": "60.17"}, "lat", None),
        ({"mode": "visit"}, "mode", None),
        ({"mode": None}, "mode", None),
        ({"merchant_id": None}, "merchant_id", None),
        ({"chain_id": "1b671a64-40d5-491e-99b0-da01ff1f3341"}, "merchant_id", None),
        ({"merchant_id": "1b671a64-40d5-491e-99b0-da01ff1f3341"}, "merchant_id", None),
        ({"merchant_id": None, "chain_id": "1b671a64-40d5-491e-99b0-da01ff1f3341"}, "chain_id", None),
        ({"merchant_id": 7}, "merchant_id", None),
        ({"at": "yesterday"}, "at", None),
        ({"at": "2100-01-01T00:00:00Z"}, "at", "2001-2075"),
        ({"party": 0}, "party", "1..100"),
        ({"within_minutes": 1441}, "within_minutes", "1..1440"),
        ({"radius": 1}, "radius", None),
    ],
)
def test_what_cannot_be_honoured_is_named(ask, merchant, body, parameter, limit):
    refused = ask(400, **{"merchant_id": str(merchant.id), **body})
    assert (refused["parameter"], refused.get("limit")) == (parameter, limit)
