"""Under /v1/merchant/."""

from __future__ import annotations

from django.urls import URLPattern, path

from booking.offering import api, booking_api, day_api, resource_api, stock_api

urlpatterns: list[URLPattern] = [
    path("branches/<str:branch_id>/services", api.ServicesView.as_view()),
    path("services/<str:service_id>", api.ServiceView.as_view()),
    path("services/<str:service_id>/exceptions/<str:date>", day_api.DayView.as_view()),
    path("branches/<str:branch_id>/resources", resource_api.ResourcesView.as_view()),
    path("resources/<str:resource_id>", resource_api.ResourceView.as_view()),
    path("deals/<str:deal_id>/limits", stock_api.DealLimits.as_view()),
    path("branches/<str:branch_id>/bookings", booking_api.BranchBookings.as_view()),
    path("bookings/<str:booking_id>", booking_api.BranchBooking.as_view()),
    path("bookings/<str:booking_id>/fulfil", booking_api.Fulfil.as_view()),
    path("bookings/<str:booking_id>/no-show", booking_api.NoShow.as_view()),
    path("bookings/<str:booking_id>/cancel", booking_api.CallOff.as_view()),
]
