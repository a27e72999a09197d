"""Engines by name. The setting SEARCH_BACKEND names the one that answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from search.backends.base import SearchBackend
from search.backends.opensearch.backend import OpenSearchBackend
from search.backends.opensearch.client import Client, configured, required
from search.backends.opensearch.generations import Lookout
from search.backends.postgis.backend import PostgisBackend
from search.backends.switch import Switch

AUTO = "auto"
PROBE: dict[str, int] = {"size": 0}


@cache
def _switch(client: Client) -> Switch:
    """One for the process: its breaker is what the process knows of the cluster."""
    lookout = Lookout()
    return Switch(
        OpenSearchBackend(client, serving=lookout.serving, look_again=lookout.look),
        serving=lookout.serving,
        probe=lambda state: client.search(state.index, PROBE, timeout_seconds=settings.OPENSEARCH_TIMEOUT_MS / 1000),
    )


def _auto() -> SearchBackend:
    client = configured()
    return PostgisBackend() if client is None else _switch(client)


def _opensearch() -> SearchBackend:
    return OpenSearchBackend(required())


_BACKENDS: Mapping[str, Callable[[], SearchBackend]] = {
    AUTO: _auto,
    OpenSearchBackend.name: _opensearch,
    PostgisBackend.name: PostgisBackend,
}


def backend_for(name: str | None = None) -> SearchBackend:
    """The engine of the name, else of the setting. Raises ImproperlyConfigured for a name that there is not."""
    wanted = settings.SEARCH_BACKEND if name is None else name
    if wanted not in _BACKENDS:
        raise ImproperlyConfigured(f"SEARCH_BACKEND is {wanted!r}; take one of {', '.join(sorted(_BACKENDS))}.")
    return _BACKENDS[wanted]()


def answers_as_meant() -> bool:
    """False while OpenSearch is configured to answer and PostGIS does: for /readyz."""
    backend = backend_for()
    return not isinstance(backend, Switch) or backend.is_well()
