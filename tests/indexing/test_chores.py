"""What time asks for is asked for once, by whichever worker comes first, and after any pause."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from indexing.apps import horizon_is_possible, relay_keeps_up
from indexing.chores import DUTIES, OVERDUE, REFRESH_SPREAD, Duty, sweep
from indexing.engines import engine
from indexing.horizon import STEP_DAYS, phase_of
from indexing.models import Chore
from listings.models import Branch, Change
from tests.factories import BranchFactory

pytestmark = pytest.mark.django_db

AT_ONCE = {name: Duty(timedelta(0), duty.do) for name, duty in DUTIES.items()}


@pytest.mark.parametrize(("days", "errors"), [(7, 1), (8, 0), (32, 0), (33, 1)])
def test_a_horizon_that_cannot_be_held_is_refused_at_start(settings, days, errors):
    settings.OPENING_HORIZON_DAYS = days
    assert len(horizon_is_possible()) == errors


def age(**progress):
    Chore.objects.filter(name="refresh_hours").update(progress=progress)


def asked():
    keys = list(Change.objects.filter(topic="branch").values_list("key", flat=True))
    Change.objects.all().delete()
    return sorted(keys)


def test_a_chore_waits_until_it_is_due():
    assert sweep(engine()) == list(DUTIES)
    assert sweep(engine()) == []


def test_a_new_day_asks_for_the_branches_whose_window_moved_spread_over_an_hour():
    branches = [BranchFactory(opening_hours="24/7") for _ in range(40)]
    BranchFactory(opening_hours="")
    Change.objects.all().delete()
    sweep(engine(), duties=AT_ONCE)
    assert asked() == sorted(branch.id for branch in branches)  # the documents may be days old
    sweep(engine(), duties=AT_ONCE)
    assert asked() == []
    today = Chore.objects.get(name="refresh_hours").progress["day"]
    age(day=today - 1)
    sweep(engine(), duties=AT_ONCE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(due_at) >= now(), max(due_at) < now() + %s FROM listings_change", [REFRESH_SPREAD])
        assert cursor.fetchone() in {(True, True), (None, None)}
    assert asked() == sorted(branch.id for branch in branches if phase_of(branch.id) == today % STEP_DAYS)


def test_after_a_week_without_workers_all_are_asked_for_once():
    branches = [BranchFactory(opening_hours="24/7") for _ in range(5)]
    Branch.objects.filter(pk=branches[0].pk).update(closed_at="2020-01-01T00:00Z")
    sweep(engine())
    age(day=0)
    Change.objects.all().delete()
    sweep(engine(), duties=AT_ONCE)
    sweep(engine(), duties=AT_ONCE)
    assert asked() == sorted(branch.id for branch in branches[1:])


def test_hours_of_a_branch_that_will_close_are_laid_out_until_it_does():
    branch = BranchFactory(opening_hours="24/7")
    Branch.objects.filter(pk=branch.pk).update(closed_at="2999-01-01T00:00Z")
    sweep(engine())
    age(day=0)
    Change.objects.all().delete()
    sweep(engine(), duties=AT_ONCE)
    assert asked() == [branch.id]


def test_a_chore_may_take_longer_than_a_web_request():
    timeouts = []

    def look(*_):
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            timeouts.append(cursor.fetchone()[0])

    sweep(engine(), duties={"look": Duty(timedelta(0), look)})
    assert timeouts == ["1min"]


def test_health_tells_that_nobody_does_the_chores_though_no_change_waits():
    assert relay_keeps_up()
    sweep(engine())
    assert relay_keeps_up()
    Chore.objects.filter(name="refresh_hours").update(done_at=datetime.now(UTC) - OVERDUE - timedelta(seconds=1))
    assert not relay_keeps_up()
    sweep(engine())
    assert relay_keeps_up()
