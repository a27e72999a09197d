"""The tables that change all the time are vacuumed by what changed, not by a share of what there is."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.django_db
def test_busy_tables_have_settings_of_their_own():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reloptions FROM pg_class WHERE relname = ANY(%s)", [list(WANTED)])
        found = {name: dict(option.split("=") for option in options or ()) for name, options in cursor.fetchall()}
    assert {name: found[name].get("autovacuum_vacuum_scale_factor") for name in WANTED} == WANTED


WANTED = {
    "search_offer": "0.01",
    "search_card": "0.01",
    "listings_change": "0",
    "search_epoch": "0",
    "search_generation": "0",
}
