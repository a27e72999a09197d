"""The operator's view of who is where, and of changes that the index could not take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin, StackedInline
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from config.errors import InvalidParameter
from geo.types import Point
from geo.zones import parse_zone
from listings import services
from listings.admin_forms import FactsForm
from listings.branch_facts import BranchFacts, checked, checked_point
from listings.models import Branch, Brand, Category, Change, ImportRun, Merchant, Standing

_FACTS = [
    "name",
    "names",
    "description",
    "category",
    "street",
    "postcode",
    "city",
    "country",
    "opening_hours",
    "phone",
    "website",
    "photos",
    "attributes",
]


class ReadOnlyAdmin(ModelAdmin):
    """What programs write and people only look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


@admin.register(Category)
class CategoryAdmin(ReadOnlyAdmin):
    list_display = ["slug", "parent", "names", "synonyms"]
    search_fields = ["slug"]


@admin.register(Brand)
class BrandAdmin(ModelAdmin):
    list_display = ["name", "key"]
    search_fields = ["name__istartswith"]
    readonly_fields = ["key"]

    def save_model(self, request: HttpRequest, obj: Brand, form: Any, change: bool) -> None:  # noqa: ARG002
        if change:
            obj.save()
            return
        obj.pk = services.save_brand(name=obj.name, names=obj.names or {}).pk


@admin.register(Merchant)
class MerchantAdmin(ModelAdmin):
    list_display = ["name", "created_at"]
    search_fields = ["name__istartswith"]
    show_full_result_count = False


class BranchForm(FactsForm):
    lat = forms.FloatField(
        min_value=-90, max_value=90, widget=UnfoldAdminDecimalFieldWidget, label="Latitude", help_text="Degrees, WGS84."
    )
    lon = forms.FloatField(min_value=-180, max_value=180, widget=UnfoldAdminDecimalFieldWidget, label="Longitude")
    zone_given = forms.CharField(
        required=False,
        max_length=63,
        widget=UnfoldAdminTextInputWidget,
        label="Time zone",
        help_text="Leave it empty to take the zone of the position; a zone given here survives a move.",
    )

    class Meta:
        model = Branch
        fields = ["merchant", "brand", *_FACTS]
        widgets = {"description": UnfoldAdminTextareaWidget}
        field_classes = {"website": forms.CharField}  # check_facts knows what an address is

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branch = self.instance
        if branch.point is not None:
            point = branch.home_point or branch.point  # of a mobile one the home, which is what move_branch moves
            self.fields["lat"].initial, self.fields["lon"].initial = point.y, point.x
            self.fields["zone_given"].initial = branch.zone if branch.zone_is_overridden else ""

    def check_facts(self, cleaned: dict[str, Any]) -> None:
        checked(facts_of(cleaned))
        try:
            checked_point(point_of(cleaned))
        except InvalidParameter as refusal:
            self.add_error("lat", refusal.detail)
        if cleaned["zone_given"]:
            try:
                parse_zone(cleaned["zone_given"])
            except InvalidParameter as refusal:
                self.add_error("zone_given", refusal.detail)


def facts_of(cleaned: dict[str, Any]) -> BranchFacts:
    named = {name: cleaned[name] for name in _FACTS}
    containers = {"names": dict, "photos": list, "attributes": dict}
    for name, kind in containers.items():
        if not isinstance(named[name] or kind(), kind):
            raise InvalidParameter(name, f"It must be a JSON {'object' if kind is dict else 'list'}.")
        if not all(isinstance(each, str) for each in _texts(named[name] or kind())):
            raise InvalidParameter(name, "Its values must be texts.")
    return BranchFacts(
        **{
            **named,
            "category": cleaned["category"].slug,
            "names": named["names"] or {},
            "photos": tuple(named["photos"] or ()),
            "attributes": named["attributes"] or {},
        }
    )


def _texts(value: dict[str, Any] | list[Any]) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value


def point_of(cleaned: dict[str, Any]) -> Point:
    return Point(cleaned["lon"], cleaned["lat"])


class StandingInline(StackedInline):
    model = Standing
    extra = 0


