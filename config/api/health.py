"""/livez: the process turns. /readyz: it can serve. What it can do without is `degraded`, not dead.

A part says how it is by `register`, from its AppConfig.ready. Only a part that is required turns /readyz to 503: a
balancer that took every process out because the search engine is away would take the fallback out with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.limiting import redis_answers

log = structlog.get_logger(__name__)

Check = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Part:
    check: Check
    is_required: bool


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


class _Migrations:
    """Asked until they are applied once; a process does not see them unapplied under it."""

    def __init__(self) -> None:
        self.are_applied = False

    def __call__(self) -> bool:
        if not self.are_applied:
            executor = MigrationExecutor(connection)
            self.are_applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        return self.are_applied


_parts: dict[str, _Part] = {
    "database": _Part(_database_answers, is_required=True),
    "migrations": _Part(_Migrations(), is_required=True),
    "redis": _Part(lambda: redis_answers(settings.REDIS_URL), is_required=False),
}


def register(name: str, check: Check, *, is_required: bool) -> None:
    """`check` returns whether the part serves; it is quick, and an exception counts as no."""
    _parts[name] = _Part(check, is_required)


def readiness() -> tuple[bool, dict[str, str]]:
    """Whether this process can serve, and each part as ok, degraded (can do without) or unavailable."""
    is_ready = True
    states: dict[str, str] = {}
    for name, part in _parts.items():
        try:
            is_fine = part.check()
        except (Error, OSError, RuntimeError) as error:
            log.warning("not_ready", part=name, reason=type(error).__name__)
            is_fine = False
        states[name] = "ok" if is_fine else "unavailable" if part.is_required else "degraded"
        is_ready = is_ready and (is_fine or not part.is_required)
    return is_ready, states


_NO_STORE = {"Cache-Control": "no-store"}


class Livez(APIView):
    throttle_classes = []

    @extend_schema(
        operation_id="livez",
        summary="Is the process alive? Touches nothing else.",
        tags=["operations"],
        responses={200: {"type": "object", "required": ["status"], "properties": {"status": {"const": "ok"}}}},
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        return Response({"status": "ok"}, headers=_NO_STORE)


_STATE = {"type": "string", "enum": ["ok", "degraded", "unavailable"]}
_READINESS: dict[str, Any] = {
    "type": "object",
    "required": ["status", "parts"],
    "properties": {"status": _STATE, "parts": {"type": "object", "additionalProperties": _STATE}},
}


class Readyz(APIView):
    throttle_classes = []

    @extend_schema(
        operation_id="readyz",
        summary="Can the process serve? 503 only if it cannot; what it can do without is degraded.",
        tags=["operations"],
        responses={200: _READINESS, 503: _READINESS},
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        is_ready, parts = readiness()
        status = "unavailable" if not is_ready else "degraded" if "degraded" in parts.values() else "ok"
        return Response({"status": status, "parts": parts}, status=200 if is_ready else 503, headers=_NO_STORE)
