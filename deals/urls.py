"""Where deals are reached, under /v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from deals.api import DealView

urlpatterns: list[URLPattern] = [path("deals/<str:id>", DealView.as_view())]
