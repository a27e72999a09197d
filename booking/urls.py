"""Where holds and bookings are reached, under /v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from booking import api, assign_api, availability_api, mine_api

urlpatterns: list[URLPattern] = [
    path("availability", availability_api.Availability.as_view()),
    path("deals/<str:id>/availability", availability_api.DealAvailability.as_view()),
    path("assign", assign_api.Assign.as_view()),
    path("holds", api.Holds.as_view()),
    path("holds/<str:id>/extend", api.Extend.as_view()),
    path("holds/<str:id>/release", api.Release.as_view()),
    path("guests/bookings", mine_api.GuestBookings.as_view()),
    path("me/bookings", mine_api.MyBookings.as_view()),
    path("bookings", api.Bookings.as_view()),
    path("bookings/<str:id>", api.BookingView.as_view()),
    path("bookings/<str:id>/cancel", api.Cancel.as_view()),
    path("bookings/<str:id>/move", api.Move.as_view()),
]
