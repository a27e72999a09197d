"""A new index beside the one that serves, filled from the projection, compared with it, and put in its place.

Live changes reach both all the while, for both follow; searches go to the old one until the moment of the swap, and
epochs mean the same in both, so that cursors outlive it. An interrupted rebuild goes on where its checkpoint is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from indexing.follower import drop_generation, follow, make_generation, write
from search.backends.opensearch import mapping
from search.backends.opensearch.client import UPKEEP_SECONDS, Client
from search.document import SCHEMA
from search.models import Generation, Parked

ROWS_AT_ONCE = 5_000


class NotTheSame(RuntimeError):
    """The new index does not hold what the projection does; the old one goes on serving."""


@dataclass(frozen=True, slots=True)
class Differences:
    """Row ids, of the rows that can be asked for at one epoch."""

    compared: int
    missing: tuple[int, ...]
    """In the projection alone."""
    extra: tuple[int, ...]
    """In the index alone."""
    other: tuple[int, ...]
    """Of another content."""

    @property
    def count(self) -> int:
        return len(self.missing) + len(self.extra) + len(self.other)


def rebuild(client: Client, *, restart: bool, tell: Callable[[Generation], None]) -> Generation:
    """The generation that serves afterwards. Raises NotTheSame, or SearchEngineUnavailable (run it again later)."""
    building = Generation.objects.filter(is_serving=False).order_by("name").last()
    if building is not None and (restart or not _is_of_this_code(building)):
        drop_generation(client, building.name)
        building = None
    if building is None:
        building = make_generation(client, is_serving=False)
    name = building.name
    while True:
        follow(client)
        building = Generation.objects.get(name=name)
        tell(building)
        if building.true_at is not None:
            break
    differing = compare(client, building)
    if differing.count:
        raise NotTheSame(f"{differing.count} of {differing.compared} documents differ in {name}.")
    with transaction.atomic():
        old = list(Generation.objects.select_for_update().filter(is_serving=True))
        Generation.objects.filter(is_serving=True).update(is_serving=False)
        Generation.objects.filter(name=name).update(is_serving=True)
    for generation in old:
        drop_generation(client, generation.name)
    return Generation.objects.get(name=name)


def _is_of_this_code(generation: Generation) -> bool:
    return (generation.mapping_number, generation.schema) == (mapping.MAPPING_NUMBER, SCHEMA)


def compare(client: Client, generation: Generation) -> Differences:
    """What a question at the generation's epoch would see in the one and not in the other, by row and digest."""
    there = _in_index(client, generation)
    compared = 0
    missing: list[int] = []
    extra: list[int] = []
    other: list[int] = []
    held = next(there, None)
    for row, content in _in_projection(generation.epoch):
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
    return Differences(compared, tuple(missing), tuple(extra), tuple(other))


def repair(client: Client, generation: Generation, differences: Differences) -> None:
    """Write what is missing or of another content, take out what is extra, and make it seen."""
    wanted = sorted({*differences.missing, *differences.other})
    for at in range(0, len(wanted), ROWS_AT_ONCE):
        some = wanted[at : at + ROWS_AT_ONCE]
        Parked.objects.filter(generation=generation, row_id__in=some).delete()  # what is refused again is parked again
        write(client, generation, _rows(some))
    for at in range(0, len(differences.extra), ROWS_AT_ONCE):
        client.purge(generation.name, {"terms": {"row": list(differences.extra[at : at + ROWS_AT_ONCE])}})
    client.refresh(generation.name)


def _in_projection(epoch: int) -> Iterator[tuple[int, str]]:
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT row_id, content::text FROM search_offer"
                " WHERE added_epoch <= %s AND removed_epoch > %s AND row_id > %s ORDER BY row_id LIMIT %s",
                [epoch, epoch, after, ROWS_AT_ONCE],
            )
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < ROWS_AT_ONCE:
            return
        after = rows[-1][0]


def _in_index(client: Client, generation: Generation) -> Iterator[tuple[int, str]]:
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
        "size": ROWS_AT_ONCE,
        "_source": False,
        "docvalue_fields": ["row", "content"],
        "track_total_hits": False,
    }
    while True:
        found = client.search(generation.name, body, timeout_seconds=UPKEEP_SECONDS).get("hits", {}).get("hits", [])
        for hit in found:
            yield hit["fields"]["row"][0], hit["fields"]["content"][0]
        if len(found) < ROWS_AT_ONCE:
            return
        body["search_after"] = found[-1]["sort"]


def _rows(ids: Sequence[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"{mapping.SELECT} WHERE row_id = ANY(%s)", [list(ids)])
        return cursor.fetchall()
