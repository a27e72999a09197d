"""What bodies and answers look like, for the OpenAPI document alone: none passes through these."""

from __future__ import annotations

from rest_framework import serializers

from booking.payments.models import Payment, Refund
from booking.schema import Shape

STATES = Payment.State.values
REFUND_STATES = Refund.State.values


class RefundShape(Shape):
    id = serializers.UUIDField()
    amount_minor = serializers.IntegerField(min_value=1)
    currency = serializers.CharField()
    cause = serializers.ChoiceField(choices=Refund.Cause.values)
    state = serializers.ChoiceField(choices=REFUND_STATES)


class PaymentShape(Shape):
    id = serializers.UUIDField()
    booking_id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=STATES)
    is_final = serializers.BooleanField(help_text="Nothing more happens to it, refunds apart.")
    provider = serializers.CharField()
    amount_minor = serializers.IntegerField(min_value=1)
    currency = serializers.CharField()
    checkout_url = serializers.CharField(allow_null=True, help_text="Where the customer pays; null when they cannot.")
    expires_at = serializers.DateTimeField()
    decline_code = serializers.CharField(allow_null=True, help_text="Why the last card was declined.")
    reason = serializers.CharField(allow_null=True, help_text="Why it was given up, or its money returned.")
    captured_minor = serializers.IntegerField(min_value=0)
    refunded_minor = serializers.IntegerField(min_value=0, help_text="Asked for, and not failed.")
    refunds = RefundShape(many=True)
    as_of = serializers.DateTimeField()


class ReceivedShape(Shape):
    received = serializers.BooleanField()
