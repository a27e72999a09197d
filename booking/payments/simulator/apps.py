from __future__ import annotations

from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    name = "booking.payments.simulator"
    label = "payment_simulator"
    default_auto_field = "django.db.models.BigAutoField"
