from __future__ import annotations

import pytest
from django.db import OperationalError, connection

from config.api import health


@pytest.fixture
def parts(monkeypatch):
    """The registry, restored afterwards."""
    copied = dict(health._parts)
    monkeypatch.setattr(health, "_parts", copied)
    return copied


def test_alive_without_a_database(client):
    # No `db` mark: a query here would be refused by pytest-django.
    response = client.get("/livez")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_ready(client, parts):
    for name in set(parts) - {"database", "migrations", "redis"}:
        del parts[name]
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "parts": {"database": "ok", "migrations": "ok", "redis": "ok"}}


@pytest.mark.django_db
def test_without_redis_degraded_and_still_ready(client, settings, parts):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/readyz")
    assert response.status_code == 200
    assert (response.json()["status"], response.json()["parts"]["redis"]) == ("degraded", "degraded")


@pytest.mark.django_db
def test_with_a_migration_missing_not_ready(client, parts, monkeypatch):
    monkeypatch.setattr(parts["migrations"].check, "are_applied", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'listings'")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert (response.json()["status"], response.json()["parts"]["migrations"]) == ("unavailable", "unavailable")


@pytest.mark.parametrize(("is_required", "status", "state"), [(True, 503, "unavailable"), (False, 200, "degraded")])
def test_a_part_of_another_app(client, parts, is_required, status, state):
    def away():
        raise OperationalError("secret: 10.0.0.7 refused")

    parts.clear()
    health.register("engine", away, is_required=is_required)
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (status, {"status": state, "parts": {"engine": state}})
