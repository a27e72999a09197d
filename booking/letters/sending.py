"""Sending the letters that are due: claimed a few at a time, marked when sent, tried again for two days."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection

from booking.letters.models import Letter
from booking.letters.writing import is_past, written
from config.failpoints import failpoint

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=2)
RETRY_MINUTES = (1, 5, 15, 60, 240, 720, 1440)

_CLAIM = """
UPDATE letters_letter SET send_at = %s, attempts = attempts + 1 WHERE id = ANY(ARRAY(
  SELECT id FROM letters_letter WHERE send_at <= %s ORDER BY send_at, id LIMIT %s FOR UPDATE SKIP LOCKED))
RETURNING id"""
"""An array is read once; `IN` may be read again for each row, and then takes more than the limit."""


def send_due(*, now: datetime, limit: int = 20) -> int:
    """Send what is due at `now`, oldest first. How many were tried."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [now + LEASE, now, limit])
        ids = [row[0] for row in cursor.fetchall()]
    due = Letter.objects.filter(id__in=ids).select_related("booking__branch", "event").order_by("id")
    for letter in due:
        if is_past(letter, now=now):
            Letter.objects.filter(id=letter.id).update(send_at=None)
            continue
        try:
            _send(letter, now=now)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one letter must not stop the others
            _put_off(letter, now=now, reason=f"{type(error).__name__}: {error}")
        else:
            failpoint("after_letter_is_sent")
            Letter.objects.filter(id=letter.id).update(sent_at=now, send_at=None)
    return len(ids)


def _send(letter: Letter, *, now: datetime) -> None:
    text = written(letter, now=now)
    message = EmailMessage(text.subject, text.text, settings.EMAIL_FROM, [letter.booking.email])
    if text.calendar is not None:
        message.attach("booking.ics", text.calendar, "text/calendar")
    message.send()


def _put_off(letter: Letter, *, now: datetime, reason: str) -> None:
    is_given_up = letter.attempts > len(RETRY_MINUTES)
    log.warning("letter_not_sent", letter=letter.id, kind=letter.kind, is_given_up=is_given_up, reason=reason)
    later = None if is_given_up else now + timedelta(minutes=RETRY_MINUTES[letter.attempts - 1])
    Letter.objects.filter(id=letter.id).update(send_at=later)
