"""Where the pages hang."""

from django.urls import path
from django.views.generic import RedirectView

from web.console import console_page
from web.views import (
    booking_page,
    bookings_page,
    components_page,
    deal_page,
    map_page,
    place_page,
    qr,
    waiting_page,
)

urlpatterns = [
    path("", map_page),
    path("components", components_page),
    path("console/", console_page),
    path("console", RedirectView.as_view(url="/console/", query_string=True)),
    path("console/branches/<str:branch_id>", console_page),
    path("console/branches/<str:branch_id>/areas/<str:area_id>", console_page),
    path("places/<str:place_id>", place_page),
    path("deals/<str:deal_id>", deal_page),
    path("bookings", bookings_page),
    path("bookings/<str:booking_id>", booking_page),
    path("waitlist/<str:entry_id>", waiting_page),
    path("bookings/<str:thing_id>/qr.svg", qr, {"kind": "bookings"}),
    path("places/<str:thing_id>/qr.svg", qr, {"kind": "places"}),
    path("deals/<str:thing_id>/qr.svg", qr, {"kind": "deals"}),
]
