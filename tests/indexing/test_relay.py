"""A committed change reaches the engine, whatever it is, and a bad one holds up no other."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import OperationalError, connection

from deals.models import Deal, DealBranch
from indexing import patience, relay
from indexing.relay import Drained, drain, drain_all
from listings.models import Branch, Change
from search.document import deal_id, place_id
from tests.factories import BranchFactory, DealFactory, MerchantFactory

pytestmark = pytest.mark.django_db

BEGUN, FAR = datetime(2020, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)


def live_deal(**fields):
    return DealFactory(**{"valid_from": BEGUN, "valid_until": FAR, **fields})


def ids(backend, *branches):
    return sorted(backend.held([branch.id for branch in branches]))


def make_due(**fields):
    Change.objects.filter(**fields).update(due_at=datetime(2000, 1, 1, tzinfo=UTC))


def test_a_new_branch_and_its_deal_are_found(backend, settle):
    branch = BranchFactory()
    deal = live_deal(merchant=branch.merchant)
    settle()
    assert ids(backend, branch) == sorted([place_id(branch.id), deal_id(deal.id, branch.id)])
    assert Change.objects.filter(due_at__lt=FAR).count() == 0


def test_documents_say_what_the_database_says_now(backend, settle):
    branch = BranchFactory(name="Before")
    settle()
    Branch.objects.update(name="After")
    settle()
    assert [document.card["name"] for document in backend.read([branch.id])] == ["After"]


def test_what_is_over_closed_or_deleted_goes(backend, settle):
    merchant = MerchantFactory()
    closed, deleted, kept = (BranchFactory(merchant=merchant) for _ in range(3))
    deal = live_deal(merchant=merchant)
    settle()
    Deal.objects.update(state=Deal.State.ENDED)
    Branch.objects.filter(pk=closed.id).update(closed_at=BEGUN)
    deleted_id = deleted.id
    deleted.delete()
    settle()
    assert sorted(backend.held([closed.id, deleted_id, kept.id])) == [place_id(kept.id)]
    assert deal.id not in backend.read([kept.id])[0].card["deals"]


def test_a_deal_leaves_the_branches_it_is_taken_from(backend, settle):
    one, other = BranchFactory(), None
    other = BranchFactory(merchant=one.merchant)
    deal = live_deal(merchant=one.merchant, all_branches=False)
    at_one = DealBranch.objects.create(deal=deal, branch=one)
    settle()
    assert ids(backend, one, other) == sorted([place_id(one.id), place_id(other.id), deal_id(deal.id, one.id)])
    at_one.delete()
    DealBranch.objects.create(deal=deal, branch=other)
    settle()
    assert ids(backend, one, other) == sorted([place_id(one.id), place_id(other.id), deal_id(deal.id, other.id)])


def test_a_deal_is_never_shown_at_another_merchants_branch(backend, settle):
    branch = BranchFactory()
    foreign = live_deal(all_branches=False)
    DealBranch.objects.create(deal=foreign, branch=branch)
    settle()
    assert ids(backend, branch) == [place_id(branch.id)]


def test_a_deal_begins_and_ends_by_itself(backend, settle):
    branch = BranchFactory()
    now = datetime.now(UTC)
    live_deal(merchant=branch.merchant, valid_from=now + timedelta(seconds=1), valid_until=FAR)
    settle()
    assert [document.deal_count for document in backend.read([branch.id])] == [1, 0]  # deal:… comes before place:…
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM listings_change WHERE due_at > now() AND topic = 'deal'")
        assert cursor.fetchone() == (2,)


def test_a_deal_of_many_branches_is_spread_in_chunks(backend):
    merchant = MerchantFactory()
    branches = [BranchFactory(merchant=merchant) for _ in range(7)]
    drain_all(backend)
    live_deal(merchant=merchant)
    assert [drain(backend, limit=3) for _ in range(5)] == [
        Drained(claimed=1),
        Drained(claimed=3),
        Drained(claimed=3),
        Drained(claimed=1),
        Drained(claimed=0),
    ]
    assert len(backend.held([branch.id for branch in branches])) == 14


def test_many_changes_of_one_branch_are_one_build(backend):
    branch, other = BranchFactory(), BranchFactory()
    for number in range(6):
        Branch.objects.filter(pk=branch.pk).update(name=f"Name {number}")
    assert drain(backend, limit=2) == Drained(claimed=8)
    assert [document.card["name"] for document in backend.read([branch.id])] == ["Name 5"]
    assert ids(backend, other) == [place_id(other.id)]


def test_one_bad_row_holds_up_no_other_is_put_off_then_parked_with_its_reason(backend, settle, monkeypatch):
    monkeypatch.setattr(relay, "FIRST_DELAY_SECONDS", relay.MAX_DELAY_SECONDS)  # longer than any drain takes
    branches = [BranchFactory() for _ in range(9)]
    bad = branches[4]
    Change.objects.all().delete()
    Branch.objects.update(city="Espoo")
    Change.objects.filter(key=bad.id).delete()
    Branch.objects.filter(pk=bad.id).update(photos=17)
    assert settle() == Drained(claimed=9, failed=1)
    assert sorted(backend.held([branch.id for branch in branches])) == sorted(
        place_id(branch.id) for branch in branches if branch is not bad
    )
    for attempt in range(1, relay.MAX_ATTEMPTS):
        row = Change.objects.get()
        assert (row.attempts, row.parked_at) == (attempt, None)
        assert settle() == Drained(0, 0)
        make_due()
        assert settle() == Drained(claimed=1, failed=1)
    row = Change.objects.get()
    assert row.parked_at is not None
    assert row.reason == "TypeError: 'int' object is not iterable"
    assert settle() == Drained(0, 0)


def test_a_name_that_unfolds_to_more_than_a_lexeme_holds_is_indexed_all_the_same(backend, settle):
    branch = BranchFactory(name="\u3316" * 200)
    assert settle().failed == 0
    assert ids(backend, branch) == [place_id(branch.id)]


def test_a_later_success_clears_what_was_parked_for_the_same_key(backend, settle):
    branch = BranchFactory()
    Change.objects.update(parked_at=BEGUN, reason="was broken")
    Branch.objects.update(name="Mended")
    settle()
    assert Change.objects.count() == 0
    assert ids(backend, branch) == [place_id(branch.id)]


class Away:
    """An engine that cannot be reached."""

    def held(self, _branch_ids):
        raise OperationalError("connection refused")


def test_an_engine_that_is_away_costs_no_attempt(backend):
    BranchFactory()
    with pytest.raises(OperationalError):
        drain(Away())
    assert Change.objects.get().attempts == 0


@pytest.mark.django_db(transaction=True)
def test_whoever_holds_the_index_costs_no_change_an_attempt(backend, monkeypatch):
    monkeypatch.setattr(patience, "LOCK_TIMEOUT", "100ms")
    monkeypatch.setattr(patience, "STATEMENT_TIMEOUT", "2s")
    branch = BranchFactory()
    drain_all(backend)
    Branch.objects.update(name="New")
    parameters = connection.get_connection_params()
    named = {name: parameters[name] for name in ("host", "port", "user", "password", "dbname") if name in parameters}
    with psycopg.connect(**named) as other:
        other.execute("SELECT FROM search_epoch FOR UPDATE")
        with pytest.raises(OperationalError):
            drain(backend)
        assert Change.objects.get().attempts == 0
    assert drain(backend) == Drained(claimed=1)
    assert ids(backend, branch) == [place_id(branch.id)]


@pytest.mark.parametrize("size", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_batch(backend, settle, size, django_assert_num_queries):
    merchants = [BranchFactory().merchant for _ in range(size)]
    for merchant in merchants:
        live_deal(merchant=merchant)
    drain(backend)
    Branch.objects.update(name="New")
    Change.objects.exclude(topic="branch").delete()
    with django_assert_num_queries(QUERIES):
        drain(backend)


QUERIES = 32
