"""Who waits for a place, and where one may have come free for them (docs/waitlist.md)."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db.models import F, Q
from django.db.models.functions import Now

from booking.models import Booking, Service
from booking.waitlist.states import LIVE, TRANSITIONS
from booking.waitlist.triggers import TELL


class Entry(models.Model):
    """A guest who waits for any start of a service within a window, for a party of a size.

    What is offered is a booking in the state `held`; the entry follows it by trigger, whoever changes it.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        OFFERED = "offered"
        BOOKED = "booked"
        LEFT = "left"
        ENDED = "ended"
        """The window is past, or all its offers were let go."""

    id = models.UUIDField(primary_key=True, db_default=RandomUUID(), editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING, db_default="waiting")
    service = models.ForeignKey(Service, models.CASCADE, related_name="waiting")
    starts_from = models.DateTimeField()
    starts_until = models.DateTimeField(help_text="Starts before it.")
    party = models.PositiveIntegerField()
    address = models.CharField(max_length=300, blank=True, default="", db_default="", help_text="At home: where.")
    point = models.PointField(srid=4326, null=True)
    joined_at = models.DateTimeField(
        db_default=models.Func(function="clock_timestamp", template="%(function)s()"),
        help_text="The order of the queue.",
    )
    offer = models.OneToOneField(Booking, models.SET_NULL, null=True, related_name="offered_to")
    offers_left = models.PositiveSmallIntegerField()
    offered_starts = ArrayField(models.DateTimeField(), default=list, help_text="None of them is offered again.")
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=20, blank=True, default="", db_default="")
    token_hash = models.BinaryField(max_length=32, help_text="SHA-256 of the bearer token.")

    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=35, blank=True, default="", db_default="")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    customer_key = models.CharField(max_length=64, blank=True)
    device_key = models.CharField(max_length=32, blank=True, default="", db_default="", help_text="A keyed hash.")
    network_key = models.CharField(max_length=32, blank=True, default="", db_default="", help_text="A keyed hash.")
    channel = models.CharField(max_length=20, blank=True, default="", db_default="")
    partner = models.CharField(max_length=64, blank=True, default="", db_default="")
    trace_id = models.CharField(max_length=128, blank=True, default="", db_default="")

    class Meta:
        ordering = ["joined_at", "id"]
        verbose_name_plural = "entries"
        constraints = [
            models.CheckConstraint(name="entry_window_ordered", condition=Q(starts_until__gt=F("starts_from"))),
            models.CheckConstraint(
                name="entry_offered_has_its_offer",
                condition=Q(offer__isnull=False, state__in=["offered", "booked"])
                | Q(offer__isnull=True, state__in=["waiting", "left", "ended"]),
            ),
            models.CheckConstraint(
                name="entry_ends_once",
                condition=Q(ended_at__isnull=True, state__in=list(LIVE))
                | Q(ended_at__isnull=False) & ~Q(state__in=list(LIVE)),
            ),
            models.UniqueConstraint("token_hash", name="entry_token_once"),
        ]
        indexes = [
            models.Index("service", "joined_at", "id", name="entry_queue", condition=Q(state="waiting")),
            *(
                models.Index(key, name=f"entry_of_{name}", condition=Q(state__in=list(LIVE)))
                for key, name in (("customer_key", "customer"), ("device_key", "device"), ("network_key", "network"))
            ),
            models.Index("ended_at", name="entry_kept", condition=Q(ended_at__isnull=False) & ~Q(email="")),
        ]
        triggers = [
            pgtrigger.FSM(name="keeps_to_states", field="state", transitions=TRANSITIONS),
            pgtrigger.Protect(
                name="begins_waiting", operation=pgtrigger.Insert, condition=~pgtrigger.Q(new__state="waiting")
            ),
            pgtrigger.ReadOnly(
                name="keeps_its_place",
                fields=["service", "starts_from", "starts_until", "party", "joined_at", "token_hash", "trace_id"],
            ),
            pgtrigger.Trigger(
                name="tells",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
                declare=[("kind", "text"), ("offer", "uuid")],
                func=TELL,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class Freed(models.Model):
    """A service at which something may have come free for those who wait. Written by triggers, gone when looked at."""

    id = models.BigAutoField(primary_key=True)
    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.service_id} at {self.at}"
