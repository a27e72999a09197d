"""How far ahead a branch's hours are laid out in its documents. Pure.

The window is a function of the branch and the day, so that two builds on one day are equal and drift can be seen. It
moves on by `STEP_DAYS` at a time, for a sixth of the branches each day, so that a day's refresh is a sixth of the work.
The refresh comes some time into the day of the move; until it is over the hours reach `MARGIN_DAYS` less than
`OPENING_HORIZON_DAYS` ahead, which is what may be asked.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

STEP_DAYS = 6
MARGIN_DAYS = STEP_DAYS + 1
DAY_MINUTES = 1440
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def day_of(now: datetime) -> int:
    """Days since 1970-01-01 UTC."""
    return (now - _EPOCH).days


def phase_of(branch_id: UUID) -> int:
    """On which of the STEP_DAYS days the branch's window moves: when `day_of(now) % STEP_DAYS` is this."""
    return (branch_id.int & 0xFFFF) % STEP_DAYS


def window_minutes(branch_id: UUID, *, now: datetime, horizon_days: int) -> tuple[int, int]:
    """The window as half-open UTC minutes since 1970.

    On the day it moves, until the refresh, a document still has the window before. That holds horizon - MARGIN days
    from now all the same.
    """
    day = day_of(now)
    first = day - (day - phase_of(branch_id)) % STEP_DAYS
    return first * DAY_MINUTES, (first + horizon_days) * DAY_MINUTES


def moved_since(last_day: int, *, now: datetime) -> frozenset[int]:
    """The phases whose windows moved after `last_day` (exclusive) up to today."""
    today = day_of(now)
    return frozenset(day % STEP_DAYS for day in range(max(last_day + 1, today - STEP_DAYS + 1), today + 1))
