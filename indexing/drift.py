"""Compare what an engine holds with what the database would build now, document by document."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from uuid import UUID

from django.conf import settings
from django.db import connection

from indexing.builder import documents_of
from indexing.facts import BATCH_LIMIT, read_branches
from indexing.keys import in_batches, known_anywhere
from indexing.patience import patient_transaction
from indexing.versions import database_time
from search.backends.base import SearchBackend
from search.document import OfferDocument

_FIELDS = tuple(field.name for field in fields(OfferDocument))

# Whoever changed a branch, or a deal at it, has a row in the feed until the engine shows the change.
_IN_FLIGHT = """
SELECT key FROM listings_change WHERE topic = 'branch' AND parked_at IS NULL AND key = ANY(%(branches)s)
UNION
SELECT branch.id FROM listings_change AS change
JOIN deals_deal AS deal ON deal.id = change.key
JOIN listings_branch AS branch ON branch.merchant_id = deal.merchant_id
WHERE change.topic = 'deal' AND change.parked_at IS NULL AND change.due_at <= clock_timestamp()
  AND branch.id = ANY(%(branches)s)
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """One document in which engine and database disagree though no change is on its way."""

    document_id: str
    branch_id: UUID
    what: str
    """`missing` in the engine, `extra` in it, or the names of the fields that differ, by comma."""

    def __str__(self) -> str:
        return f"{self.document_id}: {self.what}"


@dataclass(frozen=True, slots=True)
class Compared:
    """One batch: how many documents were looked at, and how they differ."""

    documents: int
    in_flight: int
    """Branches that differ while a change of theirs waits in the feed: late, not lost."""
    differences: tuple[Difference, ...]


def compare_all(backend: SearchBackend) -> Iterator[Compared]:
    for batch in in_batches(known_anywhere(backend), BATCH_LIMIT):
        yield compare(backend, batch)


def compare(backend: SearchBackend, branch_ids: Collection[UUID]) -> Compared:
    """At most facts.BATCH_LIMIT branches, all read at one moment."""
    with patient_transaction(snapshot=True):
        held = backend.read(branch_ids)
        now = database_time()
        built = [
            document
            for branch in read_branches(branch_ids, now=now)
            for document in documents_of(branch, now=now, horizon_days=settings.OPENING_HORIZON_DAYS)
        ]
        found = list(differences(built, held))
        in_flight = _in_flight({difference.branch_id for difference in found}) if found else set()
    drifted = tuple(difference for difference in found if difference.branch_id not in in_flight)
    return Compared(len(built), len(in_flight), drifted)


def _in_flight(branch_ids: Collection[UUID]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_IN_FLIGHT, {"branches": list(branch_ids)})
        return {branch for (branch,) in cursor.fetchall()}


def differences(built: Sequence[OfferDocument], held: Sequence[OfferDocument]) -> Iterator[Difference]:
    """By document id."""
    wanted = {document.id: document for document in built}
    there = {document.id: document for document in held}
    for id_ in sorted(wanted.keys() | there.keys()):
        one, other = wanted.get(id_), there.get(id_)
        if one is None:
            yield Difference(id_, there[id_].branch_id, "extra")
        elif other is None:
            yield Difference(id_, one.branch_id, "missing")
        elif one != other:
            names = [name for name in _FIELDS if getattr(one, name) != getattr(other, name)]
            yield Difference(id_, one.branch_id, ",".join(names))
