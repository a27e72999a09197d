"""The roof: where each part of the API hangs."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path, re_path

from config.api.health import Livez, Readyz
from config.api.metrics import metrics
from config.api.pages import Entrance, error_code, error_codes, reference
from config.api.problems import unknown_path
from config.api.schema import OpenApi

urlpatterns: list[URLPattern | URLResolver] = [
    path("", Entrance.as_view()),
    path("docs", reference),
    path("errors", error_codes),
    path("errors/<str:code>", error_code),
    path("livez", Livez.as_view()),
    path("readyz", Readyz.as_view()),
    path("metrics", metrics),
    path("admin/", admin.site.urls),
    path("v1/openapi.json", OpenApi.as_view()),
    # Further parts of /v1/ go above this line.
    re_path(r"^v1/", unknown_path),
]

handler400 = "config.api.problems.bad_request"
handler403 = "config.api.problems.permission_denied"
handler404 = "config.api.problems.not_found"
handler500 = "config.api.problems.server_error"
