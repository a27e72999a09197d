"""A cluster for tests, and the engine as its users see it: what was written has been followed."""

from __future__ import annotations

import os

import pytest

from indexing import follower
from search.backends.opensearch.backend import OpenSearchBackend
from search.backends.opensearch.client import Client
from search.backends.opensearch.generations import serving


@pytest.fixture(scope="session")
def cluster_client(opensearch_url) -> Client:
    return Client([opensearch_url])


@pytest.fixture
def cluster(cluster_client, settings, request):
    """The client, with no index of ours at the start and at the end."""
    settings.OPENSEARCH_PREFIX = f"opensearch-test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    settings.OPENSEARCH_TIMEOUT_MS = 30_000  # of tests, the machine is busier than of users
    yield cluster_client
    cluster_client.delete(f"{settings.OPENSEARCH_PREFIX}-offers-*")


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
