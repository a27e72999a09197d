"""Letters to customers that are owed: one for each step of a booking that is told by e-mail.

A trigger writes them in the transaction of the step (booking.letters.triggers), so none is forgotten; a worker sends
them. One that was sent and not yet marked when the worker died is sent again: at least once.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from booking.models import Booking, Event


class Letter(models.Model):
    event = models.OneToOneField(Event, models.CASCADE, related_name="letter")
    booking = models.ForeignKey(Booking, models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=40)
    created_at = models.DateTimeField(db_default=Now())
    send_at = models.DateTimeField(null=True, db_default=Now(), help_text="When it is tried next; null: never more.")
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("send_at", name="letter_due", condition=Q(send_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.kind} {self.booking_id}"
