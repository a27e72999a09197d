"""rebuild_index and check_index: drift of every kind is found, told, repaired, and never guessed."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from indexing.drift import compare_all
from indexing.engines import engine
from indexing.queue import queue_state
from indexing.relay import drain_all
from listings.models import Branch, Change
from search.document import place_id
from tests.factories import BranchFactory, DealFactory

pytestmark = pytest.mark.django_db


def run(command, *arguments):
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def branches():
    made = [BranchFactory() for _ in range(3)]
    DealFactory(merchant=made[0].merchant, valid_from=datetime(2020, 1, 1, tzinfo=UTC), valid_until=FAR)
    drain_all(engine())
    return made


FAR = datetime(2999, 1, 1, tzinfo=UTC)


def behind_its_back(statement, *params):
    """A write that the change feed does not see, as TRUNCATE or a restored backup is."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, params)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_an_index_that_is_true(branches):
    assert "4 documents compared, 0 differ, 0 branches in flight" in run("check_index")


def test_what_waits_is_no_drift_and_a_repair_acts_on_it(branches):
    Branch.objects.update(name="New")
    assert "3 branches in flight" in run("check_index")
    assert "4 documents compared, 0 differ, 0 branches in flight" in run("check_index", "--repair")
    assert {each.card["name"] for each in engine().read([branch.id for branch in branches])} == {"New"}


def test_drift_of_every_kind_is_told_and_repaired(branches):
    renamed, deleted, lost = branches[0], branches[1], branches[2]
    behind_its_back("UPDATE listings_branch SET name = 'Other' WHERE id = %s", renamed.id)
    behind_its_back("DELETE FROM listings_branch WHERE id = %s", deleted.id)
    behind_its_back("DELETE FROM search_offer WHERE branch_id = %s", lost.id)
    found = {each.document_id: each.what for compared in compare_all(engine()) for each in compared.differences}
    assert found.pop(place_id(renamed.id)) == "terms,card"
    assert (found.pop(place_id(deleted.id)), found.pop(place_id(lost.id))) == ("extra", "missing")
    assert list(found.values()) == ["terms,card"]  # the deal at the renamed one
    with pytest.raises(CommandError, match="--repair"):
        run("check_index")
    run("check_index", "--repair")
    assert "0 differ" in run("check_index")


def test_what_is_on_its_way_is_late_and_not_lost(branches):
    Branch.objects.update(name="New")
    assert "0 differ, 3 branches in flight" in run("check_index")


def test_a_rebuild_makes_all_anew_and_removes_what_is_no_more(branches):
    behind_its_back("UPDATE listings_branch SET name = 'Other'")
    behind_its_back("DELETE FROM listings_branch WHERE id = %s", branches[1].id)
    Change.objects.all().delete()
    assert "3 branches, 3 documents, 1 gone" in run("rebuild_index")
    assert "0 differ" in run("check_index")


def test_a_rebuild_leaves_what_cannot_be_built_to_the_relay(branches):
    behind_its_back("UPDATE listings_branch SET photos = '17' WHERE id = %s", branches[1].id)
    with pytest.raises(CommandError, match="1 branches could not be built"):
        run("rebuild_index", "--restart")
    assert list(Change.objects.values_list("key", flat=True).filter(topic="branch")) == [branches[1].id]


def test_what_an_operator_sees_of_the_queue(branches, client):
    before = queue_state()
    assert (before.due, before.lag_seconds, before.parked) == (0, 0.0, 0)
    Branch.objects.update(name="New")
    Change.objects.filter(key=branches[0].id).update(parked_at=datetime(2026, 1, 1, tzinfo=UTC))
    Change.objects.filter(key=branches[1].id).update(due_at=datetime.now(UTC) - timedelta(minutes=2))
    state = queue_state()
    assert (state.due, state.parked) == (2, 1)
    assert 119 < state.lag_seconds < 150
    assert client.get("/readyz").json()["parts"]["relay"] == "degraded"
    shown = client.get("/metrics").text
    assert "vicinity_feed_due 2.0" in shown
    assert "vicinity_feed_parked 1.0" in shown


def test_a_tally_that_is_wrong_is_told_and_counted_anew(branches):
    run("rebuild_index")
    assert "of the tally" not in run("check_index")
    behind_its_back("UPDATE search_tally SET documents = documents + 1 WHERE level = 3")
    with pytest.raises(CommandError, match="The tally differs"):
        run("check_index")
    assert "counted anew, 0 differ" in run("check_index", "--repair")
    assert "of the tally" not in run("check_index")
