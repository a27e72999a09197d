"""Bearer tokens of guests: 256 random bits, kept as their SHA-256; and keyed hashes of who holds."""

from __future__ import annotations

import base64
import hashlib
import secrets
from uuid import UUID

from django.utils.crypto import salted_hmac

TOKEN_CHARACTERS = 43


def new_token() -> tuple[str, bytes]:
    """(token, hash). The token goes to the customer and is kept nowhere."""
    token = secrets.token_urlsafe(32)
    return token, token_hash(token)


def token_hash(token: str) -> bytes:
    """A slow hash would guard a short secret; this one has 256 bits."""
    return hashlib.sha256(token.encode()).digest()


def keyed(kind: str, value: str) -> str:
    """32 characters that stand for an address, a device or a contact; '' for ''. Tells nothing without SECRET_KEY."""
    return "" if not value else salted_hmac(f"booking.{kind}", value, algorithm="sha256").hexdigest()[:32]


def link_token(booking_id: UUID) -> str:
    """The token in links that we send: made of the booking's id with SECRET_KEY, so that it is kept nowhere either."""
    digest = salted_hmac("booking.link", str(booking_id), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
