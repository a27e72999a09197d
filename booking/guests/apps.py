from __future__ import annotations

from django.apps import AppConfig


class GuestsConfig(AppConfig):
    name = "booking.guests"
    label = "guests"
    default_auto_field = "django.db.models.BigAutoField"
