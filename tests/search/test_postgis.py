"""The `postgis` engine under the shared contract."""

from __future__ import annotations

import pytest

from search.backends.registry import backend_for
from tests.contracts.search_backend import SearchBackendContract


@pytest.mark.django_db
class TestPostgis(SearchBackendContract):
    @pytest.fixture
    def backend(self):
        return backend_for("postgis")
