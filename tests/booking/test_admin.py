"""The operator's pages of what can be booked: they answer, refuse as the API does, and are recorded."""

from __future__ import annotations

import pytest
from django.urls import reverse

from booking.models import Booking, Resource, Service, Slot
from listings.models import AuditEntry
from tests.booking.world import held, paid
from tests.factories import BranchFactory, DealFactory, ServiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(admin_client):
    return admin_client


def page(model, kind, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


@pytest.mark.parametrize(("model", "adds"), [(Service, 200), (Resource, 200), (Booking, 403)])
def test_every_page_answers(operator, model, adds):
    service = ServiceFactory()
    Resource.objects.create(branch=service.branch, name="Chair")
    paid(service)
    assert operator.get(page(model, "changelist")).status_code == 200
    assert operator.get(page(model, "add")).status_code == adds
    assert operator.get(page(model, "change", model.objects.get().pk)).status_code == 200
    assert operator.get(page(model, "delete", model.objects.get().pk)).status_code == 403


def test_a_booking_is_looked_at_and_no_more(operator):
    booking = paid(ServiceFactory())
    shown = operator.get(page(Booking, "change", booking.pk)).content.decode()
    assert "aino@example.com" in shown
    assert booking.token_hash.hex() not in shown
    assert operator.post(page(Booking, "change", booking.pk), {"state": "cancelled"}).status_code == 403
    found = operator.get(page(Booking, "changelist"), {"q": "aino@example.com"})
    assert [each.pk for each in found.context["cl"].result_list] == [booking.pk]


def service_form(branch, **changes):
    return {
        "branch": branch.pk, "deal": "", "name": "Haircut", "names": "{}", "is_offered": "on", "mode": "visit",
        "price_minor": "2000", "currency": "EUR", "duration_minutes": "45", "step_minutes": "30",
        "buffer_before_minutes": "0", "buffer_after_minutes": "0", "travel_minutes": "0", "travel_radius_metres": "",
        "lead_minutes": "0", "horizon_days": "30", "hold_seconds": "", "capacity": "2", "party_min": "1",
        "party_max": "1", "weekly": "[[2, 540, 1020], [1, 540, 1020]]", "exceptions": "{}", "deposit_percent": "100",
        "no_show_fee_percent": "100", "cancellation": "[]", "commission_bps": "1200", "discount_funder": "platform",
        **changes,
    }  # fmt: skip


def test_a_service_is_made_and_changed_and_its_slots_follow(operator, admin_user):
    branch = BranchFactory()
    operator.post(page(Service, "add"), service_form(branch))
    service = Service.objects.get()
    assert (service.weekly, service.commission_bps, service.discount_funder) == (
        [[1, 540, 1020], [2, 540, 1020]], 1200, "platform",
    )  # fmt: skip
    Service.objects.update(weekly=[[day, 0, 1440] for day in range(1, 8)])
    held(Service.objects.get())
    chair = Resource.objects.create(branch=branch, name="Chair")
    operator.post(page(Service, "change", service.pk), service_form(branch, capacity="5", resources=[chair.pk]))
    service.refresh_from_db()
    assert (service.capacity, Slot.objects.get().capacity, list(service.resources.all())) == (5, 5, [chair])
    assert [(each.action, each.actor) for each in AuditEntry.objects.order_by("id")] == [
        ("service.created", admin_user.email), ("service.changed", admin_user.email),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "shown_at"),
    [
        ("weekly", "[[9, 0, 60]]", "weekly"),
        ("weekly", "[1]", "weekly"),
        ("exceptions", '{"2026-12-24": [[0]]}', "exceptions"),
        ("cancellation", "[[60, 200]]", "cancellation"),
        ("capacity", "0", "capacity"),
        ("party_max", "101", "party_max"),
        ("currency", "euro", "currency"),
        ("price_minor", "", "price_minor"),
        ("travel_minutes", "30", "travel_minutes"),
        ("hold_seconds", "60", "hold_seconds"),
        ("deal", "another's", "deal"),
        ("resources", "another's", "resources"),
    ],
)
def test_a_refusal_stands_beside_its_field(operator, field, value, shown_at):
    changes = {field: value}
    if field == "deal":
        changes = {"deal": DealFactory().pk, "price_minor": "", "currency": ""}
    if field == "resources":
        changes = {"resources": [Resource.objects.create(branch=BranchFactory(), name="Chair").pk]}
    answer = operator.post(page(Service, "add"), service_form(BranchFactory(), **changes))
    assert list(answer.context["adminform"].form.errors) == [shown_at]
    assert Service.objects.count() == 0


def test_a_resource_is_made_changed_and_removed(operator):
    branch = BranchFactory()
    operator.post(page(Resource, "add"), {"branch": branch.pk, "name": "Chair", "seats": "2"})
    chair = Resource.objects.get()
    operator.post(page(Resource, "change", chair.pk), {"name": "Sofa", "seats": "3"})
    chair.refresh_from_db()
    assert (chair.name, chair.seats, chair.branch) == ("Sofa", 3, branch)
    service = ServiceFactory(branch=branch)
    service.resources.add(chair)
    act = {"action": "remove", "_selected_action": [chair.pk]}
    told = operator.post(page(Resource, "changelist"), act, follow=True).content.decode()
    assert "A service has no other" in told
    service.resources.clear()
    operator.post(page(Resource, "changelist"), act, follow=True)
    chair.refresh_from_db()
    assert chair.removed_at is not None
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "resource.created", "resource.changed", "resource.removed",
    ]  # fmt: skip
