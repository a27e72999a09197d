"""Random and hostile requests to every operation of the OpenAPI document, over the WSGI application.

No answer is a 5xx, every answer is as the document says, and every refusal is a problem with a code. Each run draws new
requests; FUZZ_SEED repeats one (a failure prints it) and FUZZ_EXAMPLES sets how many are drawn for an operation.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from urllib.parse import quote, urlencode

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application

ROOT = Path(__file__).resolve().parent.parent
SEED = int(os.environ.get("FUZZ_SEED") or secrets.randbits(32))
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES") or 60)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
DOCUMENT = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = [
    (path, method, operation) for path, item in DOCUMENT["paths"].items() for method, operation in item.items()
]
HOSTILE = {
    "empty": "",
    "space": " ",
    "minus": "-",
    "nan": "nan",
    "infinity": "inf",
    "minus-infinity": "-Infinity",
    "huge-exponent": "1e309",
    "tiny-exponent": "1e-400",
    "many-digits": "9" * 400,
    "many-decimals": "60." + "1" * 1500,
    "hexadecimal": "0x10",
    "underscore-in-number": "6_0",
    "arabic-digits": "٦٠",
    "fullwidth-digits": "６０",
    "comma-decimal": "60,17",
    "two-points": "60.1.7",
    "out-of-64-bits": str(1 << 64),
    "minus-zero": "-0",
    "nul": "a\x00b",
    "newline": "a\r\nSet-Cookie: x=1",
    "right-to-left": "\u202egnp.exe",
    "lone-accents": "\u0301" * 300,
    "emoji-family": "👩‍👩‍👧‍👦" * 20,
    "not-a-character": "\ufffe\uffff",
    "sql": "'; DROP TABLE listings_branch; --",
    "sql-percent": "%s %(x)s %% _",
    "like": "%%%___\\",
    "tsquery": "a & | ! <-> :* ((( '",
    "regex": "(a+)+$" + "a" * 200,
    "json": '{"$ne": null}',
    "deep-json": "[" * 900,
    "wkt": "POLYGON((" + "0 0," * 400 + "0 0))",
    "path": "../../../../etc/passwd",
    "template": "{{7*7}}${7*7}<%= 7 %>",
    "html": "<script>alert(1)</script>",
    "long-word": "a" * 2000,
    "too-long": "a" * 2001,
    "many-commas": "," * 1999,
    "many-words": "a " * 999,
    "iso-instant-from-nowhere": "0000-00-00T25:61:61Z",
    "far-future": "9999-12-31T23:59:59.999999+23:59",
    "before-time": "0001-01-01T00:00:00+14:00",
    "cursor-like": "eyJhIjoxfQ:1abcde:" + "A" * 43,
    "boolean-ish": "TRUE",
    "null": "null",
}

schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", application)


@pytest.fixture(autouse=True)
def _unlimited(settings, db):
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "off")
    settings.ALLOWED_HOSTS = ["*"]
    # As Django's own test client does: the test's transaction outlives a request.
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
@hypothesis.seed(SEED)
def test_random_requests(case):
    print(f"FUZZ_SEED={SEED}")  # noqa: T201 - pytest shows it with a failure
    case.call_and_validate(checks=CHECKS)


def assert_refused_or_answered(response) -> None:
    assert response.status_code < 500, response.content
    assert response["X-Request-ID"]
    if response.status_code >= 400:
        assert response["Content-Type"] == "application/problem+json"
        assert json.loads(response.content)["code"]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    ("path", "method", "operation"), OPERATIONS, ids=[operation["operationId"] for _, _, operation in OPERATIONS]
)
def test_hostile_values(path, method, operation, name):
    """One hostile value in each parameter in turn, the others left out; and in the path."""
    client, value = Client(raise_request_exception=False), HOSTILE[name]
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "query":
            assert_refused_or_answered(
                client.generic(method.upper(), path, QUERY_STRING=urlencode({parameter["name"]: value}))
            )
        elif parameter["in"] == "path":
            url = path.replace("{" + parameter["name"] + "}", quote(value, safe="") or "%20")
            assert_refused_or_answered(client.generic(method.upper(), url))
    assert_refused_or_answered(client.generic(method.upper(), path, QUERY_STRING=urlencode({value: value})))


@pytest.mark.parametrize("query", ["%", "%zz=1", "a=%ff", "%ff=1", "&&&", "=", "a=1&" * 2000, "\xff=\xfe", "?" * 500])
@pytest.mark.parametrize(
    ("path", "method", "operation"), OPERATIONS, ids=[operation["operationId"] for _, _, operation in OPERATIONS]
)
def test_hostile_queries(path, method, operation, query):
    client = Client(raise_request_exception=False)
    assert_refused_or_answered(client.generic(method.upper(), path, QUERY_STRING=query))
