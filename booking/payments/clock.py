"""The worker's clock for payments: threads in every worker that look at what is due, and post for the simulator.

No broker is needed and none is asked; two workers do each other no harm (booking.payments.reconciler claims).
"""

from __future__ import annotations

import threading
from typing import Any

import structlog
from celery import bootsteps
from django.conf import settings
from django.db import Error, close_old_connections
from django.utils import timezone

from booking.payments.reconciler import reconcile
from booking.payments.simulator.delivery import deliver_due

log = structlog.get_logger(__name__)


class Repeated(bootsteps.StartStopStep):
    """`do` again and again while the worker runs, `every_seconds` between, at once where it found work."""

    requires = {"celery.worker.components:Pool"}
    every_seconds = 1.0

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)

    def do(self) -> int:
        """How much was done."""
        raise NotImplementedError

    def start(self, parent: Any) -> None:  # noqa: ARG002  a bootstep's signature
        self._thread.start()

    def stop(self, parent: Any) -> None:  # noqa: ARG002
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        wait = self.every_seconds
        while not self._stop.wait(wait):
            wait = self.every_seconds
            try:
                if self.do():
                    wait = 0.05
            except Error as error:
                log.warning("payment_clock_waits", of=type(self).__name__, reason=f"{type(error).__name__}: {error}")
            except Exception:
                log.exception("payment_clock_failed", of=type(self).__name__)
            finally:
                close_old_connections()


class Reconciler(Repeated):
    def do(self) -> int:
        return reconcile(now=timezone.now())


class SimulatorsPost(Repeated):
    """The far side's own sender of notifications: it speaks to us over HTTP, as a provider does."""

    def do(self) -> int:
        return deliver_due(url=f"{settings.BASE_URL}/v1/payments/webhooks/simulator", now=timezone.now())
