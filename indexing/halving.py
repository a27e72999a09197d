"""Do many things at once; where that fails, find the ones at fault by halving."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import psycopg
from django.db import InterfaceError, OperationalError, transaction
from psycopg.errors import ProgramLimitExceeded, QueryCanceled

from config.errors import RetryableError

T = TypeVar("T")


def each_by_halves(
    items: Sequence[T], act: Callable[[Sequence[T]], None], *, failed: Callable[[T, Exception], None]
) -> int:
    """`act` on all items in a savepoint, else on each half, down to single items, for which `failed` is called.

    How many failed. What would make everything fail alike (the database or the engine is away) is raised instead.
    """
    if not items:
        return 0
    failure = None
    try:
        with transaction.atomic():
            act(items)
    except Exception as error:
        if is_outage(error):
            raise
        failure = error
    if failure is None:
        return 0
    if len(items) > 1:
        middle = len(items) // 2
        return each_by_halves(items[:middle], act, failed=failed) + each_by_halves(items[middle:], act, failed=failed)
    failed(items[0], failure)
    return 1


def is_outage(error: Exception) -> bool:
    """Whether everything would fail alike just now. What ran too long or is too large for PostgreSQL (which calls that
    operational too) is its item's own fault.
    """
    # Django does not translate what is raised in COPY.
    if isinstance(error, OperationalError | InterfaceError | psycopg.OperationalError | psycopg.InterfaceError):
        said = error if isinstance(error, psycopg.Error) else error.__cause__
        return not isinstance(said, QueryCanceled | ProgramLimitExceeded)
    return isinstance(error, RetryableError)
