"""What a log line may hold. The whole request path is logged for real and its lines are read."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import time

import pytest
import structlog
from django.conf import settings as active
from django.urls import path
from rest_framework.views import APIView

from config.api.logs import REDACTED, logging_config, scrub_text, scrubber


class Breaking(APIView):
    throttle_classes = []

    def get(self, _request):
        structlog.get_logger("test").info(
            "asked", lat=60.169857, point=(24.938379, 60.169857), box={"west": 24.93837}, authorization="Bearer abcdef"
        )
        logging.getLogger("library").warning("GET %s", "http://u:hunter2@host/?lat=60.169857&api_key=k123456789")
        raise RuntimeError("no place at 60.169857,24.938379 for token=abcdef123456")


class Routes:
    urlpatterns = [path("breaking", Breaking.as_view())]
    handler500 = "config.api.problems.server_error"


@pytest.fixture
def lines():
    """Everything logged, as the operator's log file has it."""
    config = logging_config("DEBUG")
    stream = io.StringIO()
    config["handlers"]["stderr"]["stream"] = stream
    logging.config.dictConfig(config)

    def read() -> list[dict]:
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    yield read
    logging.config.dictConfig(active.LOGGING)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("near=60.169857,24.938379", "near=60.16,24.93"),
        ("near=60.169857%2C24.938379&x=1", "near=60.16%2C24.93&x=1"),
        ("lat=-33.8688197&lon=151.2092955", "lat=-33.86&lon=151.20"),
        ("POLYGON((24.91234 60.11234,25.01234 60.21234))", "POLYGON((24.91 60.11,25.01 60.21))"),
        ("%2024.938379", "%2024.93"),
        ("took 1.25 s, 3.1 kB", "took 1.25 s, 3.1 kB"),
        ("peer 127.0.0.123 and 10.123.45.6", "peer 127.0.0.123 and 10.123.45.6"),
        ("Chrome/120.0.6099.71 AppleWebKit/537.36", "Chrome/120.0.6099.71 AppleWebKit/537.36"),
        ("Authorization: Bearer abc.def-ghi", f"Authorization: {REDACTED}"),
        ("'Cookie': 'sessionid=abc; csrftoken=def'", f"'Cookie': {REDACTED}"),
        ("used Bearer abcdefgh12345", f"used Bearer {REDACTED}"),
        ("/v1/x?api_key=abc123&lat=1", f"/v1/x?api_key={REDACTED}&lat=1"),
        ("/v1/x?key=abc123&token=def", f"/v1/x?key={REDACTED}&token={REDACTED}"),
        ('{"password": "hunter2", "name": "a"}', f'{{"password": {REDACTED}, "name": "a"}}'),
        ("redis://:hunter2@host:6379/0", f"redis://:{REDACTED}@host:6379/0"),
        ("postgis://user:hunter2@host/db", f"postgis://user:{REDACTED}@host/db"),
        ("sk_live_abcdefghijk", f"sk_live_{REDACTED}"),
        ("monkey=1&keyword=sushi", "monkey=1&keyword=sushi"),
    ],
)
def test_texts(text, expected):
    assert scrub_text(text) == expected


@pytest.mark.parametrize(
    "piece", ["a", "token", "token=", "1.1", "9", "a://b:", "Bearer ", "key ", '"token":"', " ", "-"]
)
def test_hostile_texts_cost_little(piece):
    text = piece * (64_000 // len(piece))
    started = time.perf_counter()
    scrub_text(text)
    assert time.perf_counter() - started < 0.3


def test_fields():
    event = {
        "event": "x",
        "lat": 60.169857,
        "nested": {"Authorization": "Basic abc", "deep": [24.938379, {"cookie": "a=b"}]},
        "api_key": "abc",
        "key": "abc",
        "count": 3,
        "ok": True,
        "nothing": None,
        "timestamp": "2026-11-22T07:00:15.333232Z",
        "object": ValueError("at 60.169857"),
    }
    assert scrubber(None, "info", event) == {
        "event": "x",
        "lat": 60.17,
        "nested": {"Authorization": REDACTED, "deep": [24.94, {"cookie": REDACTED}]},
        "api_key": REDACTED,
        "key": REDACTED,
        "count": 3,
        "ok": True,
        "nothing": None,
        "timestamp": "2026-11-22T07:00:15.333232Z",
        "object": "at 60.16",
    }


def test_a_request_leaves_no_secret_and_no_exact_position(client, settings, lines):
    settings.ROOT_URLCONF = Routes
    client.raise_request_exception = False
    response = client.get(
        "/breaking?near=60.169857,24.938379&api_key=k123456789",
        headers={
            "Authorization": "Bearer s3cr3ts3cr3t",
            "Cookie": "sessionid=c00kie",
            "X-Request-ID": "trace-1",
            "User-Agent": "app/1",
        },
    )
    assert response.status_code == 500
    written = json.dumps(lines())
    for secret in ("169857", "938379", "s3cr3t", "c00kie", "abcdef", "hunter2", "k123456789", "127.0.0.1"):
        assert secret not in written
    assert "60.16" in written


def test_one_request_is_one_line_with_its_id_and_a_failure_has_its_traceback(client, settings, lines):
    settings.ROOT_URLCONF = Routes
    client.raise_request_exception = False
    client.get("/breaking", headers={"X-Request-ID": "trace-1"})
    found = [line for line in lines() if line["level"] != "debug"]
    assert [line["event"] for line in found] == [
        "asked",
        f"GET http://u:{REDACTED}@host/?lat=60.16&api_key={REDACTED}",
        "request_failed",
    ]
    assert {line["request_id"] for line in found} == {"trace-1"}
    assert "RuntimeError: no place at 60.16,24.93" in found[2]["exception"]


def test_a_line_in_good_health(client, lines):
    client.get("/livez", headers={"X-Request-ID": "trace-2"})
    (line,) = [line for line in lines() if line["level"] == "info"]
    del line["timestamp"]
    assert line == {
        "event": "request_finished",
        "request": "GET /livez",
        "code": 200,
        "request_id": "trace-2",
        "level": "info",
        "logger": "django_structlog.middlewares.request",
    }
