"""What the tests of `geo` share."""

import pytest
from django.db import connection


@pytest.fixture
def ask(db):
    """One row for SQL with named parameters, from the real PostGIS."""

    def one_row(sql, params=None):
        with connection.cursor() as cursor:
            cursor.execute(sql, dict(params or {}))
            return cursor.fetchone()

    return one_row
