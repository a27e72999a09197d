"""What a worker does for guests besides its tasks."""

from __future__ import annotations

from django.utils import timezone

from booking.guests.sending import send_codes
from booking.payments.clock import Repeated
from config.celery import app


class CodesPost(Repeated):
    def do(self) -> int:
        return send_codes(now=timezone.now())


app.steps["worker"].update({CodesPost})
