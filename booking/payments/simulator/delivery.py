"""The simulator's post: signed notifications over HTTP to the address of ours, again until they are heard."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection

from booking.payments.simulator.gateway import notification_secret
from booking.payments.simulator.models import SimulatedNotification
from booking.payments.simulator.signing import HEADER, signature

RETRY_AFTER = tuple(timedelta(seconds=each) for each in (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600))
TIMEOUT_SECONDS = 5

Post = Callable[[str, bytes, dict[str, str]], int]


def deliver_due(*, url: str, now: datetime, post: Post | None = None, limit: int = 50) -> int:
    """Tell what is due at `now`. How many were heard (answered with 2xx, or refused as the forgeries should be)."""
    heard = 0
    for notification in _claim(now=now, limit=limit):
        secret = "somebody else's" if notification.is_forged else notification_secret()
        body = notification.body.encode()
        headers = {
            "Content-Type": "application/json",
            HEADER: signature(body, secret=secret, at_epoch_seconds=int(now.timestamp())),
        }
        status = (post or post_over_http)(url, body, headers)
        if 200 <= status < 300 or notification.is_forged:
            SimulatedNotification.objects.filter(id=notification.id).update(heard_at=now)
            heard += 1
    return heard


def _claim(*, now: datetime, limit: int) -> list[SimulatedNotification]:
    """What is due, put off to its next try before it is tried: a sender that dies tells it again."""
    waits = [each.total_seconds() for each in RETRY_AFTER]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payment_simulator_simulatednotification SET attempts = attempts + 1,"
            " due_at = %s + make_interval(secs => (%s::float8[])[attempts + 1]) WHERE id = ANY(ARRAY("
            "  SELECT id FROM payment_simulator_simulatednotification"
            "  WHERE heard_at IS NULL AND due_at <= %s AND attempts < %s ORDER BY due_at, id LIMIT %s"
            "  FOR UPDATE SKIP LOCKED)) RETURNING id",
            [now, waits, now, len(waits), limit],
        )
        ids = [row[0] for row in cursor.fetchall()]
    return list(SimulatedNotification.objects.filter(id__in=ids).order_by("id"))


def post_over_http(url: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer; 0 for none."""
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310  our own BASE_URL
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
