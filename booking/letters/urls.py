"""Where calendar files are reached, under /v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from booking.letters.api import BookingCalendar

urlpatterns: list[URLPattern] = [path("bookings/<str:id>/calendar", BookingCalendar.as_view())]