@admin.register(Branch)
class BranchAdmin(ModelAdmin):
    form = BranchForm
    inlines = [StandingInline]
    list_display = ["name", "merchant", "category", "city", "zone", "opening_hours", "closed_at"]
    list_filter = ["category", ("closed_at", admin.EmptyFieldListFilter), "source"]
    list_select_related = ["merchant", "category"]
    search_fields = ["name__istartswith", "external_id"]
    autocomplete_fields = ["merchant", "brand"]
    readonly_fields = ["zone", "source", "external_id", "created_at", "updated_at", "closed_at"]
    show_full_result_count = False
    ordering = ["id"]
    actions = ["close_for_good", "reopen", "find_zone_again"]
    fieldsets = [
        (None, {"fields": ["name", "names", "merchant", "brand", "category", "description"]}),
        ("Where", {"fields": [("lat", "lon"), ("zone_given", "zone"), "street", ("postcode", "city", "country")]}),
        ("When", {"fields": ["opening_hours", "closed_at"]}),
        ("How to reach and see it", {"fields": ["phone", "website", "photos", "attributes"]}),
        ("Origin", {"fields": [("source", "external_id"), ("created_at", "updated_at")]}),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """A branch has a history: it is closed, not deleted."""
        return False

    def save_model(self, request: HttpRequest, obj: Branch, form: BranchForm, change: bool) -> None:  # noqa: ARG002
        cleaned, now = form.cleaned_data, timezone.now()
        facts, point, zone = facts_of(cleaned), point_of(cleaned), cleaned["zone_given"] or None
        brand_id = cleaned["brand"].pk if cleaned["brand"] else None
        if not change:
            made = services.create_branch(
                merchant_id=cleaned["merchant"].pk, facts=facts, point=point, zone=zone, brand_id=brand_id
            )
            obj.pk = made.pk
            return
        with transaction.atomic():
            if "merchant" in form.changed_data:
                Branch.objects.filter(pk=obj.pk).update(merchant=cleaned["merchant"])
            services.update_branch(branch_id=obj.pk, facts=facts, brand_id=brand_id, now=now)
            if "zone_given" in form.changed_data and zone is None:
                services.find_zone_again(branch_id=obj.pk, now=now)
            if {"lat", "lon", "zone_given"} & set(form.changed_data):
                services.move_branch(branch_id=obj.pk, point=point, zone=zone, now=now)

    @admin.action(description="Close for good")
    def close_for_good(self, request: HttpRequest, branches: QuerySet[Branch]) -> None:
        for branch in branches:
            services.close_branch(branch_id=branch.pk, now=timezone.now())
        self.message_user(request, f"{len(branches)} closed.")

    @admin.action(description="Reopen")
    def reopen(self, request: HttpRequest, branches: QuerySet[Branch]) -> None:
        for branch in branches:
            services.reopen_branch(branch_id=branch.pk, now=timezone.now())
        self.message_user(request, f"{len(branches)} open again.")

    @admin.action(description="Take the time zone of the position")
    def find_zone_again(self, request: HttpRequest, branches: QuerySet[Branch]) -> None:
        for branch in branches:
            services.find_zone_again(branch_id=branch.pk, now=timezone.now())
        self.message_user(request, f"{len(branches)} have the zone of their position.")


class ParkedFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        return [("parked", "Parked"), ("failing", "Failing, tried again"), ("waiting", "Waiting")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Change]) -> QuerySet[Change]:  # noqa: ARG002
        chosen = {
            "parked": queryset.filter(parked_at__isnull=False),
            "failing": queryset.filter(parked_at__isnull=True, attempts__gt=0),
            "waiting": queryset.filter(parked_at__isnull=True, attempts=0),
        }
        return chosen.get(self.value() or "", queryset)


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    """The change feed. What could not be applied is parked here with its reason."""

    list_display = ["topic", "key", "recorded_at", "due_at", "attempts", "parked_at", "reason"]
    list_filter = [ParkedFilter, "topic"]
    search_fields = ["key"]
    ordering = ["-parked_at", "id"]
    show_full_result_count = False
    actions = ["retry"]

    @admin.action(description="Try again now")
    def retry(self, request: HttpRequest, rows: QuerySet[Change]) -> None:
        count = services.retry_changes(change_ids=list(rows.values_list("id", flat=True)))
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, f"{count} parked changes will be tried again within a second.", level)


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = ["source", "file_sha256", "line", "started_at", "finished_at", "summary"]
    ordering = ["-started_at"]
