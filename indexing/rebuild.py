"""Build every document anew, while the relay goes on: each batch is one transaction that also says how far it is.

Versions keep the order between a rebuild and the relay, so both may run at once. What the database no longer has is
walked over too, and goes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import DatabaseError

from config.errors import CodedError
from config.failpoints import failpoint
from indexing.facts import BATCH_LIMIT
from indexing.halving import each_by_halves
from indexing.keys import in_batches, known_anywhere
from indexing.models import Chore
from indexing.patience import patient_transaction
from indexing.placing import lock_branches, place
from listings import changes
from listings.models import Change
from search.backends.base import SearchBackend

CHORE = "rebuild"


class RebuildRuns(CodedError):
    """`manage.py rebuild_index` already runs in another process."""

    code = "rebuild_runs"
    only_commands = True
    status = 409
    title = "Another rebuild is running"


@dataclass
class Progress:
    """How far a rebuild is. `after` is the last branch done; None: at the beginning."""

    after: UUID | None = None
    branches: int = 0
    documents: int = 0
    gone: int = 0
    failed: int = 0


def unfinished() -> Progress | None:
    """Where an interrupted rebuild got to."""
    chore = Chore.objects.filter(name=CHORE).first()
    if chore is None or not chore.progress:
        return None
    return Progress(**{**chore.progress, "after": UUID(chore.progress["after"])})


def rebuild(backend: SearchBackend, *, progress: Progress, tell: Callable[[Progress], None]) -> Progress:
    """Rebuild all branches behind `progress.after`; `tell` is called after each batch is committed.

    A branch that cannot be built is left to the relay, which tries again and parks it with the reason.
    """
    Chore.objects.get_or_create(name=CHORE)
    for batch in in_batches(known_anywhere(backend, after=progress.after), BATCH_LIMIT):
        with patient_transaction():
            chore = _only_one()

            def act(keys: Sequence[UUID]) -> None:
                placed = place(backend, keys)
                progress.documents += placed.documents
                progress.gone += placed.gone

            def leave(key: UUID, _error: Exception) -> None:
                changes.record(topic=Change.Topic.BRANCH, keys=[key])
                progress.failed += 1

            lock_branches(batch)
            each_by_halves(batch, act, failed=leave)
            progress.after = batch[-1]
            progress.branches += len(batch)
            chore.progress = {**vars(progress), "after": str(progress.after)}
            chore.save()
            failpoint("rebuild_before_commit")
        failpoint("rebuild_after_commit")
        tell(progress)
    Chore.objects.filter(name=CHORE).update(progress={})
    return progress


def _only_one() -> Chore:
    try:
        return Chore.objects.select_for_update(nowait=True).get(name=CHORE)
    except DatabaseError:
        raise RebuildRuns from None
