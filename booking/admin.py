"""The operator's view of what can be booked, and of bookings, which programs write and people only look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin

from accounts.models import User
from booking.models import Booking, Resource, Service
from booking.offering.facts import DEFAULTS, PARSERS, RESOURCE_PARSERS, refuse_contradictions
from booking.offering.resources import remove_resource
from booking.offering.services import audit_service
from config.errors import CodedError, InvalidParameter
from listings.admin import ReadOnlyAdmin
from listings.admin_forms import FactsForm
from listings.models import Branch
from listings.staff.audit import audit

_FACTS = [name for name in PARSERS if name not in {"deal_id", "resource_ids", "discount_funder"}]
_EMPTY: Mapping[str, Any] = {"currency": None, "cancellation": []}
"""What an empty field of the form means to a parser."""


class ServiceForm(FactsForm):
    class Meta:
        model = Service
        fields = ["branch", "deal", *_FACTS, "commission_bps", "discount_funder", "resources"]

    def check_facts(self, cleaned: dict[str, Any]) -> None:
        """As a merchant's own words are checked; commission and who funds the discount are the operator's."""
        branch: Branch = cleaned.get("branch") or self.instance.branch
        for name in _FACTS:
            cleaned[name] = PARSERS[name](_EMPTY.get(name) if cleaned[name] in ("", None) else cleaned[name], name)
        deal, resources = cleaned["deal"], cleaned["resources"]
        if deal is not None and deal.merchant_id != branch.merchant_id:
            raise InvalidParameter("deal", "It is not a deal of the branch's merchant.")
        if any(each.branch_id != branch.pk or each.removed_at for each in resources):
            raise InvalidParameter("resources", "They must be resources of the branch.")
        facts: Mapping[str, Any] = {name: cleaned[name] for name in _FACTS}
        refuse_contradictions({**DEFAULTS, **facts, "deal_id": None if deal is None else deal.pk})


@admin.register(Service)
class ServiceAdmin(ModelAdmin):
    form = ServiceForm
    list_display = ["name", "branch", "mode", "is_offered", "capacity", "duration_minutes", "deal", "commission_bps"]
    list_filter = ["is_offered", "mode", "generated"]
    list_select_related = ["branch", "deal"]
    search_fields = ["name__istartswith", "id__exact"]
    autocomplete_fields = ["branch", "deal", "resources"]
    show_full_result_count = False
    ordering = ["id"]

    def get_readonly_fields(self, request: HttpRequest, obj: Service | None = None) -> list[str]:  # noqa: ARG002
        """What is booked is at the branch it was booked at."""
        return [] if obj is None else ["branch"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """It has a history: it is offered no more, not deleted."""
        return False

    def save_model(self, request: HttpRequest, obj: Service, form: forms.ModelForm, change: bool) -> None:
        obj.save(force_insert=not change)
        action = "service.changed" if change else "service.created"
        audit_service(obj, action, _operator(request), changed=sorted(form.changed_data))


class ResourceForm(FactsForm):
    class Meta:
        model = Resource
        fields = ["branch", "name", "seats"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.instance.pk = None  # the database gives the number

    def check_facts(self, cleaned: dict[str, Any]) -> None:
        for name, parser in RESOURCE_PARSERS.items():
            cleaned[name] = parser(cleaned[name], name)


@admin.register(Resource)
class ResourceAdmin(ModelAdmin):
    form = ResourceForm
    list_display = ["name", "branch", "seats", "removed_at"]
    list_select_related = ["branch"]
    search_fields = ["name__istartswith"]
    autocomplete_fields = ["branch"]
    show_full_result_count = False
    ordering = ["id"]
    actions = ["remove"]

    def get_readonly_fields(self, request: HttpRequest, obj: Resource | None = None) -> list[str]:  # noqa: ARG002
        return [] if obj is None else ["branch"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """It is removed by an action, and stays in the history."""
        return False

    def save_model(self, request: HttpRequest, obj: Resource, form: forms.ModelForm, change: bool) -> None:
        obj.save()
        audit(
            merchant_id=obj.branch.merchant_id,
            branch_id=obj.branch_id,
            by=_operator(request),
            action="resource.changed" if change else "resource.created",
            subject=f"resource:{obj.id}",
            data={"changed": sorted(form.changed_data)},
        )

    @admin.action(description="Remove")
    def remove(self, request: HttpRequest, resources: QuerySet[Resource]) -> None:
        for resource in resources:
            try:
                remove_resource(resource_id=resource.pk, expected="*", by=_operator(request), now=timezone.now())
                self.message_user(request, f"{resource} is removed.", messages.SUCCESS)
            except CodedError as refusal:
                self.message_user(request, f"{resource}: {refusal.detail}", messages.ERROR)


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "state", "branch", "title", "starts_at", "party", "name", "price_minor", "currency"]
    list_filter = ["state"]
    list_select_related = ["branch"]
    search_fields = ["id__exact", "email__iexact"]
    ordering = ["-created_at", "-id"]
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["id", "state", "title", "branch", "service", "deal"]}),
        ("When", {"fields": [("starts_at", "ends_at"), ("created_at", "expires_at"), ("confirmed_at", "ended_at")]}),
        ("Who", {"fields": ["name", "email", "phone", "language", "note", "address", ("party", "units")]}),
        (
            "Money",
            {
                "fields": [
                    ("price_minor", "list_price_minor", "currency"),
                    ("deposit_minor", "no_show_fee_minor"),
                    ("paid_minor", "refund_due_minor"),
                    ("commission_bps", "discount_funder"),
                    "policy",
                ]
            },
        ),
        ("End and origin", {"fields": [("ended_by", "reason"), ("channel", "partner", "trace_id")]}),
    ]


def _operator(request: HttpRequest) -> User | str:
    return request.user if isinstance(request.user, User) else "admin"
