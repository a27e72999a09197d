"""One id per request: the caller's where it is well formed, else ours. In the answer, in each log line, in each error.

The outermost middleware: whatever happens inside, the answer has its X-Request-ID and its rate limit headers.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

HEADER = "X-Request-ID"
_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,128}")


def accepted_or_new(inbound: str | None) -> str:
    """`inbound` where it is 1 to 128 of A-Z a-z 0-9 . _ -, else a new random UUID."""
    if inbound and _WELL_FORMED.fullmatch(inbound):
        return inbound
    return str(uuid.uuid4())


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = accepted_or_new(request.META.get("HTTP_X_REQUEST_ID"))
        request.META["HTTP_X_REQUEST_ID"] = request_id  # django-structlog binds what it finds here
        request.request_id = request_id  # type: ignore[attr-defined]  # read by problems.py
        response = self.get_response(request)
        response[HEADER] = request_id
        standing = getattr(request, "rate_limit", None)
        if standing is not None:
            for name, value in standing.headers().items():
                response[name] = value
        return response
