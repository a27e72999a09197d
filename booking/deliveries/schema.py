"""What bodies and answers look like, for the OpenAPI document alone: none passes through these."""

from __future__ import annotations

from rest_framework import serializers

from booking.deliveries.models import DEFAULT_WITHIN_MINUTES, MAX_DELIVERIES, MAX_WITHIN_MINUTES
from booking.schema import Shape


class DeliveryCapacityChange(Shape):
    most = serializers.IntegerField(
        allow_null=True,
        min_value=0,
        max_value=MAX_DELIVERIES,
        help_text="Deliveries that are taken on within the minutes and not done; 0: none; null: as many as come.",
    )
    within_minutes = serializers.IntegerField(
        required=False, min_value=1, max_value=MAX_WITHIN_MINUTES, default=DEFAULT_WITHIN_MINUTES
    )


class DeliveryCapacityShape(Shape):
    branch_id = serializers.UUIDField()
    most = serializers.IntegerField(allow_null=True, help_text="null: as many as come.")
    within_minutes = serializers.IntegerField(allow_null=True)
    taken = serializers.IntegerField(allow_null=True, help_text="Now; null without a limit.")
    left = serializers.IntegerField(allow_null=True, help_text="0 too where more is taken than a lowered limit.")
    etag = serializers.CharField(help_text="For If-Match of the next change.")
