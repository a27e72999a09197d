"""Engines by name. The setting SEARCH_BACKEND names the one that answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from search.backends.base import SearchBackend
from search.backends.opensearch.backend import OpenSearchBackend
from search.backends.opensearch.client import configured
from search.backends.postgis.backend import PostgisBackend


@cache
def _opensearch() -> SearchBackend:
    client = configured()
    if client is None:
        raise ImproperlyConfigured("SEARCH_BACKEND is 'opensearch', but OPENSEARCH_URL is empty.")
    return OpenSearchBackend(client)


_BACKENDS: Mapping[str, Callable[[], SearchBackend]] = {
    OpenSearchBackend.name: _opensearch,
    PostgisBackend.name: PostgisBackend,
}


def backend_for(name: str | None = None) -> SearchBackend:
    """The engine of the name, else of the setting. Raises ImproperlyConfigured for a name that there is not."""
    wanted = settings.SEARCH_BACKEND if name is None else name
    if wanted not in _BACKENDS:
        raise ImproperlyConfigured(f"SEARCH_BACKEND is {wanted!r}; take one of {', '.join(sorted(_BACKENDS))}.")
    return _BACKENDS[wanted]()
