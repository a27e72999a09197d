"""The books of the simulated provider: its own tables, to which nothing of ours refers and which refer to nothing."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from booking.payments.simulator.cards import Script


class SimulatedCharge(models.Model):
    """Money asked for. `payment_id` and `booking_id` are what the merchant wrote on it, and mean nothing here."""

    class State(models.TextChoices):
        OPEN = "open"
        CHALLENGED = "challenged"
        AUTHORISED = "authorised"
        CAPTURED = "captured"
        CANCELLED = "cancelled"

    reference = models.CharField(primary_key=True, max_length=40)
    token = models.CharField(max_length=64, help_text="Who knows it may pay.")
    payment_id = models.UUIDField()
    booking_id = models.UUIDField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN, db_default="open")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    captured_minor = models.BigIntegerField(default=0, db_default=0)
    script = models.CharField(max_length=20, choices=[(each.value, each.value) for each in Script], blank=True)
    decline_code = models.CharField(max_length=40, blank=True)
    timeouts_left = models.PositiveSmallIntegerField(default=0, db_default=0)
    description = models.CharField(max_length=300)
    language = models.CharField(max_length=35)
    return_url = models.CharField(max_length=2000)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="simulated_capture_within",
                condition=Q(captured_minor__gte=0, captured_minor__lte=F("amount_minor")),
            ),
            models.CheckConstraint(name="simulated_amount_positive", condition=Q(amount_minor__gt=0)),
        ]

    def __str__(self) -> str:
        return self.reference


class SimulatedRefund(models.Model):
    reference = models.CharField(primary_key=True, max_length=40)
    charge = models.ForeignKey(SimulatedCharge, models.CASCADE, related_name="refunds")
    refund_id = models.UUIDField(null=True)
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=10)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.reference


class SimulatedKey(models.Model):
    """An idempotency key that was used: for what, and on which object."""

    key = models.CharField(primary_key=True, max_length=120)
    request = models.CharField(max_length=400)
    reference = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.key


class SimulatedNotification(models.Model):
    """What is to be told, when, and whether it was heard."""

    charge = models.ForeignKey(SimulatedCharge, models.CASCADE, related_name="notifications")
    event_id = models.CharField(max_length=40, help_text="The same in copies of one event.")
    body = models.TextField()
    is_forged = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    heard_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("due_at", name="simulated_due", condition=Q(heard_at__isnull=True))]

    def __str__(self) -> str:
        return self.event_id
