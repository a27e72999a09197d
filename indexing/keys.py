"""Walk over all branches by id: those of the database, and those that only an engine still knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import groupby
from uuid import UUID

from listings.models import Branch
from search.backends.base import SearchBackend

PAGE = 5_000


def in_database(*, after: UUID | None, limit: int) -> Sequence[UUID]:
    """The first `limit` branches, closed ones too, behind `after`."""
    branches = Branch.objects.order_by("id").values_list("id", flat=True)
    return list((branches.filter(id__gt=after) if after else branches)[:limit])


def known_anywhere(backend: SearchBackend, *, after: UUID | None = None) -> Iterator[UUID]:
    """Every branch that the database or the engine knows, once, behind `after`. Read in pages, not in one snapshot."""

    def database() -> Iterator[UUID]:
        last = after
        while page := in_database(after=last, limit=PAGE):
            yield from page
            last = page[-1]

    def engine() -> Iterator[UUID]:
        last = after
        while page := backend.branches(after=last, limit=PAGE):
            yield from page
            last = page[-1]

    return (key for key, _ in groupby(merge(database(), engine())))


def in_batches(keys: Iterator[UUID], size: int) -> Iterator[list[UUID]]:
    batch: list[UUID] = []
    for key in keys:
        batch.append(key)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
