"""Bring an engine's documents of some branches to the current state: version, read, build, apply, verify."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection

from config.failpoints import failpoint
from indexing.builder import documents_of
from indexing.facts import read_branches
from indexing.versions import take_version
from search.backends.base import SearchBackend

LOCK_CLASS = 0x56494349
"""The first half of our advisory locks' number; the second half is the branch id's first four bits."""


class NotHeld(Exception):
    """The engine took documents and then did not have them. They are not acknowledged."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What was brought up to date."""

    documents: int
    gone: int


def lock_branches(branch_ids: Collection[UUID]) -> None:
    """Keep every other placing of these branches out until this transaction ends. Call once, before `place`.

    Which documents are to go is decided by what the engine holds; without the lock, a slower relay could bring in a
    document (built before a deal ended) just after a faster one saw that there was none to remove.
    """
    shards = sorted({branch_id.int >> 124 for branch_id in branch_ids})  # one order for all, so no deadlock
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, shard) FROM unnest(%s::int[]) AS shard", [LOCK_CLASS, shards])


def place(backend: SearchBackend, branch_ids: Collection[UUID]) -> Placed:
    """Rebuild all documents of at most facts.BATCH_LIMIT branches, which `lock_branches` holds.

    Raises NotHeld when the engine does not show what it was given.
    """
    version, now = take_version()
    failpoint("after_version")
    branches = read_branches(branch_ids, now=now)
    failpoint("after_read")
    documents = [
        document
        for branch in branches
        for document in documents_of(branch, now=now, horizon_days=settings.OPENING_HORIZON_DAYS)
    ]
    wanted = {document.id for document in documents}
    gone = backend.held(branch_ids).keys() - wanted
    failpoint("before_apply")
    backend.apply(documents, gone=gone, version=version)
    failpoint("after_apply")
    held = backend.held(branch_ids)
    if any(held.get(id_, -1) < version for id_ in wanted) or any(held.get(id_, version) < version for id_ in gone):
        raise NotHeld(f"Of {len(wanted)} documents applied at version {version}, {len(wanted & held.keys())} are held.")
    failpoint("after_verify")
    return Placed(len(documents), len(gone))
