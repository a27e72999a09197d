"""The roof: where each part of the API hangs."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from booking.bookable import bookable
from config.api.health import Livez, Readyz
from config.api.metrics import metrics
from config.api.pages import Entrance, error_code, error_codes, reference
from config.api.problems import unknown_path
from config.api.schema import OpenApi
from deals.api import deals_at
from listings.category_tree import tree
from listings.urls import routes as listings_routes
from search.ranking import shrunk_rating
from search.urls import routes as search_routes

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("web.urls")),
    path("pay/", include("booking.payments.simulator.urls")),
    path("docs", reference),
    path("errors", error_codes),
    path("errors/<str:code>", error_code),
    path("livez", Livez.as_view()),
    path("readyz", Readyz.as_view()),
    path("metrics", metrics),
    path("admin/", admin.site.urls),
    path("v1/", Entrance.as_view()),
    path("v1/openapi.json", OpenApi.as_view()),
    path("v1/", include(search_routes(known_categories=lambda: tree().nodes, bookable_offers=bookable))),
    path("v1/", include(listings_routes(deals_at=deals_at, weigh=shrunk_rating))),
    path("v1/", include("deals.urls")),
    path("v1/", include("booking.urls")),
    path("v1/guests/", include("booking.guests.urls")),
    path("v1/", include("booking.payments.urls")),
    path("v1/", include("booking.letters.urls")),
    path("v1/", include("booking.waitlist.urls")),
    path("v1/", include("geo.urls")),
    path("v1/auth/", include("accounts.urls")),
    path("v1/merchant/", include("listings.staff.urls")),
    path("v1/merchant/", include("listings.areas.urls")),
    path("v1/merchant/", include("listings.mobile.urls")),
    path("v1/merchant/", include("booking.offering.urls")),
    path("v1/merchant/", include("booking.deliveries.urls")),
    # Further parts of /v1/ go above this line.
    re_path(r"^v1/", unknown_path),
]

handler400 = "config.api.problems.bad_request"
handler403 = "config.api.problems.permission_denied"
handler404 = "config.api.problems.not_found"
handler500 = "config.api.problems.server_error"
