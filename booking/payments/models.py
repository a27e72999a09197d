"""Payments as we hold them: what was asked for, what the provider was seen to hold, what goes back, what it told us.

PostgreSQL holds the rules, whoever writes: states go one way, what was captured stays captured, refunds never pass it.
Rows are locked in this order: the booking, its payment, the refund (docs/locking.md).
"""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from booking.models import Booking
from booking.payments.states import CAPTURED, LIVE, PAYMENT_TRANSITIONS, REFUND_TRANSITIONS
from booking.payments.triggers import COUNT_REFUNDS, TELL_PAYMENT, TELL_REFUND


class Payment(models.Model):
    """One try to get a booking paid. A booking has one at most that is not given up."""

    class State(models.TextChoices):
        CREATED = "created"
        """The provider may or may not have heard of it."""
        OPEN = "open"
        """The customer can pay at `checkout_url`."""
        CAPTURING = "capturing"
        """The customer has paid and the booking waits for it: the money is being taken."""
        VOIDING = "voiding"
        """Not wanted any more: the provider is being told."""
        VOIDED = "voided"
        """Nobody can pay it; nothing was taken."""
        TAKEN = "taken"
        """Captured, and the booking has it."""
        RETURNED = "returned"
        """Captured, and the booking could not take it: a refund of all of it was asked for with this state."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    booking = models.ForeignKey(Booking, models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=20)
    reference = models.CharField(max_length=200, blank=True, default="", db_default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.CREATED, db_default="created")
    reason = models.CharField(max_length=80, blank=True, default="", db_default="")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    captured_minor = models.BigIntegerField(default=0, db_default=0)
    captured_currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    refunded_minor = models.BigIntegerField(default=0, db_default=0, help_text="Asked for, and not failed.")
    description = models.CharField(max_length=200)
    language = models.CharField(max_length=35, blank=True, default="", db_default="")
    return_url = models.CharField(max_length=2000)
    checkout_url = models.CharField(max_length=4000, blank=True, default="", db_default="")
    decline_code = models.CharField(max_length=60, blank=True, default="", db_default="")
    expires_at = models.DateTimeField(help_text="First instant at which the customer need not try any more.")
    created_at = models.DateTimeField(db_default=Now())
    captured_at = models.DateTimeField(null=True, help_text="When we saw that it was.")
    look_at = models.DateTimeField(null=True, db_default=Now(), help_text="When the provider is asked next; null: not.")
    failures = models.PositiveIntegerField(default=0, db_default=0, help_text="Calls in a row without an answer.")

    class Meta:
        constraints = [
            models.CheckConstraint(name="payment_amount_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="payment_currency_shape", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(
                name="payment_captured_when_captured",
                condition=Q(
                    state__in=CAPTURED, captured_minor__gt=0, captured_at__isnull=False,
                    captured_currency__regex=r"^[A-Z]{3}$",
                )
                | (~Q(state__in=CAPTURED) & Q(captured_minor=0, captured_at__isnull=True, captured_currency="")),
            ),
            models.CheckConstraint(
                name="payment_taken_as_asked",
                condition=~Q(state="taken") | Q(captured_minor=F("amount_minor"), captured_currency=F("currency")),
            ),
            models.CheckConstraint(
                name="payment_refunds_within_capture",
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("captured_minor")),
            ),
            models.UniqueConstraint("booking", name="payment_one_live_per_booking", condition=Q(state__in=LIVE)),
            models.UniqueConstraint("provider", "reference", name="payment_reference_once", condition=~Q(reference="")),
        ]  # fmt: skip
        indexes = [models.Index("look_at", name="payment_due", condition=Q(look_at__isnull=False))]
        triggers = [
            pgtrigger.FSM(name="keeps_to_states", field="state", transitions=PAYMENT_TRANSITIONS),
            pgtrigger.Protect(
                name="begins_created", operation=pgtrigger.Insert, condition=~pgtrigger.Q(new__state="created")
            ),
            pgtrigger.Protect(name="is_history", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="keeps_what_was_asked",
                fields=[
                    "booking", "provider", "amount_minor", "currency", "description", "language", "return_url",
                    "expires_at", "created_at",
                ],
            ),
            pgtrigger.Protect(
                name="keeps_what_was_captured",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=CAPTURED)
                & (
                    pgtrigger.Q(old__captured_minor__df=pgtrigger.F("new__captured_minor"))
                    | pgtrigger.Q(old__captured_currency__df=pgtrigger.F("new__captured_currency"))
                    | pgtrigger.Q(old__reference__df=pgtrigger.F("new__reference"))
                ),
            ),
            pgtrigger.Trigger(
                name="tells_of_payment",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state"),
                condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
                func=TELL_PAYMENT,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class Refund(models.Model):
    """Money that goes back. Its id makes the provider's idempotency key."""

    class State(models.TextChoices):
        REQUESTED = "requested"
        PENDING = "pending"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        """The provider said no for good: a person must act (docs/payments.md)."""

    class Cause(models.TextChoices):
        NOT_BOOKABLE = "not_bookable"
        """The booking could not take the money."""
        POLICY = "policy"
        """A cancellation or a no-show gives it back."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount_minor = models.BigIntegerField()
    cause = models.CharField(max_length=12, choices=Cause.choices)
    attempt = models.PositiveSmallIntegerField(default=1, db_default=1, help_text="More than 1: after one that failed.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED, db_default="requested")
    reference = models.CharField(max_length=200, blank=True, default="", db_default="")
    reason = models.CharField(max_length=80, blank=True, default="", db_default="", help_text="Why it failed.")
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True, db_default=Now())
    failures = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(name="refund_amount_positive", condition=Q(amount_minor__gt=0)),
            models.UniqueConstraint("payment", "cause", "attempt", name="refund_once_for_each_cause"),
        ]
        indexes = [models.Index("look_at", name="refund_due", condition=Q(look_at__isnull=False))]
        triggers = [
            pgtrigger.FSM(name="keeps_to_states", field="state", transitions=REFUND_TRANSITIONS),
            pgtrigger.Protect(
                name="begins_requested", operation=pgtrigger.Insert, condition=~pgtrigger.Q(new__state="requested")
            ),
            pgtrigger.Protect(name="is_history", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="keeps_what_was_asked", fields=["payment", "amount_minor", "cause", "attempt", "created_at"]
            ),
            pgtrigger.Trigger(name="counts_more", when=pgtrigger.After, operation=pgtrigger.Insert, func=COUNT_REFUNDS),
            pgtrigger.Trigger(
                name="counts_less",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state"),
                condition=~pgtrigger.Q(old__state="failed") & pgtrigger.Q(new__state="failed"),
                func=COUNT_REFUNDS,
            ),
            pgtrigger.Trigger(
                name="tells_of_refund",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
                func=TELL_REFUND,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class ProviderEvent(models.Model):
    """A verified notification, kept once. What it says is never acted on: it makes us look."""

    class Outcome(models.TextChoices):
        NOTED = "noted"
        """Its payment is looked at next."""
        DIFFERS = "differs"
        """It tells of another amount or currency than ours: an alarm, and its payment is looked at."""
        UNKNOWN = "unknown"
        """It belongs to no payment of ours."""

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=100)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="provider_events")
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=10, blank=True, default="", db_default="")
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    outcome = models.CharField(max_length=10, choices=Outcome.choices)

    class Meta:
        constraints = [models.UniqueConstraint("provider", "event_id", name="event_kept_once")]
        indexes = [models.Index("received_at", name="event_age")]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"
