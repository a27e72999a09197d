"""The `opensearch` engine under the shared contract.

Gaps: none of the contract's own. `get`, `held`, `read`, `branches`, `apply` and `forget` are the projection's, which
the index follows (docs/adr/0009); tests/indexing/test_follower.py holds the index to it.
"""

from __future__ import annotations

import pytest

from tests.contracts.search_backend import SearchBackendContract

pytestmark = [pytest.mark.django_db, pytest.mark.opensearch]


class TestOpenSearch(SearchBackendContract):
    @pytest.fixture
    def backend(self, followed):
        return followed
