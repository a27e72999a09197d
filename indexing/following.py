"""A thread in every worker that keeps OpenSearch following the projection; of many, one works at a time.

It looks by itself, several times a second: the index needs no broker, no notice and no scheduler to become true. While
OpenSearch is away it waits; nothing else does.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import structlog
from celery import bootsteps
from django.db import Error, close_old_connections

from indexing.follower import follow_all, purge, try_parked_again
from indexing.generations import sweep
from indexing.turns import turn
from search.backends.opensearch.client import Client, SearchEngineRefused, SearchEngineUnavailable, configured

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 0.2
WAIT_SECONDS = 1.0
"""After a failure."""
UPKEEP_EVERY_SECONDS = 30.0


class Following(bootsteps.StartStopStep):
    """The thread as a part of the worker: started and stopped with it; nothing where no OpenSearch is named."""

    requires = {"celery.worker.components:Pool"}

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, parent: Any) -> None:  # noqa: ARG002  a bootstep's signature
        client = configured()
        if client is not None:
            self._thread = threading.Thread(
                target=keep_following, args=(client, self._stop), name="following", daemon=True
            )
            self._thread.start()

    def stop(self, parent: Any) -> None:  # noqa: ARG002
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)


def keep_following(client: Client, stop: threading.Event) -> None:
    """Until told to stop."""
    was_well, kept_up_at = True, time.monotonic()
    while not stop.is_set():
        pause = LOOK_EVERY_SECONDS
        try:
            follow_all(client)
            if time.monotonic() - kept_up_at > UPKEEP_EVERY_SECONDS:
                kept_up_at = time.monotonic()
                keep_up(client)
            if not was_well:
                log.info("index_follows_again")
            was_well = True
        except (SearchEngineUnavailable, SearchEngineRefused, Error, OSError) as error:
            if was_well:
                log.warning("index_waits", reason=f"{type(error).__name__}: {error}"[:300])
            was_well, pause = False, WAIT_SECONDS
        except Exception:
            log.exception("following_failed")
            pause = WAIT_SECONDS
        finally:
            close_old_connections()
        stop.wait(pause)


def keep_up(client: Client) -> None:
    """What is done now and then, by one worker: leftovers go, and what was refused is tried again."""
    with turn("keep up") as is_ours:
        if is_ours:
            purge(client)
            sweep(client)
            try_parked_again(client)
