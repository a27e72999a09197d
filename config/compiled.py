"""Reads whose SQL is made once: a queryset costs milliseconds of Python to turn into SQL, which what every request
reads need not pay each time.

    SERVICE = CompiledRead(lambda id: Service.objects.select_related("branch", "deal").filter(id=id))
    service = SERVICE.first(id=service_id)

The queryset is the only definition: its compiler's SQL and its way from rows to models are kept and used again with
other ids. Each thread keeps its own, as a compiler belongs to its thread's connection.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=Model)
MOST_SHAPES = 200
"""Kept of one read in one thread: one for each count of ids that was asked for. Past that all are made anew."""


@dataclass(slots=True)
class _Shape(Generic[M]):
    """`places` says which of `params` is which id: the name of the argument, and the place in its collection."""

    queryset: QuerySet[M]
    compiler: Any
    sql: str
    params: Sequence[Any]
    places: dict[int, tuple[str, int]]


class CompiledRead(Generic[M]):
    """The queryset that `build` makes of its arguments: each an id, or a collection of ids that is compared by `__in`.

    What `build` makes may depend on nothing but how many ids a collection has, and uses each of them.
    """

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        self._build = build
        self._kept = threading.local()

    def all(self, **given: UUID | Collection[UUID]) -> list[M]:
        """What the queryset gives for these, in its order; nothing where a collection is empty. One query."""
        ids = {name: [one] if isinstance(one, UUID) else sorted(set(one)) for name, one in given.items()}
        if not all(ids.values()):
            return []
        single = frozenset(name for name, one in given.items() if isinstance(one, UUID))
        shape = self._shape({name: len(several) for name, several in ids.items()}, single)
        if shape.queryset.query.select_for_update and not shape.compiler.connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked inside a transaction only.")
        params = list(shape.params)
        for place, (name, nth) in shape.places.items():
            params[place] = ids[name][nth]
        shape.compiler.as_sql = lambda *_, **__: (shape.sql, tuple(params))
        return list(ModelIterable(shape.queryset))

    def first(self, **given: UUID | Collection[UUID]) -> M | None:
        """The first of `all`: say in the queryset which that is, or that there is one. One query."""
        return next(iter(self.all(**given)), None)

    def _shape(self, counts: dict[str, int], single: frozenset[str]) -> _Shape[M]:
        shapes: dict[Any, _Shape[M]] = self._kept.__dict__
        key = repr((sorted(counts.items()), sorted(single)))
        kept = shapes.get(key)
        if kept is None or kept.compiler.connection is not connections[DEFAULT_DB_ALIAS]:
            if len(shapes) >= MOST_SHAPES:
                shapes.clear()
            kept = shapes[key] = self._made(counts, single)
        return kept

    def _made(self, counts: dict[str, int], single: frozenset[str]) -> _Shape[M]:
        marks = {name: [uuid4() for _ in range(count)] for name, count in counts.items()}
        names = {mark: (name, nth) for name, several in marks.items() for nth, mark in enumerate(several)}
        queryset = self._build(**{name: several[0] if name in single else several for name, several in marks.items()})
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        places = {
            place: names[param] for place, param in enumerate(params) if isinstance(param, UUID) and param in names
        }
        if set(places.values()) != set(names.values()):
            raise TypeError("Each argument must be compared as it is: else its id is not found among the parameters.")
        queryset.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        return _Shape(queryset, compiler, sql, params, places)
