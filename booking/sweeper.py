"""The worker's clock for bookings: a thread in every worker that lets go of what has lapsed, every other second.

No broker is needed and none is asked; two workers do each other no harm (booking.upkeep). When none runs, whoever wants
a place frees what has lapsed on it.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import structlog
from celery import bootsteps
from django.conf import settings
from django.db import Error, close_old_connections

from booking.forgetting import forget_guests
from booking.guests.services import forget_lapsed
from booking.idempotency import forget_old_keys
from booking.upkeep import sweep_lapsed

log = structlog.get_logger(__name__)

SWEEP_EVERY_SECONDS = 2.0
FORGET_EVERY_SECONDS = 600.0


class Sweeper(bootsteps.StartStopStep):
    """The thread as a part of the worker: started and stopped with it."""

    requires = {"celery.worker.components:Pool"}

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="booking-sweeper", daemon=True)

    def start(self, parent: Any) -> None:  # noqa: ARG002  a bootstep's signature
        self._thread.start()

    def stop(self, parent: Any) -> None:  # noqa: ARG002
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        forgot_at = 0.0
        while not self._stop.wait(SWEEP_EVERY_SECONDS):
            try:
                sweep_lapsed()
                if time.monotonic() - forgot_at > FORGET_EVERY_SECONDS:
                    forgot_at = time.monotonic()
                    forget_old_keys()
                    forget_lapsed()
                    forget_guests(kept_days=settings.CONTACT_DAYS)
            except Error as error:
                log.warning("booking_sweeper_waits", reason=f"{type(error).__name__}: {error}")
            except Exception:
                log.exception("booking_sweeper_failed")
            finally:
                close_old_connections()
