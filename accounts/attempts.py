"""How often one may try to sign in. Counted in Redis by one script, so that many at once count as many.

Nothing passes uncounted: while Redis does not answer nobody can try, and those who are signed in go on.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from django.conf import settings

from config.api.clients import client_network
from config.api.limiting import limiter, parsed_rate
from config.errors import RateLimited, RetryableError

TRIES_PER_CHALLENGE = 5
CHALLENGE_SECONDS = 600


class SignInUnavailable(RetryableError):
    """Tries to sign in cannot be counted now, so none is let through. Who is signed in can go on."""

    code = "sign_in_unavailable"
    title = "Nobody can sign in for the moment"


def count_client(request: Any) -> None:
    """One try by the client's network address. RateLimited, SignInUnavailable."""
    _count("sign_in", settings.RATE_LIMITS["sign_in"], client_network(request))


def count_address(email: str) -> None:
    """One code sent to an address, or one password tried on it, from wherever."""
    _count("address", settings.RATE_LIMITS["address"], email)


def count_challenge(challenge: str) -> None:
    """One guess of the code of one challenge; it does not outlive this many."""
    _count("challenge", f"{TRIES_PER_CHALLENGE}/{CHALLENGE_SECONDS} seconds", challenge)


def _count(scope: str, rate_text: str, whom: str) -> None:
    rate = parsed_rate(rate_text)
    if rate is None:
        return
    key = blake2b(whom.encode(), digest_size=16).hexdigest()  # addresses and challenges are nobody's to read in Redis
    standing = limiter(settings.REDIS_URL).take(scope, rate, key) if settings.REDIS_URL else None
    if standing is None:
        raise SignInUnavailable(retry_after_seconds=5)
    if not standing.is_allowed:
        raise RateLimited(
            f"{standing.limit} tries in {standing.window_seconds} seconds are allowed.",
            retry_after_seconds=standing.reset_seconds,
            limit=standing.limit,
            window_seconds=standing.window_seconds,
            scope=scope,
        )
