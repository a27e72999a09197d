"""Bearer tokens of programs: 256 random bits, told once, kept as their SHA-256 (ADR 22)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import AccessToken, User
from config.errors import InvalidParameter

PREFIX = "vic_"
"""Says what it is, to a person who finds one and to a program that looks for leaked ones."""
MAX_TOKENS = 50
LIFE_DAYS = 90


def token_hash(token: str) -> bytes:
    """A slow hash would guard a short secret; this one has 256 bits."""
    return hashlib.sha256(token.encode()).digest()


def issue_token(*, user: User, label: str, days: int = LIFE_DAYS, now: datetime) -> tuple[str, AccessToken]:
    """(token, its row). The token is kept nowhere. Expired ones make room; InvalidParameter without room."""
    token = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        user.access_tokens.filter(expires_at__lte=now).delete()
        if user.access_tokens.count() >= MAX_TOKENS:
            raise InvalidParameter("label", f"An account has at most {MAX_TOKENS} tokens; end one.", limit=MAX_TOKENS)
        row = AccessToken.objects.create(
            user=user, label=label, token_hash=token_hash(token), expires_at=now + timedelta(days=days)
        )
    return token, row


def user_of_token(token: str, *, now: datetime) -> User | None:
    """None for a token that is unknown, has expired, or whose account is not active."""
    found = (
        AccessToken.objects.select_related("user")
        .filter(token_hash=token_hash(token), expires_at__gt=now, user__is_active=True)
        .first()
    )
    return found.user if found else None


def revoke_token(*, user: User, token: str) -> None:
    user.access_tokens.filter(token_hash=token_hash(token)).delete()


def revoke_tokens(*, user: User) -> int:
    """All of them: when a password changes, nobody who had one stays in."""
    return user.access_tokens.all().delete()[0]
