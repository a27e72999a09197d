"""Under /v1/merchant/."""

from __future__ import annotations

from django.urls import path

from listings.mobile import api

urlpatterns = [path("branches/<str:branch_id>/position", api.PositionView.as_view())]
