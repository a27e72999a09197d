"""The engine as its users see it: what was written has been followed."""

from __future__ import annotations

import pytest

from indexing import follower
from search.backends.opensearch.backend import OpenSearchBackend
from search.backends.opensearch.generations import serving


class Followed(OpenSearchBackend):
    """The engine, its index brought up to what was written before each question."""

    def search(self, *args, **options):
        follower.follow_all(self._client)
        return super().search(*args, **options)

    def clusters(self, *args, **options):
        follower.follow_all(self._client)
        return super().clusters(*args, **options)


@pytest.fixture
def followed(cluster):
    return Followed(cluster, serving=serving)
