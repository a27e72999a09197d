"""Whatever writes, the change feed tells of it, in the same transaction, once and to the point."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from deals.models import Deal, DealBranch
from listings import changes
from listings.models import Branch, Change
from tests.factories import (
    BranchFactory,
    BrandFactory,
    CategoryFactory,
    DealFactory,
    NamedAreaFactory,
    ServiceAreaFactory,
    StandingFactory,
    area_version,
    square,
)

pytestmark = pytest.mark.django_db

BEGUN = datetime(2020, 1, 1, tzinfo=UTC)
FAR = datetime(2999, 1, 1, tzinfo=UTC)


def told():
    """The feed's due rows as a sorted list, and the feed emptied."""
    rows = sorted((row.topic, row.key) for row in Change.objects.filter(due_at__lt=FAR - timedelta(days=1)))
    Change.objects.all().delete()
    return rows


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


@pytest.fixture
def branch():
    made = BranchFactory()
    told()
    return made


def live_deal(**fields):
    return DealFactory(**{"valid_from": BEGUN, "valid_until": FAR, **fields})


def test_a_new_a_changed_and_a_deleted_branch(branch):
    other = BranchFactory()
    assert told() == [("branch", other.id)]
    sql("UPDATE listings_branch SET name = 'Other' WHERE id = %s", branch.id)
    assert told() == [("branch", branch.id)]
    sql("DELETE FROM listings_branch WHERE id = %s", branch.id)
    assert told() == [("branch", branch.id)]


def test_an_update_that_changes_nothing_is_not_told(branch):
    sql("UPDATE listings_branch SET name = name")
    assert told() == []


def test_a_bulk_update_tells_exactly_the_rows_that_changed(branch):
    changed = [BranchFactory(city="Espoo") for _ in range(3)]
    told()
    Branch.objects.update(city="Espoo")
    assert told() == [("branch", branch.id)]
    Branch.objects.update(city="Vantaa")
    assert told() == sorted(("branch", one.id) for one in [branch, *changed])


def test_an_upsert_tells_inserted_and_changed_rows(branch):
    sql("UPDATE listings_branch SET source = 'x', external_id = '1' WHERE id = %s", branch.id)
    told()
    columns = ", ".join(field.column for field in Branch._meta.concrete_fields if field.name != "id")
    upsert = (
        f"INSERT INTO listings_branch ({columns}) SELECT {columns} FROM listings_branch WHERE id = %s"  # noqa: S608  column names of our own model
        " ON CONFLICT (source, external_id) WHERE NOT source = '' DO UPDATE SET city = %s"
    )
    sql(upsert, branch.id, branch.city)
    assert told() == []
    sql(upsert, branch.id, "Turku")
    assert told() == [("branch", branch.id)]


def test_a_closing_to_come_is_told_when_it_comes(branch):
    closing = datetime(2300, 1, 1, tzinfo=UTC)
    Branch.objects.update(closed_at=closing)
    waiting = Change.objects.filter(due_at__gte=closing).order_by("due_at").values_list("key", "due_at")
    assert list(waiting.all()) == [(branch.id, closing)]
    Branch.objects.update(name="Other")
    assert list(waiting.all()) == [(branch.id, closing)]
    later = closing + timedelta(days=1)
    Branch.objects.update(closed_at=later)
    assert list(waiting.all()) == [(branch.id, closing), (branch.id, later)]
    made = BranchFactory(closed_at=later + timedelta(days=1))
    assert waiting.last() == (made.id, made.closed_at)


def test_standing(branch):
    standing = StandingFactory(branch=branch, rating_count=1, rating_sum=5)
    assert told() == [("branch", branch.id)]
    sql("UPDATE listings_standing SET visits_30d = 7")
    assert told() == [("branch", branch.id)]
    standing.delete()
    assert told() == [("branch", branch.id)]


def test_a_brand_and_a_category_tell_the_branches_that_show_them(branch):
    brand = BrandFactory()
    parent, cousin = CategoryFactory(slug="food"), CategoryFactory(slug="shop")
    child = CategoryFactory(slug="bakery", parent=parent, path=["food", "bakery"])
    baker = BranchFactory(brand=brand, category=child)
    told()
    brand.names = {"zh": "面包"}
    brand.save()
    assert told() == [("branch", baker.id)]
    parent.synonyms = {"en": ["eat"]}
    parent.save()
    assert told() == [("branch", baker.id)]
    cousin.names = {"en": "Shops"}
    cousin.save()
    parent.position = 9
    parent.save()
    assert told() == []


def test_a_draft_is_not_told_and_each_step_after_it_is(branch):
    deal = live_deal(merchant=branch.merchant, state=Deal.State.DRAFT)
    assert told() == []
    for step in ("state = 'live'", "price_minor = 1", "state = 'ended'"):
        sql(f"UPDATE deals_deal SET {step}")  # noqa: S608  the steps above
        assert told() == [("deal", deal.id)]
    sql("UPDATE deals_deal SET price_minor = 2")
    assert told() == []


def test_branches_that_a_deal_leaves_are_told_at_once(branch):
    deal = live_deal(merchant=branch.merchant)
    elsewhere = BranchFactory()
    told()
    sql("UPDATE deals_deal SET all_branches = false")
    assert told() == [("branch", branch.id), ("deal", deal.id)]
    at = DealBranch.objects.create(deal=deal, branch=branch)
    assert told() == [("branch", branch.id)]
    sql("UPDATE deals_deal SET merchant_id = %s", elsewhere.merchant_id)
    assert told() == [("branch", branch.id), ("deal", deal.id)]
    at.delete()
    assert told() == [("branch", branch.id)]
    sql("UPDATE deals_deal SET all_branches = true")
    told()
    sql("DELETE FROM deals_deal")
    assert told() == [("branch", elsewhere.id)]


