"""What every engine can do. tests/contracts/search_backend holds the behaviour that each must show. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from config.errors import InvalidParameter
from search.document import OfferDocument
from search.query import SearchQuery
from search.results import Clusters, Page, SortKey


class CursorExpired(InvalidParameter):
    """The state of the index that a cursor was cut from is no longer held, or the cursor is too old."""

    code = "cursor_expired"
    status = 410
    title = "The cursor has expired"

    def __init__(self, detail: str = "The index has moved on. Begin again without a cursor.") -> None:
        super().__init__("cursor", detail)


class SearchBackend(Protocol):
    """Answers questions about documents, and takes documents in."""

    name: str

    def search(self, query: SearchQuery, *, after: SortKey | None = None, epoch: int | None = None) -> Page:
        """The first `query.limit` hits, or those behind `after` in the index as it was at `epoch`.

        Total and facets are of all that matches. Raises CursorExpired when `epoch` is no longer held.
        """
        ...

    def clusters(self, query: SearchQuery, *, resolution: int) -> Clusters:
        """All that matches, counted by H3 cell of the resolution, by cell; the counts sum to the total of `search`."""
        ...

    def get(self, document_id: str, *, as_of: datetime) -> OfferDocument | None:
        """The current document of the id, valid or not at `as_of`; None if there is none."""
        ...

    def apply(self, documents: Iterable[OfferDocument], *, gone: Iterable[str], version: int) -> None:
        """Put documents in the place of those with their ids, and forget the ids in `gone`, all at once.

        A document already there at a higher version stays, and one gone at a higher version stays away; an unchanged
        one takes the version and leaves no other trace. Raises ValueError, with nothing done, for an id that comes
        twice or both as a document and as gone.
        """
        ...

    def held(self, branch_ids: Collection[UUID]) -> Mapping[str, int]:
        """The ids of all current documents of these branches, each with its version.

        Inside a transaction that called `apply`, its effect is seen.
        """
        ...

    def read(self, branch_ids: Collection[UUID]) -> Sequence[OfferDocument]:
        """All current documents of these branches, equal to what was applied, by id."""
        ...

    def branches(self, *, after: UUID | None, limit: int) -> Sequence[UUID]:
        """The first `limit` branches that have current documents, by id, behind `after`."""
        ...

    def forget(self) -> int:
        """Let go of states of the index that are too old for any cursor; how many rows went."""
        ...
