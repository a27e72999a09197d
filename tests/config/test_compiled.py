"""A compiled read gives what its queryset gives, each time, for each value; and its SQL is made once in a thread."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from config.compiled import CompiledRead
from listings.models import Branch
from tests.factories import BranchFactory

pytestmark = pytest.mark.django_db


def read_branches() -> CompiledRead[Branch]:
    return CompiledRead(lambda ids: Branch.objects.select_related("merchant").filter(id__in=ids).order_by("name"))


def shown(branches) -> list:
    return [
        {key: value for key, value in vars(one).items() if key != "_state"}
        for branch in branches
        for one in (branch, branch.merchant)
    ]


def test_it_gives_what_the_queryset_gives_with_what_belongs_to_it(django_assert_num_queries):
    made = [BranchFactory(name=name) for name in ("c", "a", "b")]
    read, wanted = read_branches(), Branch.objects.select_related("merchant")
    for count in (1, 2, 3, 2):
        ids = [branch.id for branch in made[:count]]
        with django_assert_num_queries(1):
            found = read.all(ids=ids)
            told = shown(found)
        assert told == shown(wanted.filter(id__in=ids).order_by("name"))
        assert [one._state.adding for one in found] == [False] * count
    assert read.all(ids=[uuid4()]) == []
    with django_assert_num_queries(0):
        assert read.all(ids=[]) == []


def test_the_same_id_twice_is_one():
    branch = BranchFactory()
    assert read_branches().all(ids=[branch.id, branch.id]) == [branch]


def test_what_has_changed_is_read_anew():
    branch = BranchFactory(name="before")
    read = CompiledRead(lambda branch: Branch.objects.filter(id=branch))
    first = read.first(branch=branch.id)
    Branch.objects.filter(id=branch.id).update(name="after")
    second = read.first(branch=branch.id)
    assert (first.name, second.name) == ("before", "after")
    assert first is not second


def test_sql_is_made_once_for_each_count_of_ids_in_each_thread(monkeypatch):
    made, compile_once = [], SQLCompiler.as_sql

    def counted(self, *arguments, **named):
        made.append(threading.get_ident())
        return compile_once(self, *arguments, **named)

    monkeypatch.setattr(SQLCompiler, "as_sql", counted)
    read = read_branches()

    def twice(count: int) -> None:
        for _ in range(2):
            read.all(ids=[uuid4() for _ in range(count)])

    twice(1)
    twice(2)
    assert len(made) == 2

    def elsewhere() -> None:
        twice(1)
        connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert len(made) == 3
    assert made[2] != made[0]


def test_rows_are_locked_inside_a_transaction_only(transactional_db):
    read = CompiledRead(lambda branch: Branch.objects.select_for_update().filter(id=branch))
    branch = BranchFactory()
    with transaction.atomic():
        assert read.first(branch=branch.id) == branch
    with pytest.raises(TransactionManagementError):
        read.first(branch=branch.id)


def test_an_argument_that_is_not_compared_is_refused():
    read = CompiledRead(lambda branch: Branch.objects.all())  # noqa: ARG005
    with pytest.raises(TypeError, match="compared"):
        read.first(branch=uuid4())
