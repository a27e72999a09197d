"""What a worker does for payments besides its tasks."""

from __future__ import annotations

from booking.payments.clock import Reconciler, SimulatorsPost
from config.celery import app

app.steps["worker"].update({Reconciler, SimulatorsPost})
