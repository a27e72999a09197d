"""Mailing the codes that are due. The row is its own outbox: it commits with the code, and is claimed as letters are.

A code lives for minutes, so it waits behind no other letter, is tried again soon, and not at all once it is too old.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection

from booking.guests.codes import code_of, shown_code
from booking.guests.models import Code
from booking.guests.services import CODE_SECONDS
from booking.guests.texts import BODIES, SUBJECTS
from booking.letters.texts import language_of
from config.failpoints import failpoint

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=1)
RETRY_SECONDS = (10, 30, 60, 120, 240)

_CLAIM = """
UPDATE guests_code SET send_at = %s, attempts = attempts + 1 WHERE email = ANY(ARRAY(
  SELECT email FROM guests_code WHERE send_at <= %s AND expires_at > %s
  ORDER BY send_at, email LIMIT %s FOR UPDATE SKIP LOCKED))
RETURNING email, nonce, language, attempts"""
"""An array is read once; `IN` may be read again for each row, and then takes more than the limit."""


def send_codes(*, now: datetime, limit: int = 20) -> int:
    """Mail what is due at `now`, oldest first. How many were tried."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [now + LEASE, now, now, limit])
        claimed = cursor.fetchall()
    for email, nonce, language, attempts in claimed:
        mine = Code.objects.filter(email=email, nonce=nonce)  # another code asked for meanwhile is another letter
        try:
            _letter(email, code_of(bytes(nonce)), language_of(language)).send()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one letter must not stop the others
            is_given_up = attempts > len(RETRY_SECONDS)
            log.warning("guest_code_not_sent", is_given_up=is_given_up, reason=type(error).__name__)
            mine.update(send_at=None if is_given_up else now + timedelta(seconds=RETRY_SECONDS[attempts - 1]))
        else:
            failpoint("after_guest_code_is_sent")
            mine.update(send_at=None)
    return len(claimed)


def _letter(email: str, code: str, language: str) -> EmailMessage:
    said = {
        "code": shown_code(code),
        "email": email,
        "minutes": CODE_SECONDS // 60,
        "link": f"{settings.BASE_URL}/bookings",
    }
    subject, body = SUBJECTS[language].format_map(said), BODIES[language].format_map(said)
    return EmailMessage(subject, body, settings.EMAIL_FROM, [email])
