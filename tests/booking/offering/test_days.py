"""Closing a day is one call, and tells what is booked on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from booking.models import Booking, Service
from booking.services import cancel_booking
from listings.models import AuditEntry
from tests.booking.world import held, lapse, paid
from tests.factories import MembershipFactory, ServiceFactory

pytestmark = pytest.mark.django_db

HELSINKI = ZoneInfo("Europe/Helsinki")
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = "2026-12-01"


def local(hour: int, minute: int = 0, *, day: int = 1) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=HELSINKI).astimezone(UTC)


@pytest.fixture
def service(branch):
    """Open from eight in the evening to two at night, every day."""
    return ServiceFactory(branch=branch, weekly=[[day, 1200, 1560] for day in range(1, 8)], capacity=5)


def put(api, service, spans, day=DAY):
    return api.put(f"/v1/merchant/services/{service.id}/exceptions/{day}", {"spans": spans}, format="json")


def forget(api, service, day=DAY):
    return api.delete(f"/v1/merchant/services/{service.id}/exceptions/{day}")


def shown(booking: Booking, *, fits: bool) -> dict:
    return {
        "id": str(booking.id), "state": str(booking.state), "starts_at": f"{booking.starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "party": booking.party, "fits": fits,
    }  # fmt: skip


@time_machine.travel(NOON, tick=True)
def test_closing_a_day_tells_what_is_booked_on_it_and_in_its_night(api, service, owner):
    before = paid(service, starts_at=local(0, 30))  # of the night before
    evening, night = paid(service, starts_at=local(21)), held(service, starts_at=local(1, day=2)).booking
    paid(service, starts_at=local(20, day=2))
    gone = paid(service, starts_at=local(22))
    cancel_booking(booking_id=gone.id, by="customer", now=timezone.now())
    answer = put(api, service, [])
    assert answer.json() == {
        "service_id": str(service.id),
        "date": DAY,
        "spans": [],
        "etag": api.get(f"/v1/merchant/services/{service.id}").json()["etag"],
        "booked_total": 3,
        "booked": [shown(before, fits=True), shown(evening, fits=False), shown(night, fits=False)],
    }
    assert set(Booking.objects.values_list("state", flat=True)) == {"confirmed", "held", "cancelled"}
    refused = put(api, service, [[1260, 1440]]).json()
    assert [each["fits"] for each in refused["booked"]] == [True, True]
    opened = forget(api, service).json()
    assert (opened["spans"], [each["fits"] for each in opened["booked"]]) == (None, [True, True])
    assert Service.objects.get().exceptions == {}
    assert [(each.action, each.data, each.actor) for each in AuditEntry.objects.order_by("id")] == [
        ("service.day_set", {"day": DAY, "spans": []}, owner.email),
        ("service.day_set", {"day": DAY, "spans": [[1260, 1440]]}, owner.email),
        ("service.day_forgotten", {"day": DAY}, owner.email),
    ]


def test_what_has_lapsed_is_not_booked(api, branch):
    service = ServiceFactory(branch=branch)
    booking = held(service).booking
    day = booking.starts_at.astimezone(HELSINKI).date().isoformat()
    assert put(api, service, [], day=day).json()["booked_total"] == 1
    lapse(booking)
    assert put(api, service, [], day=day).json()["booked_total"] == 0


@time_machine.travel(NOON, tick=True)
def test_many_bookings_are_counted_and_the_first_are_named(api, service, monkeypatch):
    monkeypatch.setattr("booking.offering.days.MAX_BOOKED", 2)
    first = [held(service, starts_at=local(20, 30 * n)).booking for n in range(2)]
    held(service, starts_at=local(22))
    told = put(api, service, []).json()
    assert (told["booked_total"], [each["id"] for each in told["booked"]]) == (3, [str(each.id) for each in first])


@time_machine.travel(NOON, tick=True)
def test_days_that_are_over_make_room(api, service, monkeypatch):
    monkeypatch.setattr("booking.offering.days.MAX_EXCEPTIONS", 2)
    Service.objects.update(exceptions={"2026-11-20": [], "2026-11-25": []})
    assert put(api, service, []).status_code == 200
    assert Service.objects.get().exceptions == {"2026-11-25": [], DAY: []}
    refused = put(api, service, [], day="2026-12-02").json()
    assert (refused["parameter"], refused["limit"]) == ("date", 2)
    assert put(api, service, [[0, 60]]).status_code == 200


def test_a_day_of_the_week_is_not_forgotten(api, service):
    assert forget(api, service).status_code == 404


@pytest.mark.parametrize(
    ("day", "body", "parameter"),
    [
        ("24.12.2026", {"spans": []}, "date"),
        ("2026-02-30", {"spans": []}, "date"),
        ("0001-01-01", {"spans": []}, "date"),
        ("9999-12-31", {"spans": []}, "date"),
        (DAY, {}, "spans"),
        (DAY, {"spans": None}, "spans"),
        (DAY, {"spans": [[0, 60], [30, 90]]}, "spans"),
        (DAY, {"spans": [[60, 0]]}, "spans[0]"),
        (DAY, {"spans": [[0, 1e300]]}, "spans[0]"),
        (DAY, {"spans": [[n, n + 1] for n in range(13)]}, "spans"),
        (DAY, {"spans": [], "reason": "x"}, "reason"),
    ],
)
def test_what_is_refused_names_its_field(api, service, day, body, parameter):
    answer = api.put(f"/v1/merchant/services/{service.id}/exceptions/{day}", body, format="json")
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)
    assert Service.objects.get().exceptions == {}


def test_staff_may_not(api, service):
    api.force_authenticate(MembershipFactory(merchant=service.branch.merchant, role="staff").user)
    assert (put(api, service, []).status_code, forget(api, service).status_code) == (403, 403)


@time_machine.travel(NOON, tick=True)
def test_a_day_of_twenty_five_hours_is_a_day(api, branch):
    service = ServiceFactory(branch=branch, weekly=[[day, 0, 1440] for day in range(1, 8)], horizon_days=365)
    last = datetime(2027, 10, 31, 23, tzinfo=HELSINKI).astimezone(UTC)
    with time_machine.travel(last - timedelta(days=3), tick=True):
        booking = paid(service, starts_at=last)
        told = put(api, service, [], day="2027-10-31").json()
    assert [each["id"] for each in told["booked"]] == [str(booking.id)]
