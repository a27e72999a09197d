"""One error body on every route by which an error can arise."""

from __future__ import annotations

import json

import pytest
from django.core import exceptions as django_errors
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest
from django.test import Client, override_settings
from django.urls import path
from rest_framework import exceptions as drf_errors
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.parameters import read_query
from config.errors import CodedError, InvalidParameter, NotFound, RateLimited, RetryableError
from config.urls import handler400, handler403, handler404, handler500, urlpatterns

STANDARD = {"type", "title", "status", "detail", "code", "request_id"}


class Teapot(CodedError):
    code = "teapot"
    status = 418
    title = "A teapot"


class Named(serializers.Serializer):
    name = serializers.CharField(max_length=3)
    tags = serializers.ListField(child=serializers.IntegerField(), required=False)


RAISED = {
    "coded": lambda: Teapot("Short and stout.", handle="here"),
    "input": lambda: InvalidParameter("radius_metres", "At most 50000 metres.", limit=50_000),
    "not-found": NotFound,
    "retryable": lambda: RetryableError("The index is being rebuilt.", retry_after_seconds=7),
    "limited": lambda: RateLimited(retry_after_seconds=3, limit=5),
    "drf-parse": lambda: drf_errors.ParseError("Not that."),
    "drf-auth": drf_errors.NotAuthenticated,
    "drf-auth-failed": drf_errors.AuthenticationFailed,
    "drf-permission": drf_errors.PermissionDenied,
    "drf-not-found": drf_errors.NotFound,
    "drf-media": lambda: drf_errors.UnsupportedMediaType("text/csv"),
    "drf-throttled": lambda: drf_errors.Throttled(wait=9),
    "drf-validation": lambda: drf_errors.ValidationError({"name": ["Too long."]}),
    "drf-other": lambda: drf_errors.APIException("Eek: /etc/secret"),
    "django-404": lambda: Http404("No Branch matches the given query."),
    "django-missing": lambda: django_errors.ObjectDoesNotExist("Branch matching query"),
    "django-permission": django_errors.PermissionDenied,
    "django-suspicious": lambda: django_errors.SuspiciousOperation("secret detail"),
    "django-host": lambda: django_errors.DisallowedHost("evil.example"),
    "django-too-big": lambda: django_errors.RequestDataTooBig("x"),
    "django-too-many": lambda: django_errors.TooManyFieldsSent("x"),
    "django-bad-request": lambda: django_errors.BadRequest("x"),
    "database-down": lambda: OperationalError("connection to 10.1.2.3 failed: password authentication"),
    "database-gone": lambda: InterfaceError("connection already closed"),
    "bug": lambda: RuntimeError("secret internals"),
}
EXPECTED = {
    "coded": (418, "teapot"),
    "input": (400, "invalid_parameter"),
    "not-found": (404, "not_found"),
    "retryable": (503, "temporarily_unavailable"),
    "limited": (429, "rate_limited"),
    "drf-parse": (400, "malformed_body"),
    "drf-auth": (401, "not_authenticated"),
    "drf-auth-failed": (401, "not_authenticated"),
    "drf-permission": (403, "permission_denied"),
    "drf-not-found": (404, "not_found"),
    "drf-media": (415, "unsupported_media_type"),
    "drf-throttled": (429, "rate_limited"),
    "drf-validation": (400, "invalid_parameter"),
    "drf-other": (500, "internal_error"),
    "django-404": (404, "not_found"),
    "django-missing": (404, "not_found"),
    "django-permission": (403, "permission_denied"),
    "django-suspicious": (400, "bad_request"),
    "django-host": (400, "bad_request"),
    "django-too-big": (413, "body_too_large"),
    "django-too-many": (400, "bad_request"),
    "django-bad-request": (400, "bad_request"),
    "database-down": (503, "database_unavailable"),
    "database-gone": (503, "database_unavailable"),
    "bug": (500, "internal_error"),
}
# Django itself has no 404 for a row that is not there outside get_object_or_404: there it is a bug.
OUTSIDE_DRF = {
    **{name: expected for name, expected in EXPECTED.items() if not name.startswith("drf-")},
    "django-missing": (500, "internal_error"),
    "django-too-big": (413, "body_too_large"),
}


