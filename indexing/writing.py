"""Rows of a followed table written to an index: in requests, two on their way at once, each item looked at.

A write carries the epoch it tells of as its external version, so what is repeated, late or lost half way is harmless.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import orjson

from config.failpoints import failpoint
from indexing.parking import park, unpark
from search.backends.opensearch.client import Client, SearchEngineUnavailable
from search.backends.opensearch.followed import FOLLOWED, FollowedTable, Row
from search.models import NEVER, Generation

ROWS_AT_ONCE = 500
"""Of one request: about a megabyte."""
IN_FLIGHT = 2
"""Requests at once: while the cluster works on one, the next is made."""
ATTEMPTS = 4
BACK_OFF_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that the cluster will not take as it is, and what it said."""

    row_id: int
    document_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows were seen to, and how many of them were parked."""

    rows: int
    parked: int


def write(client: Client, generation: Generation, batches: Iterable[Sequence[Row]]) -> Written:
    """Write batches and see to what became of each row: done, or newer already, or tried again, or parked.

    Raises SearchEngineUnavailable when the cluster goes on refusing for want of room or time. Inside a transaction
    all of it is in that; outside, what is parked is kept whatever comes after.
    """
    table = FOLLOWED[generation.kind]
    waiting: deque[tuple[Sequence[Row], Future[Sequence[Refused]]]] = deque()
    rows = parked = 0

    def settle() -> None:
        nonlocal rows, parked
        batch, future = waiting.popleft()
        refused = future.result()
        failpoint("after_bulk")
        park(generation, [(each.row_id, each.document_id, each.reason) for each in refused])
        unpark(generation, {row[0] for row in batch} - {each.row_id for each in refused})
        rows, parked = rows + len(batch), parked + len(refused)

    with ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="bulk") as pool:
        for batch in filter(None, batches):
            failpoint("before_bulk")
            waiting.append((batch, pool.submit(send, client, table, generation.name, batch)))
            if len(waiting) > IN_FLIGHT:
                settle()
        while waiting:
            settle()
    return Written(rows, parked)


def send(client: Client, table: FollowedTable, index: str, rows: Sequence[Row]) -> Sequence[Refused]:
    """One request, repeated for the items that the cluster has no room for now. What it refuses for good."""
    waiting = list(rows)
    refused: list[Refused] = []
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(BACK_OFF_SECONDS * 2**attempt)
        try:
            results = client.bulk(index, b"".join(_lines(table, row) for row in waiting))
        except SearchEngineUnavailable:
            if attempt + 1 == ATTEMPTS:
                raise
            continue
        again = []
        for row, result in zip(waiting, results, strict=True):
            status = int(result["status"])
            if status == 429 or status >= 500:
                again.append(row)
            elif status >= 400 and status != 409:
                refused.append(Refused(row[0], row[1], str(result.get("error"))[:2_000]))
        waiting = again
        if not waiting:
            return refused
    raise SearchEngineUnavailable(f"{len(waiting)} of {len(rows)} documents were refused {ATTEMPTS} times.")


def _lines(table: FollowedTable, row: Row) -> bytes:
    row_id, _, added, removed = row[:4]
    version = added if removed == NEVER else removed
    # A write of the same version is taken: so a comparison can repair what differs.
    action = b'{"index":{"_id":"%d","version":%d,"version_type":"external_gte"}}\n' % (row_id, version)
    return action + orjson.dumps(table.body_of(row)) + b"\n"
