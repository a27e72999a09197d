"""The `opensearch` engine under the shared contract.

Gaps: none of the contract's own. `get`, `held`, `read`, `branches`, `apply` and `forget` are the projection's, which
the index follows (docs/adr/0009); tests/indexing/test_follower.py holds the index to it.
"""

from __future__ import annotations

import pytest

from search.backends.opensearch.backend import NotYet
from tests.contracts.search_backend import SearchBackendContract, asking, document, put

pytestmark = [pytest.mark.django_db, pytest.mark.opensearch]


class TestOpenSearch(SearchBackendContract):
    @pytest.fixture
    def backend(self, followed):
        return followed

    def test_a_state_that_has_not_come_yet_can_be_asked_for_again(self, backend):
        """503, not a cursor that has expired: the index follows, and another process may know more."""
        put(backend, document(1))
        with pytest.raises(NotYet):
            backend.search(asking(), epoch=backend.search(asking()).epoch + 1_000)
