"""Conditional GETs. The tag is made from a version that is known before the answer is built, so a 304 costs little."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response


def weak_etag(*versions: Any) -> str:
    """A weak tag (RFC 9110 §8.8.1) that changes when any of `versions` does: ids, version numbers, parameters."""
    digest = hashlib.blake2b("\x1f".join(map(str, versions)).encode(), digest_size=12).hexdigest()
    return f'W/"{digest}"'


def cache_headers(etag: str, *, max_age_seconds: int) -> dict[str, str]:
    """Headers of an answer that anyone may keep for `max_age_seconds`."""
    return {"ETag": etag, "Cache-Control": f"public, max-age={max_age_seconds}"}


def not_modified(request: Any, etag: str, *, max_age_seconds: int) -> HttpResponse | None:
    """A 304 where the caller's If-None-Match names `etag`; None where the answer must be built."""
    found = get_conditional_response(request, etag=etag)
    if found is None or found.status_code != HTTPStatus.NOT_MODIFIED:
        return None
    return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers=cache_headers(etag, max_age_seconds=max_age_seconds))
