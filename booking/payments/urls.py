"""Where payments are reached, under /v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from booking.payments import api

urlpatterns: list[URLPattern] = [
    path("bookings/<str:id>/payment", api.BookingPayment.as_view()),
    path("payments/webhooks/<str:provider>", api.Webhook.as_view()),
]
