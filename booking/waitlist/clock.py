"""The worker's clock for the waitlist: a thread in every worker that PostgreSQL wakes when something came free.

No broker is asked. A notice is a hint: the rows of `Freed` say what is to be looked at, and are looked at every second
without any. What no trigger saw is found by the sweep. Two workers do each other no harm (booking.waitlist.offering).
"""

from __future__ import annotations

import threading
import time
from typing import Any

import psycopg
import structlog
from celery import bootsteps
from django.db import Error, close_old_connections
from django.utils import timezone

from booking.waitlist.offering import end_past, offer_freed, offer_missed
from booking.waitlist.triggers import CHANNEL
from booking.waitlist.upkeep import forget_guests
from config.notices import listening

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 1.0
SWEEP_EVERY_SECONDS = 30.0
RECONNECT_SECONDS = 0.5


class Offerer(bootsteps.StartStopStep):
    """The thread as a part of the worker: started and stopped with it."""

    requires = {"celery.worker.components:Pool"}

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="waitlist", daemon=True)
        self._swept_at = 0.0

    def start(self, parent: Any) -> None:  # noqa: ARG002  a bootstep's signature
        self._thread.start()

    def stop(self, parent: Any) -> None:  # noqa: ARG002
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except (Error, psycopg.Error, OSError) as error:
                log.warning("waitlist_waits", reason=f"{type(error).__name__}: {error}")
            except Exception:
                log.exception("waitlist_failed")
            finally:
                close_old_connections()
            self._stop.wait(RECONNECT_SECONDS)

    def _listen(self) -> None:
        with listening(CHANNEL) as listener:
            while not self._stop.is_set():
                self._look()
                for _ in listener.notifies(timeout=LOOK_EVERY_SECONDS, stop_after=1):
                    pass

    def _look(self) -> None:
        offer_freed(now=timezone.now())
        if time.monotonic() - self._swept_at > SWEEP_EVERY_SECONDS or not self._swept_at:
            self._swept_at = time.monotonic()
            sweep()
        close_old_connections()


def sweep() -> None:
    """What is done now and then: end what is past, offer what nothing told of, forget who waited long ago."""
    now = timezone.now()
    end_past(now=now)
    offer_missed(now=now)
    forget_guests(now=now)
