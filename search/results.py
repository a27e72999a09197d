"""What comes back: hits in order, with what made the order, and the counts beside them. Pure.

Facets count what matches the same question, each value once a document; a value that no document has is left out.

- KIND        `place`, `deal`
- CATEGORY    every slug on the path of the document's category, the root included
- RATING      `3.0`, `3.5`, `4.0`, `4.5`: documents whose shrunk rating is at least that
- PRICE       `EUR:1000`: documents of that currency with a price in the band that begins there, up to the next band
- DISCOUNT    `10`, `20`, `30`, `50`: documents with a discount of at least that many percent
- ATTRIBUTE   the attribute's name
- OPEN_NOW    `true`, `false`, `unknown`, at `as_of`
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from search.document import Mode
from search.query import Facet, SearchQuery
from search.ranking import Facts
from search.serving import Served, served_in
from search.text import Tier

RATING_STEPS = (3.0, 3.5, 4.0, 4.5)
"""The rating facet counts documents at or above each."""
DISCOUNT_STEPS_PERCENT = (10, 20, 30, 50)
PRICE_STEPS_MINOR = (0, 1_000, 2_000, 5_000, 10_000, 20_000)
"""The price facet's bands begin here, in minor units, each by currency."""

SortKey = tuple[float | int | str, ...]
"""The values that order a hit, best first by plain ascending comparison; the last is the id, so no two are equal."""


def served_of(query: SearchQuery, document_id: str, *, mode: Mode | None, metres: float | None) -> tuple[Served, ...]:
    """What a hit says of the address, from the bands in the question. `metres`: its distance from the address."""
    serves, visited = query.serves, query.visited
    if serves is None:
        return ()
    is_near = visited is None or (metres is not None and metres <= visited.radius_metres)
    branch = UUID(document_id.rpartition(":")[2])
    return served_in(serves.modes, serves.found, branch_id=branch, mode=mode, is_near=is_near)


@dataclass(frozen=True, slots=True)
class Hit:
    """One document in the answer."""

    id: str
    card: bytes
    """The document's card as JSON text, shown as it is."""
    tier: Tier
    score: float
    facts: Facts
    """What the score was made from."""
    open_now: bool | None
    """At `as_of`; None: hours not known."""
    sort_key: SortKey
    served: tuple[Served, ...] = ()
    """The ways in which it serves the address that was asked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """Hits in order with the exact total of all that match. `next_after` is the last hit's key where more follow."""

    hits: tuple[Hit, ...]
    total: int
    epoch: int
    """The state of the index that was read: later pages of the same question read the same one."""
    next_after: SortKey | None
    facets: Mapping[Facet, Mapping[str, int]] = field(default_factory=dict)
    total_is_exact: bool = True
    backend: str = ""
    """Which engine answered, where more than one may; else empty."""
    degraded: bool = False
    """The fallback answered."""


CELL_RESOLUTION = 12
"""The H3 resolution of a document's cell. Coarser clusters are its ancestors, so that a cluster's children sum to it as
the map zooms in. About 19 m across: finer than any map asks for."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """An H3 cell with how many documents of the question have it above their own, and where the middle of those is."""

    cell: int
    count: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Clusters:
    cells: tuple[Cluster, ...]
    total: int
    epoch: int
    backend: str = ""
    degraded: bool = False
