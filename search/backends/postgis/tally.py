"""Keeping the tally: made once, moved along, compared. What it is: search.backends.postgis.tallying.

All of it under the lock of `search_epoch`, which every writer of the projection takes first.
"""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper

from search.backends.postgis.statement import Statement
from search.backends.postgis.tallying import ADVANCE, DIFFERENCES, FILL

MOST_UNTALLIED = 5_000
"""Changed documents after which a writer moves the tally along: each costs every reader a microsecond or two."""


def advance(cursor: CursorWrapper) -> None:
    """Move the tally to the current epoch and the present; make it where there is none."""
    cursor.execute("SELECT tally_epoch FROM search_epoch")
    if cursor.fetchone() == (None,):
        fill(cursor)
    else:
        _execute(cursor, ADVANCE)


def advance_if_far(cursor: CursorWrapper, *, changed: int) -> None:
    """Called by who has just changed so many documents. Where there is no tally yet, none is made: a first load goes
    on undisturbed.
    """
    cursor.execute(
        "UPDATE search_epoch SET untallied = untallied + %s RETURNING untallied, tally_epoch IS NOT NULL", [changed]
    )
    untallied, is_made = cursor.fetchone()
    if is_made and untallied >= MOST_UNTALLIED:
        _execute(cursor, ADVANCE)


def fill(cursor: CursorWrapper) -> None:
    """Make it anew from every row: seconds for a million."""
    cursor.execute("DELETE FROM search_tally")
    _execute(cursor, FILL)


def differences(cursor: CursorWrapper) -> int:
    """How many of its counts are not what the rows say; 0 where there is none."""
    cursor.execute("SELECT tally_epoch FROM search_epoch")
    if cursor.fetchone() in (None, (None,)):
        return 0
    cursor.execute(DIFFERENCES.sql, DIFFERENCES.params)
    return int(cursor.fetchone()[0])


def _execute(cursor: CursorWrapper, statement: Statement) -> None:
    cursor.execute(statement.sql, statement.params)
