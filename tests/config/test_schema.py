"""The OpenAPI document: valid, complete, and served as committed. That it is true is for tests/test_openapi_fuzz.py."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.management import call_command

from config.api import schema
from config.api.schema import openapi_document

COMMITTED = Path(__file__).resolve().parent.parent.parent / "docs" / "openapi.json"
DOCUMENT = json.loads(COMMITTED.read_text(encoding="utf-8"))
OPERATIONS = [
    pytest.param(path, method, operation, id=f"{method} {path}")
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
]


def test_it_is_valid_and_made_without_a_warning(tmp_path):
    written = tmp_path / "openapi.json"
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", "--file", str(written))
    assert json.loads(written.read_text(encoding="utf-8")) == DOCUMENT


def test_it_is_served_as_committed(client):
    response = client.get("/v1/openapi.json")
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.content == COMMITTED.read_bytes()


def test_it_is_not_sent_again_to_whom_has_it(client):
    etag = client.get("/v1/openapi.json")["ETag"]
    response = client.get("/v1/openapi.json", headers={"If-None-Match": etag})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)


def test_it_depends_on_the_code_alone():
    first = openapi_document()
    schema._generated.cache_clear()
    assert openapi_document() == first


def test_callers_at_once_get_the_same_document():
    first = openapi_document()
    for _ in range(3):
        schema._generated.cache_clear()
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(lambda _: openapi_document(), range(8))) == {first}


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_each_operation_tells_what_it_is_and_how_it_fails(path, method, operation):
    assert operation["summary"].endswith(".")
    assert operation["tags"]
    assert {"default", "500"} <= operation["responses"].keys()
    assert {"200", "201", "202", "204"} & operation["responses"].keys()
    for status, answer in operation["responses"].items():
        if "$ref" not in answer:
            assert "X-Request-ID" in answer["headers"], status
    if path.startswith("/v1/") and path != "/v1/openapi.json":
        assert {"400", "429", "503"} <= operation["responses"].keys()
    for parameter in operation.get("parameters", []):
        assert parameter.get("description"), parameter["name"]


def test_names_of_operations_are_unique():
    names = [operation.values[2]["operationId"] for operation in OPERATIONS]
    assert len(names) == len(set(names))
