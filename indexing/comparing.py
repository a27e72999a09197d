"""An index held against the projection, row by row and digest by digest at one epoch; and what differs put right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from config.failpoints import failpoint
from indexing.leases import leased
from indexing.parking import parked_rows
from indexing.reading import digests_at, in_batches_of
from indexing.writing import ROWS_AT_ONCE, write
from search.backends.opensearch.client import UPKEEP_SECONDS, Client
from search.backends.opensearch.followed import FOLLOWED
from search.models import Generation

COMPARED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Differences:
    """Row ids, of the rows that can be asked for at one epoch."""

    compared: int
    missing: tuple[int, ...] = ()
    """In the projection alone."""
    extra: tuple[int, ...] = ()
    """In the index alone."""
    other: tuple[int, ...] = ()
    """Of another content."""
    parked: tuple[int, ...] = ()
    """Any of these, known: the index refused the row, and search_parked says why."""

    @property
    def count(self) -> int:
        """Of those that nobody knows the reason of."""
        return len(self.missing) + len(self.extra) + len(self.other)


def compare(client: Client, generation: Generation) -> Differences:
    """What a question at the generation's epoch would see in the one and not in the other.

    Changes go on meanwhile: they come at later epochs. Raises leases.EpochForgotten when this took so long, or stood
    still so long, that the epoch was forgotten all the same.
    """
    table = FOLLOWED[generation.kind]
    compared = 0
    missing: list[int] = []
    extra: list[int] = []
    other: list[int] = []
    with leased(generation.epoch) as renew:
        there = _in_index(client, generation, renew)
        held = next(there, None)
        for page in digests_at(table, generation.epoch, size=COMPARED_AT_ONCE):
            renew()
            for row, content in page:
                compared += 1
                while held is not None and held[0] < row:
                    extra.append(held[0])
                    held = next(there, None)
                if held is None or held[0] != row:
                    missing.append(row)
                    continue
                if held[1] != content:
                    other.append(row)
                held = next(there, None)
        while held is not None:
            extra.append(held[0])
            held = next(there, None)
    failpoint("after_compare")
    known = parked_rows(generation)

    def unknown(rows: list[int]) -> tuple[int, ...]:
        return tuple(row for row in rows if row not in known)

    parked = tuple(sorted(known & {*missing, *extra, *other}))
    return Differences(compared, unknown(missing), unknown(extra), unknown(other), parked)


def repair(client: Client, generation: Generation, differences: Differences) -> None:
    """Write what is missing, parked or of another content, take out what is extra, and make it seen."""
    table = FOLLOWED[generation.kind]
    wanted = sorted({*differences.missing, *differences.other, *differences.parked})
    write(client, generation, in_batches_of(table, wanted, ROWS_AT_ONCE))
    failpoint("amid_repair")
    for at in range(0, len(differences.extra), COMPARED_AT_ONCE):
        client.purge(generation.name, {"terms": {"row": list(differences.extra[at : at + COMPARED_AT_ONCE])}})
    client.refresh(generation.name)


def _in_index(client: Client, generation: Generation, renew: Callable[[], None]) -> Iterator[tuple[int, str]]:
    body: dict[str, Any] = {
        "query": {
            "bool": {
                "must_not": [
                    {"range": {"added": {"gt": generation.epoch}}},
                    {"range": {"removed": {"lte": generation.epoch}}},
                ]
            }
        },
        "sort": [{"row": "asc"}],
        "size": COMPARED_AT_ONCE,
        "_source": False,
        "docvalue_fields": ["row", "content"],
        "track_total_hits": False,
    }
    while True:
        found = client.search(generation.name, body, timeout_seconds=UPKEEP_SECONDS).get("hits", {}).get("hits", [])
        renew()
        for hit in found:
            yield hit["fields"]["row"][0], hit["fields"]["content"][0]
        if len(found) < COMPARED_AT_ONCE:
            return
        body["search_after"] = found[-1]["sort"]
