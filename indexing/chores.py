"""Work that time asks for: laying out hours further ahead, letting go of old states. Done by whichever worker is first.

When a chore was last done is a row; its lock keeps two workers off one chore, and a worker that dies leaves it undone
for the next. No scheduler process is needed, and a broker that forgets everything forgets nothing of this.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from config.failpoints import failpoint
from indexing.horizon import STEP_DAYS, day_of, moved_since
from indexing.models import Chore
from indexing.patience import patient_transaction
from search.backends.base import SearchBackend

REFRESH_SPREAD = timedelta(hours=1)
"""The rebuilds that a new day asks for are spread over this time, so that changes do not queue behind them."""

OVERDUE = timedelta(minutes=5)
"""A chore that has waited for so long behind its time is done by nobody."""


@dataclass(frozen=True, slots=True)
class Duty:
    """`do` gets the engine, the chore's row (locked; its progress may be changed) and the database's time."""

    every: timedelta
    do: Callable[[SearchBackend, Chore, datetime], None]


def refresh_hours(backend: SearchBackend, chore: Chore, now: datetime) -> None:  # noqa: ARG001  a duty's signature
    """Ask for a rebuild of the branches whose window moved since the day this was last done; of all the first time.

    The first worker may begin days after the documents were built.
    """
    last_day = int(chore.progress.get("day", day_of(now) - STEP_DAYS))
    phases = moved_since(last_day, now=now)
    chore.progress["day"] = max(last_day, day_of(now))
    failpoint("before_refresh")
    if not phases:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO listings_change (topic, key, due_at)"
            " SELECT 'branch', id, now() + random() * make_interval(secs => %s) FROM listings_branch"
            " WHERE (closed_at IS NULL OR closed_at > now()) AND opening_hours <> ''"
            " AND ('x' || right(id::text, 4))::bit(16)::int %% %s = ANY(%s)",
            [REFRESH_SPREAD.total_seconds(), STEP_DAYS, sorted(phases)],
        )


def forget_old_states(backend: SearchBackend, chore: Chore, now: datetime) -> None:  # noqa: ARG001  a duty's signature
    backend.forget()
    failpoint("after_forget")


DUTIES: dict[str, Duty] = {
    "refresh_hours": Duty(timedelta(minutes=1), refresh_hours),
    "forget_old_states": Duty(timedelta(minutes=1), forget_old_states),
}


def sweep(backend: SearchBackend, *, duties: dict[str, Duty] = DUTIES) -> list[str]:
    """Do each chore that is due and that nobody else is doing, each in its own transaction. The names of those done."""
    done = []
    for name, duty in duties.items():
        Chore.objects.get_or_create(name=name, defaults={"done_at": datetime(1970, 1, 1, tzinfo=UTC)})
        with patient_transaction():
            now = _now()
            due: dict[str, Any] = {"name": name, "done_at__lte": now - duty.every}
            chore = Chore.objects.select_for_update(skip_locked=True).filter(**due).first()
            if chore is None:
                continue
            duty.do(backend, chore, now)
            chore.done_at = now
            chore.save()
        done.append(name)
    return done


def are_done() -> bool:
    """Whether every chore that was ever done was done of late. False when no worker has run for OVERDUE."""
    overdue = _now() - OVERDUE
    return not Chore.objects.filter(name__in=DUTIES, done_at__lt=overdue).exists()


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now: datetime = cursor.fetchone()[0]
    return now.astimezone(UTC)
