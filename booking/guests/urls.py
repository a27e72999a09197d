"""Where guests prove their address, under /v1/guests/."""

from __future__ import annotations

from django.urls import URLPattern, path

from booking.guests import api

urlpatterns: list[URLPattern] = [
    path("codes", api.GuestCodes.as_view()),
    path("sessions", api.GuestSessions.as_view()),
    path("session", api.GuestSession.as_view()),
]
