"""Codes that prove an address: eight letters, easily typed, made of a nonce with SECRET_KEY and kept nowhere."""

from __future__ import annotations

from django.utils.crypto import salted_hmac

from config.errors import InvalidParameter

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so no words; no digits, so nothing is taken for another."""
LENGTH = 8
"""20^8 codes are 2.6 × 10^10."""


def code_of(nonce: bytes) -> str:
    """Always the same for a nonce."""
    number = int.from_bytes(salted_hmac("booking.guest_code", nonce.hex(), algorithm="sha256").digest(), "big")
    made = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(LETTERS))
        made.append(LETTERS[place])
    return "".join(made)


def shown_code(code: str) -> str:
    """As it stands in the letter.

    >>> shown_code("BCDFGHJK")
    'BCDF-GHJK'
    """
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def parse_code(text: object) -> str:
    """A code as it is typed: hyphens, blanks and case do not count. InvalidParameter for what no code looks like.

    >>> parse_code(" bcdf ghjk")
    'BCDFGHJK'
    """
    code = text.replace("-", "").replace(" ", "").upper() if isinstance(text, str) else ""
    if len(code) != LENGTH or not set(code) <= set(LETTERS):
        raise InvalidParameter("code", f"A code is {LENGTH} of the letters {LETTERS}.", limit=LENGTH)
    return code
