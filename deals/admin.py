"""The operator's view of deals: facts in a form, states by actions, so that none is skipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin, TabularInline

from config.errors import CodedError
from deals import services
from deals.deal_facts import DealFacts, checked
from deals.models import Deal, DealBranch
from listings.admin_forms import FactsForm

_FACTS = DealFacts.__dataclass_fields__.keys()


class DealForm(FactsForm):
    class Meta:
        model = Deal
        fields = ["merchant", "all_branches", *_FACTS]

    def check_facts(self, cleaned: dict[str, Any]) -> None:
        checked(facts_of(cleaned))


def facts_of(cleaned: dict[str, Any]) -> DealFacts:
    named = {name: cleaned[name] for name in _FACTS}
    return DealFacts(
        **{
            **named,
            "titles": named["titles"] or {},
            "weekdays": tuple(named["weekdays"] or ()),
            "blackout_dates": tuple(named["blackout_dates"] or ()),
        }
    )


class OwnBranches(BaseInlineFormSet):
    """Refuses a branch of another merchant, at which the deal would never be shown."""

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            branch = getattr(form, "cleaned_data", {}).get("branch")
            if branch is not None and branch.merchant_id != self.instance.merchant_id:
                raise forms.ValidationError(f"{branch} is not a branch of the deal's merchant.")


class DealBranchInline(TabularInline):
    model = DealBranch
    formset = OwnBranches
    autocomplete_fields = ["branch"]
    extra = 0


@admin.register(Deal)
class DealAdmin(ModelAdmin):
    form = DealForm
    inlines = [DealBranchInline]
    list_display = ["title", "merchant", "state", "price_minor", "list_price_minor", "currency", "valid_until"]
    list_filter = ["state", "fulfilment", "generated"]
    list_select_related = ["merchant"]
    search_fields = ["title__istartswith"]
    autocomplete_fields = ["merchant"]
    readonly_fields = ["state", "generated", "created_at"]
    show_full_result_count = False
    actions = ["publish", "end"]
    fieldsets = [
        (None, {"fields": ["title", "titles", "merchant", "state", "terms"]}),
        ("Price", {"fields": [("price_minor", "list_price_minor", "currency")]}),
        ("Where and how", {"fields": ["fulfilment", "all_branches"]}),
        (
            "When",
            {
                "fields": [
                    ("valid_from", "valid_until"),
                    "weekdays",
                    ("daily_from", "daily_until"),
                    "blackout_dates",
                ]
            },
        ),
        ("Limits", {"fields": [("stock", "per_customer_cap"), "new_customers_only"]}),
        ("Origin", {"fields": [("generated", "created_at")]}),
    ]

    def has_change_permission(self, request: HttpRequest, obj: Deal | None = None) -> bool:
        """An ended deal is history."""
        return super().has_change_permission(request, obj) and (obj is None or obj.state != Deal.State.ENDED)

    def has_delete_permission(self, request: HttpRequest, obj: Deal | None = None) -> bool:
        """Only what was never live can go without a trace."""
        return super().has_delete_permission(request, obj) and (obj is not None and obj.state == Deal.State.DRAFT)

    def save_model(self, request: HttpRequest, obj: Deal, form: DealForm, change: bool) -> None:  # noqa: ARG002
        """The rows of the inline are saved after this, by themselves."""
        cleaned, facts = form.cleaned_data, facts_of(form.cleaned_data)
        if not change:
            named: list[UUID] | None = None if cleaned["all_branches"] else []
            obj.pk = services.create_deal(merchant_id=cleaned["merchant"].pk, facts=facts, branch_ids=named).pk
            return
        if "merchant" in form.changed_data:
            Deal.objects.filter(pk=obj.pk).update(merchant=cleaned["merchant"])
        kept = list(DealBranch.objects.filter(deal=obj).values_list("branch_id", flat=True))
        services.update_deal(deal_id=obj.pk, facts=facts, branch_ids=None if cleaned["all_branches"] else kept)

    @admin.action(description="Publish")
    def publish(self, request: HttpRequest, deals: QuerySet[Deal]) -> None:
        now = timezone.now()
        self._each(request, deals, lambda deal_id: services.publish_deal(deal_id=deal_id, now=now))

    @admin.action(description="End now")
    def end(self, request: HttpRequest, deals: QuerySet[Deal]) -> None:
        self._each(request, deals, lambda deal_id: services.end_deal(deal_id=deal_id))

    def _each(self, request: HttpRequest, deals: QuerySet[Deal], act: Callable[[UUID], Deal]) -> None:
        for deal in deals:
            try:
                self.message_user(request, f"{deal.title} is {act(deal.pk).state}.", messages.SUCCESS)
            except CodedError as refusal:
                self.message_user(request, f"{deal.title}: {refusal.detail}", messages.ERROR)
