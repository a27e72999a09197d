"""Who tells the worker to look: a thread in every worker that listens to PostgreSQL and looks once a second anyway.

A hint goes through Celery, so that the work is spread over workers. But a hint may be lost with the broker: where it
cannot be sent, or changes have waited for longer than PATIENCE_SECONDS although it was, the thread drains by itself.
So a Redis that is down or forgets everything costs a few seconds and no change. PostgreSQL being down costs the time it
is down: the thread connects again by itself.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import psycopg
import structlog
from celery import bootsteps, current_app
from django.db import Error, close_old_connections
from kombu.exceptions import OperationalError as BrokerUnavailable

from config.errors import RetryableError
from config.failpoints import failpoint
from config.notices import listening
from indexing.chores import sweep
from indexing.engines import engine
from indexing.queue import lag_seconds
from indexing.relay import drain
from listings.changes import CHANNEL

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 1.0
SETTLE_SECONDS = 0.02
"""How long notices are gathered before a hint is sent: one hint for a burst of changes."""
PATIENCE_SECONDS = 2.0
SWEEP_EVERY_SECONDS = 10.0
RECONNECT_SECONDS = 0.5
HINT_EXPIRES_SECONDS = 5
"""A hint that nobody took in this time is dropped: the next look sends another."""


class Waker(bootsteps.StartStopStep):
    """The thread as a part of the worker: started and stopped with it."""

    requires = {"celery.worker.components:Pool"}

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="waker", daemon=True)

    def start(self, parent: Any) -> None:  # noqa: ARG002  a bootstep's signature
        self._thread.start()

    def stop(self, parent: Any) -> None:  # noqa: ARG002
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        watch = Watch(self._stop)
        while not self._stop.is_set():
            try:
                watch.listen()
            except (Error, psycopg.Error, RetryableError, OSError) as error:
                log.warning("waker_waits", reason=f"{type(error).__name__}: {error}")
            except Exception:
                log.exception("waker_failed")
            finally:
                close_old_connections()
            self._stop.wait(RECONNECT_SECONDS)


class Watch:
    """Listens until told to stop or the connection breaks."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._swept_at = 0.0

    def listen(self) -> None:
        with listening(CHANNEL) as listener:
            woken = True  # something may have happened before we listened
            while not self._stop.is_set():
                self._look(woken=woken)
                woken = any(True for _ in listener.notifies(timeout=LOOK_EVERY_SECONDS, stop_after=1))
                if woken:
                    for _ in listener.notifies(timeout=SETTLE_SECONDS):
                        pass
                    failpoint("after_wake")

    def _look(self, *, woken: bool) -> None:
        lag = lag_seconds() if not woken else 0.0
        if woken or lag > 0:
            hinted = _hint("indexing.drain")
            if not hinted or lag > PATIENCE_SECONDS:
                self._drain()
        if time.monotonic() - self._swept_at > SWEEP_EVERY_SECONDS:
            self._swept_at = time.monotonic()
            if not _hint("indexing.sweep"):
                sweep(engine())

    def _drain(self) -> None:
        while not self._stop.is_set() and drain(engine()).claimed:
            pass


def _hint(task: str) -> bool:
    """Whether the broker took the hint, which promises nothing."""
    failpoint("before_hint")
    try:
        current_app.send_task(task, expires=HINT_EXPIRES_SECONDS, retry=False, ignore_result=True)
    except (BrokerUnavailable, OSError) as error:
        log.warning("broker_unavailable", reason=type(error).__name__)
        return False
    failpoint("after_hint")
    return True
