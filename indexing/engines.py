"""Which engine holds the documents: the projection, which whatever else answers follows."""

from __future__ import annotations

from functools import cache

from search.backends.postgis.backend import PostgisBackend


@cache
def engine() -> PostgisBackend:
    return PostgisBackend()
