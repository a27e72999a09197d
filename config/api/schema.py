"""What the OpenAPI document says of every operation alike, and the view that serves the document.

`make openapi` writes it to docs/openapi.json; a test compares. The error answers and the common headers are added here
so that no view has to repeat them and none can forget them.
"""

from __future__ import annotations

import hashlib
import threading
from functools import lru_cache
from typing import Any

import orjson
from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from config.api.caching import cache_headers, not_modified
from config.api.parameters import read_query
from config.api.problems import MEDIA_TYPE

_METHODS = {"get", "put", "post", "delete", "patch"}

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "An error (RFC 9457). `code` is stable; `title` never varies for a code; `detail` says what to do.",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": ["/errors/invalid_parameter"]},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "One of the codes listed at /errors."},
        "request_id": {"type": ["string", "null"], "description": "The same as the X-Request-ID header."},
        "parameter": {"type": "string", "description": "The query parameter or JSON path that is refused."},
        "limit": {"type": ["number", "string"], "description": "The limit that was passed."},
        "known": {"type": "array", "items": {"type": "string"}, "description": "The parameters there are."},
        "nearest": {"type": "string", "description": "The known name or value that was probably meant."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["parameter", "detail"],
                "properties": {"parameter": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}

HEADERS: dict[str, Any] = {
    "X-Request-ID": {
        "description": "The caller's X-Request-ID where it is 1 to 128 of A-Z a-z 0-9 . _ -, else a new one.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$"},
    },
    "RateLimit-Policy": {
        "description": 'The limit: `"search";q=600;w=60` is 600 requests in any 60 seconds.',
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": 'What is left: `"search";r=599;t=60`; t is the seconds until a place is free again.',
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait before the same request.",
        "schema": {"type": "integer", "minimum": 1},
    },
}

_PROBLEMS = {
    "400": ("BadRequest", "The request is refused: a parameter is unknown, not valid or passes a limit."),
    "404": ("NotFound", "There is no such thing."),
    "429": ("RateLimited", "Too many requests of one client."),
    "500": ("InternalError", "A bug on our side; the request id finds it in our log."),
    "503": ("Unavailable", "Try again after the seconds in Retry-After."),
    "default": ("Problem", "Any other error, in the same shape."),
}


def _header_refs(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _problem_response(status: str) -> dict[str, Any]:
    names = ["X-Request-ID"]
    if status in {"429", "503"}:
        names.append("Retry-After")
    if status == "429":
        names += ["RateLimit-Policy", "RateLimit"]
    return {
        "description": _PROBLEMS[status][1],
        "headers": _header_refs(*names),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def describe_common_answers(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:  # noqa: ARG001 - drf-spectacular's signature
    """POSTPROCESSING_HOOK: problem answers and common headers on every operation, and their components."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["headers"] = HEADERS
    components["responses"] = {name: _problem_response(status) for status, (name, _) in _PROBLEMS.items()}
    for path, item in result["paths"].items():
        for method, operation in item.items():
            if method in _METHODS:
                _complete(operation, path)
    return result


def _complete(operation: dict[str, Any], path: str) -> None:
    is_limited = path.startswith("/v1/") and not path.endswith("/openapi.json")
    for answer in operation["responses"].values():
        headers = answer.setdefault("headers", {})
        headers.update(_header_refs("X-Request-ID"))
        if is_limited:
            headers.update(_header_refs("RateLimit-Policy", "RateLimit"))
    wanted = {"500", "default"}
    if is_limited:
        wanted |= {"400", "429", "503"} | ({"404"} if "{" in path else set())
    for status, (name, _) in _PROBLEMS.items():
        if status in wanted:
            operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{name}"})


_GENERATING = threading.Lock()  # the generator keeps state in its module and in the views


def openapi_document() -> tuple[bytes, str]:
    """The document as bytes, and its ETag. Made once a process; it depends on nothing but the code."""
    with _GENERATING:
        return _generated()


@lru_cache(maxsize=1)
def _generated() -> tuple[bytes, str]:
    document = SchemaGenerator().get_schema(request=None, public=True)
    body = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS)
    return body, f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


class OpenApi(APIView):
    @extend_schema(
        operation_id="openapi",
        summary="This document.",
        tags=["operations"],
        responses={(200, "application/json"): {"type": "object", "additionalProperties": True}},
    )
    def get(self, request: Request) -> HttpResponse:
        read_query(request, known=())
        body, etag = openapi_document()
        return not_modified(request, etag, max_age_seconds=300) or HttpResponse(
            body, content_type="application/json", headers=cache_headers(etag, max_age_seconds=300)
        )
