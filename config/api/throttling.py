"""Rate limits on views, by client address. How they are counted: limiting.py.

Headers follow draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy: "search";q=600;w=60` and
`RateLimit: "search";r=599;t=60` (t: seconds until a place is free again).

Without Redis requests pass uncounted: search matters more than its limit. Each is counted in
vicinity_rate_limit_unchecked_total, the first of an outage is logged, and Redis is asked again once a second.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Any, ClassVar

import structlog
from django.conf import settings
from prometheus_client import Counter
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from config.api.clients import client_network
from config.api.limiting import limiter, parsed_rate
from config.errors import RateLimited

UNCHECKED = Counter(
    "vicinity_rate_limit_unchecked_total", "Requests let through because Redis did not answer", ["scope"]
)
DENIED = Counter("vicinity_rate_limit_denied_total", "Requests refused by a rate limit", ["scope"])


class ClientThrottle(BaseThrottle):
    """A limit per client address, at the rate that settings.RATE_LIMITS gives to the scope."""

    scope: ClassVar[str]

    def allow_request(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
        """Raises RateLimited. What the client has left goes out with the response (request_ids.py writes headers)."""
        return self.take(request)

    def take(self, request: Request, *, client: str = "") -> bool:
        """`client`: who is counted, where it is not the address."""
        rate = parsed_rate(settings.RATE_LIMITS[self.scope])
        if rate is None:
            return True
        standing = (
            limiter(settings.REDIS_URL).take(self.scope, rate, client or client_network(request))
            if settings.REDIS_URL
            else None
        )
        if standing is None:
            UNCHECKED.labels(self.scope).inc()
            return True
        request._request.rate_limit = standing  # type: ignore[attr-defined]  # read by RequestIdMiddleware
        if standing.is_allowed:
            return True
        DENIED.labels(self.scope).inc()
        raise RateLimited(
            f"{standing.limit} requests in {standing.window_seconds} seconds are allowed to one client.",
            retry_after_seconds=standing.reset_seconds,
            limit=standing.limit,
            window_seconds=standing.window_seconds,
            scope=standing.scope,
        )


SESSION_SECONDS = 180
SESSION_REQUESTS = 50
"""A session of typing counts once against the limit of searches while it is no older and has no more requests."""
_SESSION = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)

SESSIONS = Counter("vicinity_suggest_sessions", "Sessions of typing by what became of them.", ["event"])


def _session_of(request: Request) -> str:
    token = request.query_params.get("session", "")
    return token if _SESSION.fullmatch(token) else ""


class SearchThrottle(ClientThrottle):
    """A search that ends a session of typing was counted when the session began."""

    scope = "search"

    def allow_request(self, request: Request, view: Any) -> bool:
        token = _session_of(request)
        if token and settings.REDIS_URL:
            structlog.contextvars.bind_contextvars(typing=_said(token))
            if limiter(settings.REDIS_URL).end_session(client_network(request), token):
                SESSIONS.labels("searched").inc()
                return True
        return super().allow_request(request, view)


class SuggestThrottle(ClientThrottle):
    """Every request against its own limit; a session of typing, or a request without one, against that of searches."""

    scope = "suggest"

    def allow_request(self, request: Request, view: Any) -> bool:
        super().allow_request(request, view)
        token = _session_of(request)
        if not token or not settings.REDIS_URL:
            return SearchThrottle().take(request)
        structlog.contextvars.bind_contextvars(typing=_said(token))
        client, counter = client_network(request), limiter(settings.REDIS_URL)
        seen = counter.continue_session(client, token, life_seconds=SESSION_SECONDS)
        if seen is not None and 1 < seen <= SESSION_REQUESTS:
            return True
        SESSIONS.labels("started" if seen == 1 else "overlong" if seen else "uncounted").inc()
        try:
            return SearchThrottle().take(request)
        except RateLimited:
            counter.end_session(client, token)  # what was not paid for does not go on
            raise


def _said(token: str) -> str:
    """A token as the logs may say it: it joins their lines and opens nothing."""
    return blake2b(token.encode(), digest_size=6).hexdigest()


class TileThrottle(ClientThrottle):
    scope = "tiles"


class ReadThrottle(ClientThrottle):
    scope = "read"


class WriteThrottle(ClientThrottle):
    scope = "write"


class WebhookThrottle(ClientThrottle):
    scope = "webhook"
