"""Rate limits on views, by client address. How they are counted: limiting.py.

Headers follow draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy: "search";q=600;w=60` and
`RateLimit: "search";r=599;t=60` (t: seconds until a place is free again).

Without Redis requests pass uncounted: search matters more than its limit. Each is counted in
vicinity_rate_limit_unchecked_total, the first of an outage is logged, and Redis is asked again once a second.
"""

from __future__ import annotations

from typing import Any, ClassVar

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
        rate = parsed_rate(settings.RATE_LIMITS[self.scope])
        if rate is None:
            return True
        standing = (
            limiter(settings.REDIS_URL).take(self.scope, rate, client_network(request)) if settings.REDIS_URL else None
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


class SearchThrottle(ClientThrottle):
    scope = "search"


class TileThrottle(ClientThrottle):
    scope = "tiles"


class ReadThrottle(ClientThrottle):
    scope = "read"


class WriteThrottle(ClientThrottle):
    scope = "write"
