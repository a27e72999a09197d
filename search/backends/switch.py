"""OpenSearch while it answers and its index is true, else PostGIS: decided for each question anew.

A question that OpenSearch fails is answered by PostGIS in the same request. After a few failures in a row OpenSearch is
not asked at all (search.backends.breaker) until a probe, beside the requests, finds it well again: that it answers the
question of the moment, and quickly. A node that has just started answers, but its first searches take long.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from math import isfinite
from typing import Any, TypeVar

import structlog
from django.db import Error, close_old_connections
from prometheus_client import Counter

from search.backends.base import CursorExpired, SearchBackend
from search.backends.breaker import Breaker
from search.backends.opensearch.backend import NotYet, OpenSearchBackend
from search.backends.opensearch.client import SearchEngineRefused, SearchEngineUnavailable
from search.backends.opensearch.counting import Inexact
from search.backends.opensearch.generations import Serving
from search.backends.postgis.backend import PostgisBackend
from search.document import OfferDocument
from search.query import SearchQuery
from search.results import Clusters, Page, SortKey

log = structlog.get_logger(__name__)

MAX_BEHIND_SECONDS = 15.0
"""An index that has not held everything for longer does not answer."""

QUICK_SECONDS = 0.4
"""A probe that took longer does not bring OpenSearch back."""

ANSWERS = Counter("vicinity_search_answers", "Searches answered, by engine.", ["engine"])
FAILURES = Counter(
    "vicinity_search_engine_failures", "Questions that OpenSearch did not answer, by reason.", ["reason"]
)

Answer = TypeVar("Answer", Page, Clusters)


def _beside(work: Callable[[], None]) -> None:
    def alone() -> None:
        try:
            work()
        finally:
            close_old_connections()

    threading.Thread(target=alone, name="opensearch-probe", daemon=True).start()


class Switch(PostgisBackend):
    """search.backends.base.SearchBackend over both engines; whatever is not a question goes to PostGIS.

    An answer says which engine gave it (`backend`), and whether that was the fallback (`degraded`): PostGIS is none
    before an index has been true for the first time.
    """

    name = OpenSearchBackend.name

    def __init__(
        self,
        engine: OpenSearchBackend,
        *,
        serving: Callable[[], Serving | None],
        probe: Callable[[Serving], object],
        breaker: Breaker | None = None,
        clock: Callable[[], float] = time.monotonic,
        beside: Callable[[Callable[[], None]], None] = _beside,
    ) -> None:
        self._engine = engine
        self._fallback = PostgisBackend()
        self._serving = serving
        self._probe = probe
        self._breaker = breaker or Breaker()
        self._clock = clock
        self._beside = beside

    def search(self, query: SearchQuery, *, after: SortKey | None = None, epoch: int | None = None) -> Page:
        return self._either(lambda engine: engine.search(query, after=after, epoch=epoch))

    def clusters(self, query: SearchQuery, *, resolution: int) -> Clusters:
        return self._either(lambda engine: engine.clusters(query, resolution=resolution))

    def get(self, document_id: str, *, as_of: datetime) -> OfferDocument | None:
        return self._fallback.get(document_id, as_of=as_of)

    def continued(self, query: SearchQuery, *, engine: str, after: SortKey, epoch: int) -> Page:
        """A later page, from the engine that gave the cursor.

        Raises SearchEngineUnavailable while that one does not answer: the cursor stays good, and the same request may
        succeed later. Raises CursorExpired for an engine that there is not, or an epoch that is held no more.
        """
        if engine == self._fallback.name:
            return self._told(self._fallback.search(query, after=after, epoch=epoch), self._fallback)
        if engine != self._engine.name:
            raise CursorExpired("Another engine answers now. Begin again without a cursor.")
        page = self._tried(lambda primary: primary.search(query, after=after, epoch=epoch))
        if page is None:
            raise SearchEngineUnavailable(
                "The engine that gave this cursor does not answer now. Try again, or begin again without a cursor."
            )
        return page

    def is_well(self) -> bool:
        """Whether OpenSearch would be asked, or is not there yet."""
        if not self._was_ever_true():
            return True
        if self._breaker.is_open:
            self._probe_if_due()
            return False
        return self._is_true()

    def _either(self, ask: Callable[[SearchBackend], Answer]) -> Answer:
        answer = self._tried(ask)
        return self._told(ask(self._fallback), self._fallback) if answer is None else answer

    def _tried(self, ask: Callable[[SearchBackend], Answer]) -> Answer | None:
        """OpenSearch's answer; None where it is not asked or fails."""
        if self._breaker.is_open:
            self._probe_if_due(ask)
            return None
        if not self._is_true():
            return None
        try:
            answer = ask(self._engine)
        except Inexact:
            FAILURES.labels("inexact").inc()
            return None
        except NotYet:
            FAILURES.labels("not_yet").inc()
            return None
        except SearchEngineUnavailable as error:
            self._failed("unavailable", error)
            return None
        except SearchEngineRefused as error:
            self._failed("refused", error)
            return None
        self._breaker.succeeded()
        return self._told(answer, self._engine)

    def _probe_if_due(self, ask: Callable[[SearchBackend], object] | None = None) -> None:
        if self._breaker.take_probe(now=self._clock()):
            self._beside(lambda: self._look(ask))

    def _is_true(self) -> bool:
        state = self._serving()
        return state is not None and state.behind_seconds <= MAX_BEHIND_SECONDS

    def _was_ever_true(self) -> bool:
        state = self._serving()
        return state is not None and isfinite(state.behind_seconds)

    def _failed(self, reason: str, error: Exception) -> None:
        FAILURES.labels(reason).inc()
        was_open = self._breaker.is_open
        self._breaker.failed(now=self._clock())
        if not was_open and self._breaker.is_open:
            log.warning("search_falls_back", reason=str(error)[:300])

    def _look(self, ask: Callable[[SearchBackend], object] | None) -> None:
        """Whether it is well: by a question that somebody has just asked, where there is one."""
        began = self._clock()
        try:
            state = self._serving()
            if state is None:
                return
            self._probe(state)
            if ask is not None:
                with suppress(Inexact, CursorExpired):  # it answers, though not this one
                    ask(self._engine)
        except (SearchEngineUnavailable, SearchEngineRefused, Error):
            return
        if self._clock() - began > QUICK_SECONDS:
            return
        self._breaker.succeeded()
        log.info("search_is_back")

    def _told(self, answer: Answer, engine: Any) -> Answer:
        ANSWERS.labels(engine.name).inc()
        return replace(answer, backend=engine.name, degraded=engine is self._fallback and self._was_ever_true())
