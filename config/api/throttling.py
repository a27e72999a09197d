"""Exact rate limits: at most N requests of one client in any window, over all web processes together.

The window is a list of instants in Redis, read and extended by one script (`limits`, moving window), so no two
processes can both take the last place. Headers follow draft-ietf-httpapi-ratelimit-headers-10:
`RateLimit-Policy: "search";q=600;w=60` and `RateLimit: "search";r=599;t=60` (t: seconds until a place is free again).

Without Redis requests pass uncounted: search matters more than its limit. Each is counted in
vicinity_rate_limit_unchecked_total, the first of an outage is logged, and Redis is asked again once a second.
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import structlog
from django.conf import settings
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from prometheus_client import Counter
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from config.api.clients import client_network
from config.errors import RateLimited

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 0.5
RETRY_SECONDS = 1.0
UNCHECKED = Counter(
    "vicinity_rate_limit_unchecked_total", "Requests let through because Redis did not answer", ["scope"]
)
DENIED = Counter("vicinity_rate_limit_denied_total", "Requests refused by a rate limit", ["scope"])


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a client stands after this request."""

    scope: str
    limit: int
    window_seconds: int
    remaining: int
    reset_seconds: int
    is_allowed: bool

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"{self.scope}";q={self.limit};w={self.window_seconds}',
            "RateLimit": f'"{self.scope}";r={self.remaining};t={self.reset_seconds}',
        }


class Limiter:
    """Counts on one Redis. `take` answers None while Redis does not."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        storage = RedisStorage(
            url,
            wrap_exceptions=True,
            key_prefix="vicinity:limit",
            socket_timeout=timeout_seconds,
            socket_connect_timeout=timeout_seconds,
        )
        self._window = MovingWindowRateLimiter(storage)
        self._lock = threading.Lock()
        self._closed_until = 0.0

    def take(self, scope: str, item: RateLimitItem, client: str) -> Standing | None:
        if time.monotonic() < self._closed_until:
            return None
        try:
            is_allowed = self._window.hit(item, scope, client)
            stats = self._window.get_window_stats(item, scope, client)
        except StorageError as error:
            self._stand_back(error)
            return None
        return Standing(
            scope=scope,
            limit=item.amount,
            window_seconds=item.get_expiry(),
            remaining=max(stats.remaining, 0) if is_allowed else 0,
            reset_seconds=min(max(math.ceil(stats.reset_time - time.time()), 1), item.get_expiry()),
            is_allowed=is_allowed,
        )

    def _stand_back(self, error: Exception) -> None:
        with self._lock:
            if time.monotonic() < self._closed_until:
                return
            self._closed_until = time.monotonic() + RETRY_SECONDS
        log.warning("rate_limits_unchecked", reason=type(error.__cause__ or error).__name__)


@lru_cache(maxsize=4)
def limiter(url: str) -> Limiter:
    return Limiter(url)


@lru_cache(maxsize=32)
def parsed_rate(rate: str) -> RateLimitItem | None:
    """'600/minute' as a limit; None for 'off'. ValueError for other text."""
    return None if rate == "off" else parse(rate)


class ClientThrottle(BaseThrottle):
    """A limit per client address, at the rate that settings.RATE_LIMITS gives to the scope."""

    scope: ClassVar[str]

    def allow_request(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
        """Raises RateLimited. What the client has left goes out with the response (request_ids.py writes headers)."""
        item = parsed_rate(settings.RATE_LIMITS[self.scope])
        if item is None:
            return True
        standing = (
            limiter(settings.REDIS_URL).take(self.scope, item, client_network(request)) if settings.REDIS_URL else None
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


def redis_answers(url: str) -> bool:
    """For /readyz."""
    try:
        return bool(RedisStorage(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS).check())
    except (StorageError, ValueError):
        return False
