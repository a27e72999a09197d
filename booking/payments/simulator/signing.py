"""Signatures of the simulator's notifications: an HMAC over the instant and the body, as Stripe's are. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re

HEADER = "Simulator-Signature"
TOLERANCE_SECONDS = 300
_FORM = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def signature(body: bytes, *, secret: str, at_epoch_seconds: int) -> str:
    digest = hmac.new(secret.encode(), f"{at_epoch_seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at_epoch_seconds},v1={digest}"


def is_signed(body: bytes, header: str, *, secret: str, now_epoch_seconds: int) -> bool:
    """Whether `header` was made with the secret over this body, not longer ago (or ahead) than the tolerance."""
    match = _FORM.fullmatch(header)
    if match is None or abs(now_epoch_seconds - int(match[1])) > TOLERANCE_SECONDS:
        return False
    return hmac.compare_digest(signature(body, secret=secret, at_epoch_seconds=int(match[1])), header)
