"""Under /v1/merchant/."""

from __future__ import annotations

from django.urls import URLPattern, path

from booking.offering import api

urlpatterns: list[URLPattern] = [
    path("branches/<str:branch_id>/services", api.ServicesView.as_view()),
    path("services/<str:service_id>", api.ServiceView.as_view()),
]
