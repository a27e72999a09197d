from __future__ import annotations

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "booking.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from booking.payments import checks  # noqa: F401, PLC0415 - apps must be ready