def test_the_instants_at_which_a_deal_begins_and_ends_are_told_ahead(branch):
    begins, ends = datetime(2200, 1, 1, tzinfo=UTC), datetime(2300, 1, 1, tzinfo=UTC)
    deal = live_deal(merchant=branch.merchant, valid_from=begins, valid_until=ends, state=Deal.State.DRAFT)
    told()
    Deal.objects.update(state=Deal.State.LIVE)
    Deal.objects.update(title="Other")
    ahead = Change.objects.filter(due_at__gte=begins).order_by("id").values_list("topic", "key", "due_at")
    assert list(ahead) == [("deal", deal.id, begins), ("deal", deal.id, ends)]


@pytest.mark.parametrize(
    ("before", "after"),
    [("draft", "ended"), ("live", "draft"), ("ended", "live"), ("ended", "draft")],
)
def test_psql_cannot_break_the_order_of_states(before, after):
    DealFactory(state=before)
    with pytest.raises(IntegrityError, match=f"a deal cannot go from {before} to {after}"), transaction.atomic():
        sql("UPDATE deals_deal SET state = %s", after)


def test_a_drafted_area_is_not_told_and_each_step_after_it_is(branch):
    area = ServiceAreaFactory(branch=branch, bands__published=False)
    sql("UPDATE listings_areaband SET fee_minor = 1")
    sql("UPDATE listings_servicearea SET name = 'Other'")
    assert told() == []
    for step in ("state = 'published', published_at = now()", "state = 'retired', retired_at = now()"):
        sql(f"UPDATE listings_serviceareaversion SET {step}")  # noqa: S608  the steps above
        assert told() == [("branch", branch.id)]
    sql("UPDATE listings_servicearea SET name = 'Another'")
    assert told() == []
    area_version(area, [{"radius_metres": 1}])
    assert told() == [("branch", branch.id)]
    area_version(area, [{"radius_metres": 2}])  # retires the one before in a statement of its own
    assert told() == [("branch", branch.id)] * 2
    sql("UPDATE listings_servicearea SET position = 3")
    sql("UPDATE listings_servicearea SET position = 3")
    assert told() == [("branch", branch.id)]
    sql("DELETE FROM listings_areaband; DELETE FROM listings_serviceareaversion; DELETE FROM listings_servicearea")
    assert told() == [("branch", branch.id)] * 2


def test_the_instants_at_which_an_area_begins_and_ends_are_told_ahead(branch):
    begins, ends = datetime(2200, 1, 1, tzinfo=UTC), datetime(2300, 1, 1, tzinfo=UTC)
    ServiceAreaFactory(branch=branch, bands__valid_from=begins, bands__valid_until=ends)
    ahead = Change.objects.filter(due_at__gte=begins).order_by("due_at").values_list("topic", "key", "due_at")
    assert list(ahead) == [("branch", branch.id, begins), ("branch", branch.id, ends)]


def test_a_named_area_tells_the_branches_whose_published_bands_refer_to_it(branch):
    named, unused = NamedAreaFactory(), NamedAreaFactory()
    for mode in ("delivery", "at_home"):
        ServiceAreaFactory(branch=branch, mode=mode, bands=[{"named_area": named}])
    ServiceAreaFactory(bands=[{"named_area": named}], bands__published=False)
    told()
    sql("UPDATE listings_namedarea SET updated_at = '2020-01-01', external_id = external_id || 'x'")
    assert told() == []
    unused.geometry = square(1, 1, 2, 2)
    unused.save()
    assert told() == []
    named.geometry = square(1, 1, 2, 2)
    named.save()
    assert told() == [("branch", branch.id)]


@pytest.mark.django_db(transaction=True)
def test_the_feed_commits_and_rolls_back_with_the_change_and_wakes_listeners_at_commit():
    with psycopg.connect(**listen_parameters(), autocommit=True) as listener:
        listener.execute(f"LISTEN {changes.CHANNEL}")
        transaction.set_autocommit(False)
        try:
            BranchFactory()
            transaction.rollback()
            assert Change.objects.count() == 0
            assert list(listener.notifies(timeout=0.2)) == []
            made = BranchFactory()
            transaction.commit()
        finally:
            transaction.set_autocommit(True)
        assert [note.channel for note in listener.notifies(timeout=5, stop_after=1)] == [changes.CHANNEL]
    assert told() == [("branch", made.id)]


@pytest.mark.django_db(transaction=True)
def test_record_and_claim_need_a_transaction():
    with pytest.raises(changes.OutsideTransaction):
        changes.record(topic="branch", keys=[uuid4()])
    with pytest.raises(changes.OutsideTransaction):
        changes.claim(limit=1)


def test_record_tells_each_key_once_and_ahead_of_time_when_asked():
    key = uuid4()
    changes.record(topic="branch", keys=[key, key])
    assert told() == [("branch", key)]
    changes.record(topic="branch", keys=[key], due_at=FAR)
    assert changes.claim(limit=5) == []
    changes.record(topic="branch", keys=[])
    assert Change.objects.count() == 1


def listen_parameters():
    settings = connection.settings_dict
    return {
        "host": settings["HOST"],
        "port": settings["PORT"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "dbname": settings["NAME"],
    }
