"""Tells health and metrics how far the index is behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import Error
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector


class IndexingConfig(AppConfig):
    name = "indexing"

    def ready(self) -> None:
        from config.api import health, metrics  # noqa: PLC0415  views need the apps loaded

        health.register("relay", relay_keeps_up, is_required=False)
        metrics.register(FeedCollector())
        if settings.OPENSEARCH_URL:
            health.register("opensearch", opensearch_answers, is_required=False)
            metrics.register(GenerationCollector())
        checks.register(horizon_is_possible)


def horizon_is_possible(**_: Any) -> list[checks.CheckMessage]:
    from indexing.horizon import MARGIN_DAYS  # noqa: PLC0415  as above
    from listings.hours import WINDOW_LIMIT_DAYS  # noqa: PLC0415

    if MARGIN_DAYS < settings.OPENING_HORIZON_DAYS <= WINDOW_LIMIT_DAYS:
        return []
    limits = f"above {MARGIN_DAYS} and at most {WINDOW_LIMIT_DAYS}"
    return [checks.Error(f"OPENING_HORIZON_DAYS must be {limits}.", id="indexing.E001")]


def relay_keeps_up() -> bool:
    """No due change waits for long, and somebody does the chores: an empty feed alone does not tell of a worker."""
    from indexing.chores import are_done  # noqa: PLC0415  models are loaded by now
    from indexing.queue import LAG_ALARM_SECONDS, lag_seconds  # noqa: PLC0415

    return lag_seconds() < LAG_ALARM_SECONDS and are_done()


def opensearch_answers() -> bool:
    from search.backends.registry import answers_as_meant  # noqa: PLC0415  models are loaded by now

    return answers_as_meant()


class GenerationCollector(Collector):
    """How far the index that serves is behind the projection."""

    def describe(self) -> list[GaugeMetricFamily]:
        return [
            GaugeMetricFamily("vicinity_opensearch_behind_seconds", "Since when the index has not held everything."),
            GaugeMetricFamily("vicinity_opensearch_epoch", "All changes up to it can be searched."),
            GaugeMetricFamily("vicinity_opensearch_parked", "Documents that an index refused."),
        ]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        from search.backends.opensearch.generations import serving  # noqa: PLC0415  models are loaded by now
        from search.models import Parked  # noqa: PLC0415

        try:
            state, parked = serving(), Parked.objects.count()
        except Error:
            return
        if state is None:
            return
        for family, value in zip(self.describe(), (state.behind_seconds, state.epoch, parked), strict=True):
            family.add_metric([], value)
            yield family


class FeedCollector(Collector):
    """Read from the database at the time of asking, so every process tells the same."""

    def describe(self) -> list[GaugeMetricFamily]:
        return [
            GaugeMetricFamily("vicinity_feed_due", "Changes that wait to be applied to the index."),
            GaugeMetricFamily("vicinity_feed_lag_seconds", "Age of the oldest change that waits."),
            GaugeMetricFamily("vicinity_feed_parked", "Changes given up after repeated failures."),
        ]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        from indexing.queue import queue_state  # noqa: PLC0415  models are loaded by now

        try:
            state = queue_state()
        except Error:
            return
        for family, value in zip(self.describe(), (state.due, state.lag_seconds, state.parked), strict=True):
            family.add_metric([], value)
            yield family
