"""What can be booked, how much of it is taken, and the bookings themselves from hold to end.

A hold is a booking in the state `held`: one row lives through the whole table of states, so nothing is ever handed over
from one table to another. What a booking takes it gives back by trigger when it leaves the states that take
(docs/locking.md), whoever writes.
"""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.functions import RandomUUID
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower, Now

from booking.states import GIVEN_BACK, TAKING, TRANSITIONS
from booking.triggers import GIVE_BACK, RESIZE, TELL
from deals.models import Deal
from listings.models import Branch


class Service(models.Model):
    """Something at a branch that is booked for a time: a table, an appointment, a job at the customer's home."""

    class Mode(models.TextChoices):
        VISIT = "visit"
        AT_HOME = "at_home"

    class Funder(models.TextChoices):
        MERCHANT = "merchant"
        PLATFORM = "platform"

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    branch = models.ForeignKey(Branch, models.CASCADE, related_name="services")
    deal = models.ForeignKey(
        Deal, models.SET_NULL, null=True, blank=True, related_name="services", help_text="Whose price it has."
    )
    name = models.CharField(max_length=200)
    names = models.JSONField(default=dict, blank=True, help_text="{language tag: name}")
    is_offered = models.BooleanField(default=True, db_default=True)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.VISIT, db_default="visit")

    duration_minutes = models.PositiveIntegerField()
    step_minutes = models.PositiveIntegerField(default=30, db_default=30, help_text="Between two starts.")
    buffer_before_minutes = models.PositiveIntegerField(default=0, db_default=0)
    buffer_after_minutes = models.PositiveIntegerField(default=0, db_default=0)
    travel_minutes = models.PositiveIntegerField(default=0, db_default=0, help_text="At home: each way.")
    travel_radius_metres = models.PositiveIntegerField(null=True, blank=True, help_text="At home: how far it goes.")
    lead_minutes = models.PositiveIntegerField(default=0, db_default=0, help_text="Latest booking before the start.")
    horizon_days = models.PositiveIntegerField(default=30, db_default=30, help_text="Earliest booking before it.")
    hold_seconds = models.PositiveIntegerField(
        null=True, blank=True, help_text="How long a hold keeps its place; empty: HOLD_SECONDS."
    )
    capacity = models.PositiveIntegerField(default=1, db_default=1, help_text="Units that may start at one time.")
    counts_people = models.BooleanField(default=False, db_default=False, help_text="A unit is a person, else a party.")
    party_min = models.PositiveIntegerField(default=1, db_default=1)
    party_max = models.PositiveIntegerField(default=1, db_default=1)
    weekly = models.JSONField(
        null=True, blank=True, help_text="[[weekday 1-7, from minute, until minute], …] local; null: the opening hours."
    )
    exceptions = models.JSONField(default=dict, blank=True, help_text='{"2026-12-24": [[from minute, until minute]]}')

    price_minor = models.BigIntegerField(null=True, blank=True, help_text="Of one without a deal.")
    currency = models.CharField(max_length=3, blank=True)
    price_is_per_person = models.BooleanField(default=False, db_default=False)
    deposit_percent = models.PositiveSmallIntegerField(default=100, db_default=100, help_text="Due when booking.")
    no_show_fee_percent = models.PositiveSmallIntegerField(default=100, db_default=100)
    cancellation = models.JSONField(
        default=list, blank=True, help_text="[[minutes before the start, refund percent], …]; later: nothing."
    )
    commission_bps = models.PositiveIntegerField(default=0, db_default=0, help_text="Hundredths of a percent.")
    discount_funder = models.CharField(
        max_length=10, choices=Funder.choices, default=Funder.MERCHANT, db_default="merchant"
    )
    resources: models.ManyToManyField[Resource, models.Model] = models.ManyToManyField(
        "Resource", blank=True, related_name="services"
    )
    generated = models.BooleanField(default=False, db_default=False, help_text="Made up for a demo, and told so.")

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="service_times_possible",
                condition=Q(duration_minutes__gte=1, duration_minutes__lte=1440, step_minutes__gte=1)
                & Q(step_minutes__lte=1440, horizon_days__gte=1, horizon_days__lte=365),
            ),
            models.CheckConstraint(
                name="service_holds_two_to_thirty_minutes", condition=Q(hold_seconds__gte=120, hold_seconds__lte=1800)
            ),
            models.CheckConstraint(
                name="service_parties_ordered",
                condition=Q(party_min__gte=1, party_max__gte=F("party_min"), capacity__gte=1),
            ),
            models.CheckConstraint(
                name="service_percents_within_100",
                condition=Q(deposit_percent__lte=100, no_show_fee_percent__lte=100, commission_bps__lte=10_000),
            ),
            models.CheckConstraint(
                name="service_has_a_price",
                condition=Q(deal__isnull=False) | Q(price_minor__gte=0, currency__regex=r"^[A-Z]{3}$"),
            ),
            models.UniqueConstraint("branch", "deal", name="service_once_per_branch_and_deal"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="resizes_slots",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("capacity"),
                condition=pgtrigger.Q(old__capacity__df=pgtrigger.F("new__capacity")),
                func=RESIZE,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Resource(models.Model):
    """A table, a chair, a person: it serves one booking at a time."""

    id = models.BigAutoField(primary_key=True)
    branch = models.ForeignKey(Branch, models.CASCADE, related_name="resources")
    name = models.CharField(max_length=100)
    seats = models.PositiveIntegerField(default=1, db_default=1, help_text="The largest party it can serve.")
    removed_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when nobody is given it; who had it before keeps it in the history."
    )

    class Meta:
        ordering = ["seats", "id"]

    def __str__(self) -> str:
        return self.name


