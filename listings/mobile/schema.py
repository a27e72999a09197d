"""What bodies and answers look like, for the OpenAPI document alone: none passes through these."""

from __future__ import annotations

from rest_framework import serializers

from accounts.schema import Shape
from listings.mobile.services import SKEW_SECONDS, STALE_SECONDS


class PositionRequest(Shape):
    lat = serializers.FloatField(min_value=-90, max_value=90)
    lon = serializers.FloatField(min_value=-180, max_value=180)
    at = serializers.DateTimeField(
        required=False,
        help_text=f"When it was taken; now. Less than {STALE_SECONDS} s ago, or up to {SKEW_SECONDS} s ahead of us.",
    )


class PositionShape(Shape):
    branch_id = serializers.UUIDField()
    is_mobile = serializers.BooleanField()
    is_live = serializers.BooleanField(help_text="It is found at `lat`, `lon`; else nowhere.")
    lat = serializers.FloatField(allow_null=True, min_value=-90, max_value=90)
    lon = serializers.FloatField(allow_null=True, min_value=-180, max_value=180)
    reported_at = serializers.DateTimeField(allow_null=True, help_text="`at` of the report.")
    stale_at = serializers.DateTimeField(allow_null=True, help_text="From then on it is nowhere.")


class ReportedShape(PositionShape):
    kept = serializers.BooleanField(help_text="False: a newer position was there, and stays.")
