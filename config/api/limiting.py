"""Exact counting: at most N takes of one client in any window, over all processes together.

The window is a list of instants in Redis, newest first. One script drops what has left the window, looks and adds, so
no two processes can both take the last place, and one clock (Redis's) decides. One round trip; the work is constant on
average, and a client's list is never longer than its limit. docs/adr/0007-rate-limits.md says why not `limits`' own.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import redis
import structlog
from limits import RateLimitItem, parse
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

Answer = TypeVar("Answer")
log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 0.5
RETRY_SECONDS = 1.0

# KEYS: the client's list. ARGV: limit, window in microseconds.
# Returns: taken (1 or 0), places left, microseconds until a place is free again.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local oldest = redis.call('LINDEX', KEYS[1], -1)
while oldest and now - oldest >= window do
    redis.call('RPOP', KEYS[1])
    oldest = redis.call('LINDEX', KEYS[1], -1)
end
local held = redis.call('LLEN', KEYS[1])
local taken = 0
if held < limit then
    redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
    redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
    taken, held = 1, held + 1
end
return {taken, limit - held, window - (now - (oldest or now))}
"""


# KEYS: the session. ARGV: its life in milliseconds. How many requests it has seen with this one.
_CONTINUE = """
local seen = redis.call('INCR', KEYS[1])
if seen == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return seen
"""


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


def _connect(url: str, timeout_seconds: float) -> redis.Redis:
    # A connection that Redis closed is opened once more; a Redis that does not answer is not asked twice.
    return redis.Redis.from_url(
        url,
        socket_timeout=timeout_seconds,
        socket_connect_timeout=timeout_seconds,
        retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
    )


class Limiter:
    """Counts on one Redis. `take` answers None while Redis does not."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._redis = _connect(url, timeout_seconds)
        self._take = self._redis.register_script(_TAKE)
        self._continue = self._redis.register_script(_CONTINUE)
        self._lock = threading.Lock()
        self._closed_until = 0.0

    def take(self, scope: str, rate: RateLimitItem, client: str) -> Standing | None:
        if time.monotonic() < self._closed_until:
            return None
        window_seconds = rate.get_expiry()
        key = f"vicinity:limit:{scope}:{rate.amount}:{window_seconds}:{client}"
        try:
            taken, remaining, free_in = self._take(keys=[key], args=[rate.amount, window_seconds * 1_000_000])
        except redis.RedisError as error:
            self._stand_back(error)
            return None
        return Standing(
            scope=scope,
            limit=rate.amount,
            window_seconds=window_seconds,
            remaining=max(remaining, 0),
            reset_seconds=min(max(math.ceil(free_in / 1_000_000), 1), window_seconds),
            is_allowed=taken == 1,
        )

    def continue_session(self, client: str, token: str, *, life_seconds: int) -> int | None:
        """How many requests the client's session has seen with this one; it ends `life_seconds` after its first."""
        return self._asked(lambda: int(self._continue(keys=[_session(client, token)], args=[life_seconds * 1000])))

    def end_session(self, client: str, token: str) -> bool | None:
        """Whether there was one."""
        return self._asked(lambda: bool(self._redis.delete(_session(client, token))))

    def _asked(self, ask: Callable[[], Answer]) -> Answer | None:
        if time.monotonic() < self._closed_until:
            return None
        try:
            return ask()
        except redis.RedisError as error:
            self._stand_back(error)
            return None

    def _stand_back(self, error: Exception) -> None:
        with self._lock:
            if time.monotonic() < self._closed_until:
                return
            self._closed_until = time.monotonic() + RETRY_SECONDS
        log.warning("rate_limits_unchecked", reason=type(error).__name__)


def _session(client: str, token: str) -> str:
    return f"vicinity:limit:session:{client}:{token}"


@lru_cache(maxsize=4)
def limiter(url: str) -> Limiter:
    return Limiter(url)


@lru_cache(maxsize=32)
def parsed_rate(rate: str) -> RateLimitItem | None:
    """'600/minute' as a limit; None for 'off'. ValueError for other text."""
    return None if rate == "off" else parse(rate)


def redis_answers(url: str) -> bool:
    """For /readyz."""
    if not url:
        return False
    try:
        return bool(_answering(url).ping())
    except redis.RedisError:
        return False


@lru_cache(maxsize=4)
def _answering(url: str) -> redis.Redis:
    return _connect(url, TIMEOUT_SECONDS)