class Slot(models.Model):
    """One start of a service, and how much of it is taken. A row exists from the first hold on (ADR 23)."""

    id = models.BigAutoField(primary_key=True)
    service = models.ForeignKey(Service, models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0, db_default=0)
    surplus = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Of the capacity: sold before the service shrank, and not sold again."
    )

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint("service", "starts_at", name="slot_once_per_start"),
            models.CheckConstraint(name="slot_never_oversold", condition=Q(taken__lte=F("capacity"))),
            models.CheckConstraint(name="slot_surplus_is_sold", condition=Q(surplus__lte=F("taken"))),
            models.CheckConstraint(name="slot_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} at {self.starts_at}"


class DealStock(models.Model):
    """How many units of a deal with a limit are taken, beside the limit, which follows the deal's by trigger: who takes
    judges both in one row.
    """

    deal = models.OneToOneField(Deal, models.CASCADE, primary_key=True, related_name="stock_taken")
    taken = models.PositiveIntegerField(default=0, db_default=0)
    stock = models.PositiveIntegerField(null=True, help_text="The deal's. Empty: no limit.")

    def __str__(self) -> str:
        return f"{self.taken} of {self.deal_id}"


class DealCustomer(models.Model):
    """How many units of a deal with a cap one customer has taken."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="+")
    customer_key = models.CharField(max_length=64)
    taken = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint("deal", "customer_key", name="deal_customer_once")]

    def __str__(self) -> str:
        return f"{self.taken} of {self.deal_id}"


_SNAPSHOT = [
    "branch",
    "title",
    "price_minor",
    "list_price_minor",
    "currency",
    "deposit_minor",
    "no_show_fee_minor",
    "policy",
    "commission_bps",
    "discount_funder",
    "created_at",
    "token_hash",
    "trace_id",
    "channel",
    "partner",
]


class Booking(models.Model):
    """One customer's claim, from the hold to its end. What was agreed when it was made is copied onto it."""

    class State(models.TextChoices):
        HELD = "held"
        AWAITING_PAYMENT = "awaiting_payment"
        CONFIRMED = "confirmed"
        FULFILLED = "fulfilled"
        CANCELLED = "cancelled"
        EXPIRED = "expired"
        NO_SHOW = "no_show"

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    state = models.CharField(max_length=20, choices=State.choices, default=State.HELD, db_default="held")
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="bookings")
    service = models.ForeignKey(Service, models.PROTECT, null=True, related_name="bookings")
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, related_name="bookings")
    slot = models.ForeignKey(Slot, models.PROTECT, null=True, related_name="bookings")
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    party = models.PositiveIntegerField(default=1, db_default=1)
    units = models.PositiveIntegerField(default=1, db_default=1, help_text="Of the slot.")
    stock_units = models.PositiveIntegerField(default=0, db_default=0, help_text="Of the deal's stock.")
    cap_units = models.PositiveIntegerField(default=0, db_default=0, help_text="Of what the customer may have.")

    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, help_text="When an unpaid one gives back what it took.")
    extensions = models.PositiveSmallIntegerField(default=0, db_default=0)
    token_hash = models.BinaryField(max_length=32, help_text="SHA-256 of the bearer token.")

    title = models.CharField(max_length=200)
    price_minor = models.BigIntegerField(help_text="The whole price of the whole party.")
    list_price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    deposit_minor = models.BigIntegerField(help_text="Due when booking.")
    no_show_fee_minor = models.BigIntegerField(default=0, db_default=0)
    policy = models.JSONField(default=dict)
    commission_bps = models.PositiveIntegerField(default=0, db_default=0)
    discount_funder = models.CharField(max_length=10, default="merchant", db_default="merchant")

    name = models.CharField(max_length=200, blank=True, default="", db_default="")
    email = models.CharField(max_length=254, blank=True, default="", db_default="")
    phone = models.CharField(max_length=40, blank=True, default="", db_default="")
    language = models.CharField(max_length=35, blank=True, default="", db_default="")
    note = models.CharField(max_length=500, blank=True, default="", db_default="")
    address = models.CharField(max_length=300, blank=True, default="", db_default="", help_text="At home: where.")
    point = models.PointField(srid=4326, null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="bookings")
    customer_key = models.CharField(max_length=64, blank=True, default="", db_default="")
    device_key = models.CharField(max_length=32, blank=True, default="", db_default="", help_text="A keyed hash.")
    network_key = models.CharField(max_length=32, blank=True, default="", db_default="", help_text="A keyed hash.")

    paid_minor = models.BigIntegerField(default=0, db_default=0)
    refund_due_minor = models.BigIntegerField(default=0, db_default=0, help_text="What the policy gives back.")
    ended_by = models.CharField(max_length=10, blank=True, default="", db_default="")
    reason = models.CharField(max_length=200, blank=True, default="", db_default="")
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    channel = models.CharField(max_length=20, blank=True, default="", db_default="")
    partner = models.CharField(max_length=64, blank=True, default="", db_default="")
    trace_id = models.CharField(max_length=128, blank=True, default="", db_default="")

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="booking_of_a_service_or_a_deal", condition=Q(service__isnull=False) | Q(deal__isnull=False)
            ),
            models.CheckConstraint(
                name="booking_with_slot_has_times",
                condition=Q(slot__isnull=True, starts_at__isnull=True, ends_at__isnull=True)
                | Q(slot__isnull=False, starts_at__isnull=False, ends_at__gt=F("starts_at")),
            ),
            models.CheckConstraint(
                name="booking_unpaid_expires",
                condition=Q(expires_at__isnull=False) | ~Q(state__in=["held", "awaiting_payment"]),
            ),
            models.CheckConstraint(name="booking_units_positive", condition=Q(units__gte=1, party__gte=1)),
            models.CheckConstraint(
                name="booking_money_ordered",
                condition=Q(price_minor__gte=0, deposit_minor__gte=0, deposit_minor__lte=F("price_minor"))
                & Q(list_price_minor__gte=F("price_minor"), paid_minor__gte=0, refund_due_minor__gte=0)
                & Q(refund_due_minor__lte=F("paid_minor"), no_show_fee_minor__lte=F("price_minor")),
            ),
            models.CheckConstraint(name="booking_currency_shape", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(
                name="booking_confirmed_is_paid",
                condition=~Q(state__in=["confirmed", "fulfilled", "no_show"]) | Q(paid_minor__gte=F("deposit_minor")),
            ),
            models.UniqueConstraint("token_hash", name="booking_token_once"),
        ]
        indexes = [
            models.Index(
                "slot", "expires_at", name="booking_unpaid", condition=Q(state__in=["held", "awaiting_payment"])
            ),
            models.Index("expires_at", name="booking_expiring", condition=Q(state__in=["held", "awaiting_payment"])),
            *(
                models.Index(key, name=f"booking_held_by_{name}", condition=Q(state__in=["held", "awaiting_payment"]))
                for key, name in (("device_key", "device"), ("network_key", "network"), ("user", "user"))
            ),
            models.Index("branch", "starts_at", name="booking_of_branch"),
            models.Index(
                "branch",
                "created_at",
                name="booking_open_without_time",
                condition=Q(slot=None, state__in=["held", "awaiting_payment", "confirmed"]),
            ),
            models.Index("deal", name="booking_of_deal"),
            models.Index("customer_key", name="booking_of_customer", condition=~Q(customer_key="")),
            models.Index("network_key", name="booking_free_by_network", condition=Q(state="confirmed", paid_minor=0)),
            models.Index(
                Coalesce("ended_at", "ends_at"), name="booking_still_known", condition=~Q(name="") | ~Q(network_key="")
            ),
            models.Index(Lower("email"), name="booking_of_address", condition=~Q(email="")),
        ]
        triggers = [
            pgtrigger.FSM(name="keeps_to_states", field="state", transitions=TRANSITIONS),
            pgtrigger.Protect(
                name="begins_as_a_hold", operation=pgtrigger.Insert, condition=~pgtrigger.Q(new__state="held")
            ),
            pgtrigger.Protect(
                name="is_history", operation=pgtrigger.Delete, condition=~pgtrigger.Q(old__state="expired")
            ),
            pgtrigger.ReadOnly(name="keeps_what_was_agreed", fields=_SNAPSHOT),
            pgtrigger.Trigger(
                name="gives_back",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state", "slot_id"),
                condition=pgtrigger.Q(old__state__in=list(TAKING))
                & (pgtrigger.Q(new__state__in=list(GIVEN_BACK)) | pgtrigger.Q(old__slot__df=pgtrigger.F("new__slot"))),
                func=GIVE_BACK,
            ),
            pgtrigger.Trigger(
                name="tells",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "slot_id", "extensions"),
                declare=[("kind", "text")],
                func=TELL,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class Occupancy(models.Model):
    """A resource is busy, buffers and travel included. Two at once are impossible."""

    id = models.BigAutoField(primary_key=True)
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="occupancies")
    booking = models.ForeignKey(Booking, models.CASCADE, related_name="occupancies")
    during = DateTimeRangeField()

    class Meta:
        verbose_name_plural = "occupancies"
        constraints = [
            ExclusionConstraint(
                name="occupancy_never_overlaps",
                expressions=[("resource", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                name="occupancy_lasts",
                condition=Q(during__isempty=False, during__lower_inf=False, during__upper_inf=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.during}"


class Event(models.Model):
    """What happened to a booking, in order. Written by the booking's own trigger; other parts append theirs.

    A step of an entry of the waitlist is in the same stream; where it is about an offer, it has its booking too.
    """

    id = models.BigAutoField(primary_key=True)
    booking = models.ForeignKey(Booking, models.CASCADE, null=True, related_name="events")
    entry = models.ForeignKey("waitlist.Entry", models.CASCADE, null=True, related_name="events")
    kind = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=models.Func(function="clock_timestamp", template="%(function)s()"))
    trace_id = models.CharField(max_length=128, blank=True, default="", db_default="")
    channel = models.CharField(max_length=20, blank=True, default="", db_default="")
    partner = models.CharField(max_length=64, blank=True, default="", db_default="")
    data = models.JSONField(default=dict, db_default={})

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="event_of_something", condition=Q(booking__isnull=False) | Q(entry__isnull=False)
            ),
        ]
        indexes = [models.Index("trace_id", name="event_of_trace", condition=~Q(trace_id=""))]
        triggers = [pgtrigger.Protect(name="is_append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.kind} {self.booking_id or self.entry_id}"


class IdempotencyKey(models.Model):
    """The answer that a write was given, kept in the transaction of its effect. See booking/idempotency.py."""

    scope_hash = models.BinaryField(primary_key=True, max_length=32, help_text="Of key, operation and caller.")
    request_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    answer = models.BinaryField(help_text="Encrypted with the client's key, which is not kept.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index("created_at", name="idempotency_age")]

    def __str__(self) -> str:
        return f"{self.status} at {self.created_at}"
