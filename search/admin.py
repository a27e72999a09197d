"""The operator's view of the indexes of OpenSearch, and of documents that one refused."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from search.models import Generation, Parked


class _ReadOnly(ModelAdmin):
    """What programs write and people only look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


@admin.register(Generation)
class GenerationAdmin(_ReadOnly):
    list_display = [
        "name",
        "kind",
        "number",
        "is_serving",
        "epoch",
        "true_at",
        "followed_at",
        "retired_at",
        "mapping_number",
        "schema",
    ]
    ordering = ["kind", "-number"]


@admin.register(Parked)
class ParkedAdmin(_ReadOnly):
    list_display = ["document_id", "generation", "reason", "attempts", "parked_at", "tried_at"]
    search_fields = ["document_id", "reason"]
    list_select_related = ["generation"]