class Raising(APIView):
    throttle_classes = []

    def get(self, _request: Request, name: str) -> Response:
        error = RAISED[name]()
        raise error


class Taking(APIView):
    throttle_classes = []

    def get(self, request: Request) -> Response:
        return Response(read_query(request, known={"lat", "lon", "radius_metres"}))

    def post(self, request: Request) -> Response:
        given = Named(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(given.validated_data)


class Unrenderable(APIView):
    throttle_classes = []

    def get(self, _request: Request) -> Response:
        return Response({"nothing JSON knows": object()})


def raising(_request: HttpRequest, name: str) -> None:
    error = RAISED[name]()
    raise error


class Routes:
    """A URL configuration: ours, and routes that go wrong on purpose."""

    urlpatterns = [
        path("test/drf/<str:name>", Raising.as_view()),
        path("test/plain/<str:name>", raising),
        path("test/taking", Taking.as_view()),
        path("test/unrenderable", Unrenderable.as_view()),
        *urlpatterns,
    ]
    handler400, handler403, handler404, handler500 = handler400, handler403, handler404, handler500


@pytest.fixture(autouse=True)
def _routes(settings):
    settings.ROOT_URLCONF = Routes
    settings.DEBUG = False


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def assert_problem(response, status: int, code: str) -> dict:
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert body.keys() >= STANDARD
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == f"/errors/{code}"
    assert body["request_id"] == response["X-Request-ID"]
    assert body["title"]
    assert body["detail"]
    assert response["Cache-Control"] == "no-store"
    return body


@pytest.mark.parametrize("name", RAISED)
def test_raised_in_a_drf_view(client, name):
    assert_problem(client.get(f"/test/drf/{name}"), *EXPECTED[name])


@pytest.mark.parametrize("name", OUTSIDE_DRF)
def test_raised_in_a_plain_view(client, name):
    assert_problem(client.get(f"/test/plain/{name}"), *OUTSIDE_DRF[name])


@pytest.mark.parametrize("where", ["drf", "plain"])
@pytest.mark.parametrize("name", ["bug", "database-down", "django-host", "django-suspicious"])
def test_nothing_of_the_inside_is_told(client, where, name):
    body = client.get(f"/test/{where}/{name}").content.decode()
    for inside in ("secret", "Traceback", "10.1.2.3", "evil", "RuntimeError", "password"):
        assert inside not in body


def test_a_coded_error_brings_its_own_members(client):
    body = assert_problem(client.get("/test/drf/coded"), 418, "teapot")
    assert body["handle"] == "here"
    assert body["detail"] == "Short and stout."


def test_an_input_error_names_the_parameter_and_the_limit(client):
    body = assert_problem(client.get("/test/drf/input"), 400, "invalid_parameter")
    assert (body["parameter"], body["limit"]) == ("radius_metres", 50_000)


@pytest.mark.parametrize(("name", "seconds"), [("retryable", "7"), ("limited", "3"), ("drf-throttled", "9")])
def test_a_retryable_error_says_when(client, name, seconds):
    assert client.get(f"/test/drf/{name}")["Retry-After"] == seconds


def test_missing_credentials_name_the_scheme(client):
    assert client.get("/test/drf/drf-auth")["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("url", ["/v1/nothing", "/nothing", "/v1/%ff%fe", "/admin-not", "/errors/no_such_code"])
def test_unknown_paths(client, url):
    assert_problem(client.get(url), 404, "not_found")


def test_unknown_paths_under_v1_keep_the_shape_with_debug_on(client, settings):
    settings.DEBUG = True
    assert_problem(client.get("/v1/nothing"), 404, "not_found")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("url", ["/livez", "/v1/openapi.json", "/docs", "/errors", "/"])
def test_a_method_that_is_not_there(client, method, url):
    response = getattr(client, method)(url)
    assert_problem(response, 405, "method_not_allowed")
    assert "GET" in response["Allow"]


def test_a_media_type_that_is_not_there(client):
    assert_problem(client.get("/livez", headers={"Accept": "text/html"}), 406, "not_acceptable")


def test_a_control_character_in_the_path(client):
    assert_problem(client.get("/v1/places/%00"), 400, "bad_request")


def test_a_host_that_is_not_ours(client):
    with override_settings(ALLOWED_HOSTS=["vicinity.example"]):
        assert_problem(client.get("/nothing/", headers={"Host": "evil.example"}), 400, "bad_request")


@pytest.mark.parametrize(
    ("query", "code", "parameter"),
    [
        ("raduis_metres=5", "unknown_parameter", "raduis_metres"),
        ("lat=1&lat=2", "invalid_parameter", "lat"),
        ("lat=%ff", "invalid_parameter", "lat"),
        ("lat=%00", "invalid_parameter", "lat"),
        ("lat=" + "1" * 2001, "invalid_parameter", "lat"),
        ("lat=%zz", "bad_request", None),
        ("&".join(f"p{n}=1" for n in range(65)), "bad_request", None),
    ],
)
def test_query_refused(client, query, code, parameter):
    response = client.get("/test/taking", QUERY_STRING=query)
    assert assert_problem(response, 400, code).get("parameter") == parameter


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed_body"),
        (b'{"name": NaN}', "application/json", 400, "malformed_body"),
        (b"\xff\xfe", "application/json", 400, "malformed_body"),
        (b"[" * 100_000, "application/json", 400, "malformed_body"),
        (b"[" * 40 + b"]" * 40, "application/json", 400, "malformed_body"),
        (b'{"name": "a", "name": "b"}', "application/json", 400, "malformed_body"),
        (b'{"name": "a\\u0000"}', "application/json", 400, "malformed_body"),
        (b" " * 300_000, "application/json", 413, "body_too_large"),
        (b"name=a", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"<a/>", "text/xml", 415, "unsupported_media_type"),
        (b'{"name": "long"}', "application/json", 400, "invalid_parameter"),
        (b"[]", "application/json", 400, "invalid_parameter"),
    ],
)
def test_body_refused(client, body, content_type, status, code):
    assert_problem(client.post("/test/taking", body, content_type=content_type), status, code)


