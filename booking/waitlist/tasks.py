"""What a worker does for the waitlist besides its tasks."""

from __future__ import annotations

from booking.waitlist.clock import Offerer
from config.celery import app

app.steps["worker"].update({Offerer})
