"""/metrics in Prometheus text, over all web processes together, for the addresses in METRICS_ALLOWED only.

Where PROMETHEUS_MULTIPROC_DIR is set (the web server sets it when it runs more than one process) each process keeps its
counters in a file there and any of them answers with the sums.
"""

from __future__ import annotations

import os

import prometheus_client
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import multiprocess
from prometheus_client.registry import Collector

from config.api.clients import client_address
from config.api.problems import PermissionDenied, require_safe_method

_collectors: list[Collector] = []


def register(collector: Collector) -> None:
    """Show what the collector reads at the time of asking, from an AppConfig.ready; it must be the same for all."""
    prometheus_client.REGISTRY.register(collector)
    _collectors.append(collector)


def metrics(request: HttpRequest) -> HttpResponse:
    require_safe_method(request)
    if client_address(request) not in settings.METRICS_ALLOWED:
        raise PermissionDenied("Metrics are for the addresses in METRICS_ALLOWED.")
    registry = prometheus_client.REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = prometheus_client.CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
        for collector in _collectors:
            registry.register(collector)
    response = HttpResponse(
        prometheus_client.generate_latest(registry), content_type=prometheus_client.CONTENT_TYPE_LATEST
    )
    response["Cache-Control"] = "no-store"
    return response
