"""The `postgis` engine under the shared contract."""

from __future__ import annotations

import pytest

from search.backends.base import CursorExpired
from search.backends.registry import backend_for
from tests.contracts.search_backend import SearchBackendContract, asking, document, put


@pytest.mark.django_db
class TestPostgis(SearchBackendContract):
    @pytest.fixture
    def backend(self):
        return backend_for("postgis")

    def test_a_state_that_has_not_come_is_refused_for_nobody_else_makes_it(self, backend):
        put(backend, document(1))
        with pytest.raises(CursorExpired):
            backend.search(asking(), epoch=backend.search(asking()).epoch + 1_000)
