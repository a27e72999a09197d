"""What a worker does for bookings besides its tasks."""

from __future__ import annotations

from booking.sweeper import Sweeper
from config.celery import app

app.steps["worker"].update({Sweeper})
