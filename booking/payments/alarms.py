"""What a person must look at: a line in the log and a counter to alert on. docs/payments.md tells what to do."""

from __future__ import annotations

from typing import Any

import structlog
from prometheus_client import Counter

log = structlog.get_logger(__name__)

ALARMS = Counter("vicinity_payment_alarms_total", "What a person must look at in payments.", ["kind"])


def alarm(kind: str, **facts: Any) -> None:
    """One of the kinds that docs/payments.md lists."""
    ALARMS.labels(kind).inc()
    log.error("payment_alarm", kind=kind, **facts)