def test_each_refused_field_is_listed_with_its_path(client):
    response = client.post("/test/taking", {"name": "long", "tags": [1, "x"]}, content_type="application/json")
    body = assert_problem(response, 400, "invalid_parameter")
    assert body["parameter"] == "name"
    assert [each["parameter"] for each in body["errors"]] == ["name", "tags.1"]


def test_an_answer_that_cannot_be_written(client):
    assert_problem(client.get("/test/unrenderable"), 500, "internal_error")


def test_a_form_without_its_token(db):
    client = Client(enforce_csrf_checks=True)
    assert_problem(client.post("/admin/login/", {"username": "a"}), 403, "permission_denied")


def test_metrics_from_elsewhere(client):
    assert_problem(client.get("/metrics", REMOTE_ADDR="203.0.113.9"), 403, "permission_denied")


def test_head_is_a_get_without_a_body(client):
    assert client.head("/livez").status_code == 200
    assert client.head("/v1/nothing").status_code == 404


def test_options_lists_the_methods_and_no_more(client):
    response = client.options("/livez")
    assert (response.status_code, response.json()) == (200, {"methods": ["GET", "HEAD", "OPTIONS"]})


def test_a_bug_in_a_middleware(client, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.test_api_shape.broken_middleware"]
    assert_problem(client.get("/livez"), 500, "internal_error")


def broken_middleware(get_response):
    def middleware(_request):
        raise RuntimeError("secret internals")

    return middleware
