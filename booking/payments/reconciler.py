"""Whatever is due to be looked at: claimed a few at a time, asked of its provider, put off. Any number may run at once.

Notifications only make this come sooner. Without any, all that is unfinished is looked at every LOOK_EVERY.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import connection

from booking.payments.gateways import Gateways, gateway_of
from booking.payments.progress import LEASE, advance
from booking.payments.refunding import advance_refund

log = structlog.get_logger(__name__)

_CLAIM = """
UPDATE {table} SET look_at = %s WHERE id = ANY(ARRAY(
  SELECT id FROM {table} WHERE look_at <= %s ORDER BY look_at LIMIT %s FOR UPDATE SKIP LOCKED)) RETURNING id"""
"""An array is read once; `IN` may be read again for each row, and then takes more than the limit."""


def reconcile(*, now: datetime, gateways: Gateways = gateway_of, limit: int = 20) -> int:
    """Look at what is due at `now`. How many payments and refunds were looked at; 0: nothing is due."""
    looked = 0
    for table, look in (("payments_payment", advance), ("payments_refund", advance_refund)):
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM.format(table=table), [now + LEASE, now, limit])
            ids = [row[0] for row in cursor.fetchall()]
        for each in ids:
            try:
                look(each, gateways=gateways, now=now)
            except Exception:  # one that cannot be worked on must not stop the others; its lease brings it back
                log.exception("payment_look_failed", table=table, id=str(each))
            looked += 1
    return looked
