"""Exact counting: at most N takes of one client in any window, over all processes together.

The window is a list of instants in Redis, read and extended by one script (`limits`, moving window), so no two
processes can both take the last place. The instants are the processes' own clocks: keep hosts within the accuracy that
the window needs (NTP does).
"""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from functools import lru_cache

import structlog
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 0.5
RETRY_SECONDS = 1.0


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


def _storage(url: str, timeout_seconds: float) -> RedisStorage:
    # One try: a caller waits for the answer, and Limiter stands back by itself.
    return RedisStorage(
        url,
        wrap_exceptions=True,
        key_prefix="vicinity:limit",
        socket_timeout=timeout_seconds,
        socket_connect_timeout=timeout_seconds,
        retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]  # passed on to redis-py as it is
    )


class Limiter:
    """Counts on one Redis. `take` answers None while Redis does not."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._window = MovingWindowRateLimiter(_storage(url, timeout_seconds))
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


def redis_answers(url: str) -> bool:
    """For /readyz."""
    return bool(url) and _storage(url, TIMEOUT_SECONDS).check()
