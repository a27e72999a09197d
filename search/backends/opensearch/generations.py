"""Which index answers, and how true it is: rows of PostgreSQL that the follower writes and readers look at."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import inf

from django.db import connection

from search.backends.opensearch.followed import OFFERS, FollowedTable

LOOK_EVERY_SECONDS = 0.25
"""How old a reader's knowledge may be: so much later can a change be searched."""


@dataclass(frozen=True, slots=True)
class Serving:
    """The index that answers."""

    index: str
    epoch: int
    """All changes up to it can be searched."""
    oldest: int
    """The oldest state that is held."""
    behind_seconds: float
    """How long ago it last held everything; 0 while it does, infinite when it never did."""


def serving(table: FollowedTable = OFFERS) -> Serving | None:
    """None where no index is made, or only one of another mapping or schema."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.name, g.epoch, coalesce(e.oldest, 0),"
            " CASE WHEN g.true_at IS NOT NULL AND g.epoch >= coalesce(e.current, 0) THEN 0"
            " ELSE extract(epoch FROM clock_timestamp() - g.true_at)::float8 END"
            " FROM search_generation g LEFT JOIN search_epoch e ON TRUE"
            " WHERE g.is_serving AND g.kind = %s AND g.mapping_number = %s AND g.schema = %s",
            [table.kind, table.number, table.schema],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    name, epoch, oldest, behind = row
    return Serving(name, epoch, oldest, inf if behind is None else max(0.0, behind))


class Lookout:
    """`serving()`, looked up again when what is known is older than `every_seconds`."""

    def __init__(self, *, every_seconds: float = LOOK_EVERY_SECONDS) -> None:
        self._every = every_seconds
        self._known: Serving | None = None
        self._looked_at = -inf

    def serving(self) -> Serving | None:
        return self.look() if time.monotonic() - self._looked_at >= self._every else self._known

    def look(self) -> Serving | None:
        """As it is now."""
        self._known, self._looked_at = serving(), time.monotonic()
        return self._known
