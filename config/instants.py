"""Instants as text. Pure."""

from __future__ import annotations

from datetime import datetime


def instant_text(instant: datetime) -> str:
    """A UTC instant as RFC 3339 with Z, microseconds only where there are any."""
    return instant.isoformat().replace("+00:00", "Z")
