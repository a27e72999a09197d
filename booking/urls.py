"""Where holds and bookings are reached, under /v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from booking import api

urlpatterns: list[URLPattern] = [
    path("holds", api.Holds.as_view()),
    path("holds/<str:id>/extend", api.Extend.as_view()),
    path("holds/<str:id>/release", api.Release.as_view()),
    path("bookings", api.Bookings.as_view()),
    path("bookings/<str:id>", api.BookingView.as_view()),
    path("bookings/<str:id>/cancel", api.Cancel.as_view()),
    path("bookings/<str:id>/move", api.Move.as_view()),
]
