"""Tables of the projection that indexes follow: what is read of each, and what it is in the engine. Pure.

A followed table has the columns `row_id`, `added_epoch`, `removed_epoch` and `content`: one row is one version of a
document, and a digest of it. Its documents carry the same as `row`, `added`, `removed` and `content`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from search.backends.opensearch import mapping
from search.document import SCHEMA

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class FollowedTable:
    """One table, and the index that holds what it does."""

    kind: str
    """Names it: in the name of an index, and on the row that says how far that has followed."""
    table: str
    select: str
    """A SELECT without WHERE. First come the row's id, the document's, and both epochs."""
    body_of: Callable[[Row], dict[str, Any]]
    """The document of a row of `select`."""
    mappings: Mapping[str, Any]
    number: int
    """Of the mapping and of `body_of`: an index of another number does not answer."""
    schema: int
    """Of what the table holds."""


OFFERS = FollowedTable(
    kind="offers",
    table="search_offer",
    select=mapping.SELECT,
    body_of=mapping.body_of,
    mappings=mapping.MAPPINGS,
    number=mapping.MAPPING_NUMBER,
    schema=SCHEMA,
)

FOLLOWED: Mapping[str, FollowedTable] = {table.kind: table for table in (OFFERS,)}
"""By kind."""
