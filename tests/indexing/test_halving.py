"""What is everybody's trouble is raised, what is one item's own is not, whichever way PostgreSQL said it."""

import pytest
from django.db import connection, transaction

from config.errors import RetryableError
from indexing.halving import each_by_halves, is_outage

pytestmark = pytest.mark.django_db

RAISE = "DO $$ BEGIN RAISE EXCEPTION 'as told' USING ERRCODE = '{}'; END $$"
TOO_LONG_A_WORD = "SELECT repeat('a', 3000)::tsvector"


def said_by_django(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def said_by_the_driver(sql):
    """As from COPY, whose errors Django does not translate."""
    connection.connection.execute(sql)


@pytest.mark.parametrize("say", [said_by_django, said_by_the_driver])
@pytest.mark.parametrize(
    ("sql", "outage"),
    [
        (RAISE.format("53100"), True),  # disk full
        (RAISE.format("57P01"), True),  # administrator shutdown
        (RAISE.format("40P01"), True),  # deadlock
        (RAISE.format("55P03"), True),  # lock timeout
        (RAISE.format("57014"), False),  # statement timeout
        (RAISE.format("22001"), False),
        (TOO_LONG_A_WORD, False),
    ],
)
def test_an_outage_is_told_from_an_item_at_fault(say, sql, outage):
    connection.ensure_connection()
    with pytest.raises(Exception) as caught, transaction.atomic():
        say(sql)
    assert is_outage(caught.value) is outage


def test_an_engine_that_asks_to_be_tried_again_is_an_outage():
    assert is_outage(RetryableError("away"))


def test_a_full_disk_costs_no_item_an_attempt():
    def act(_items):
        said_by_the_driver(RAISE.format("53100"))

    failed = []
    with pytest.raises(Exception, match="as told"):
        each_by_halves([1, 2, 3], act, failed=lambda item, _: failed.append(item))
    assert failed == []
