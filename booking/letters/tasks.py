"""What a worker does for letters besides its tasks."""

from __future__ import annotations

from django.utils import timezone

from booking.letters.sending import send_due
from booking.payments.clock import Repeated
from config.celery import app


class Postman(Repeated):
    def do(self) -> int:
        return send_due(now=timezone.now())


app.steps["worker"].update({Postman})
