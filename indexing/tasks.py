"""What the worker does when it is told to look: see indexing.waker for who tells it."""

from __future__ import annotations

from celery import shared_task

from config.celery import app
from indexing.chores import sweep as do_sweep
from indexing.engines import engine
from indexing.following import Following
from indexing.relay import drain_all
from indexing.waker import Waker

app.steps["worker"].update({Waker, Following})


@shared_task(name="indexing.drain")
def drain() -> None:
    """Apply all due changes."""
    drain_all(engine())


@shared_task(name="indexing.sweep")
def sweep() -> None:
    """Do the chores that are due."""
    do_sweep(engine())
