"""A guest proves an address: a code is mailed to it, and the code opens a session. Time is the database's.

That a code was asked for, and the answer to it, tell nothing of bookings: none is looked at until the address is
proved.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.crypto import constant_time_compare

from accounts.sign_in import CodeRefused
from booking.guests.codes import code_of
from booking.guests.models import Code, Session
from booking.guests.refusals import CodeExpired, CodeUsedUp
from booking.tokens import token_hash

CODE_SECONDS = 600
TRIES = 5
SESSION_SECONDS = 1800
PREFIX = "vig_"
"""Says what it is, to a person who finds one and to a program that looks for leaked ones."""


def ask_for_code(*, email: str, language: str) -> None:
    """A new code for the address (in lower case), in place of the one it had; booking.guests.sending mails it."""
    Code.objects.bulk_create(
        [
            Code(
                email=email,
                nonce=secrets.token_bytes(32),
                language=language,
                expires_at=Now() + timedelta(seconds=CODE_SECONDS),
                tries=0,
                send_at=Now(),
                attempts=0,
            )
        ],
        update_conflicts=True,
        unique_fields=["email"],
        update_fields=["nonce", "language", "expires_at", "tries", "send_at", "attempts"],
    )


def open_session(*, email: str, code: str) -> tuple[str, datetime]:
    """(token, until when it is good), for who has the code of the address; a code opens one session.

    CodeRefused, and one try of TRIES is spent; CodeUsedUp, CodeExpired.
    """
    nonce, tries = _spend_try(email)
    if not constant_time_compare(code, code_of(nonce)):
        raise CodeRefused("This is not the code of the last letter.", tries_left=TRIES - tries)
    token = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        used, _ = Code.objects.filter(email=email, nonce=nonce).delete()
        if not used:
            raise CodeExpired("The code was used just now.")
        session = Session.objects.create(
            token_hash=token_hash(token), email=email, expires_at=Now() + timedelta(seconds=SESSION_SECONDS)
        )
        session.refresh_from_db(fields=["expires_at"])
    return token, session.expires_at


def _spend_try(email: str) -> tuple[bytes, int]:
    """(nonce, tries with this one). One statement that is committed before anything is compared: however many come at
    once, no more than TRIES of them get to compare.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE guests_code SET tries = tries + 1"
            " WHERE email = %s AND tries < %s AND expires_at > statement_timestamp() RETURNING nonce, tries",
            [email, TRIES],
        )
        row: tuple[bytes, int] | None = cursor.fetchone()
    if row is None:
        if Code.objects.filter(email=email, expires_at__gt=Now()).exists():
            raise CodeUsedUp(f"A code can be tried {TRIES} times.", limit=TRIES)
        raise CodeExpired("Ask for a new code.")
    return bytes(row[0]), row[1]


def address_of(token: str) -> str | None:
    """The address that the bearer of the token has proved; None for a token that is unknown or too old."""
    live = Session.objects.filter(token_hash=token_hash(token), expires_at__gt=Now())
    return live.values_list("email", flat=True).first()


def end_session(*, token: str) -> None:
    Session.objects.filter(token_hash=token_hash(token)).delete()


def forget_lapsed() -> int:
    """Codes and sessions whose time is over, with the addresses in them. How many."""
    return sum(kind.objects.filter(expires_at__lte=Now()).delete()[0] for kind in (Code, Session))
