"""Which engines hold the documents. One now; a second joins here and is fed by the same relay."""

from __future__ import annotations

from functools import cache

from search.backends.base import SearchBackend
from search.backends.postgis.backend import PostgisBackend


@cache
def engine() -> SearchBackend:
    return PostgisBackend()
