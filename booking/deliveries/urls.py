"""Under /v1/merchant/."""

from __future__ import annotations

from django.urls import URLPattern, path

from booking.deliveries.api import DeliveryCapacityView

urlpatterns: list[URLPattern] = [
    path("branches/<str:branch_id>/delivery-capacity", DeliveryCapacityView.as_view()),
]
