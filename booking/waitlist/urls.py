"""Where the waitlist is reached, under /v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from booking.waitlist import api

urlpatterns: list[URLPattern] = [
    path("waitlist", api.Waitlist.as_view()),
    path("waitlist/<str:id>", api.WaitlistEntry.as_view()),
    path("waitlist/<str:id>/leave", api.Leave.as_view()),
]
