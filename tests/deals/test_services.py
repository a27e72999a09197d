"""What a merchant may do with a deal, in which order, and what is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from config.errors import InvalidParameter, NotFound
from deals import services
from deals.deal_facts import DealFacts
from deals.models import Deal, DealBranch
from deals.services import DealStateError
from listings.models import Change
from tests.factories import BranchFactory

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FACTS = DealFacts(
    title="Cake and coffee",
    list_price_minor=1_000,
    price_minor=700,
    currency="EUR",
    valid_from=NOW,
    valid_until=NOW + timedelta(days=30),
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    made = BranchFactory()
    Change.objects.all().delete()
    return made


def create(branch, **changes):
    return services.create_deal(**{"merchant_id": branch.merchant_id, "facts": FACTS, **changes})


def test_a_draft_is_stored_and_told_to_nobody(branch):
    facts = replace(
        FACTS, weekdays=(5, 1, 5), daily_from=time(22), daily_until=time(2), blackout_dates=(date(2026, 12, 24),)
    )
    deal = Deal.objects.get(id=create(branch, facts=facts).id)
    assert (deal.state, deal.all_branches, deal.weekdays) == ("draft", True, [1, 5])
    assert (deal.daily_from, deal.daily_until, deal.blackout_dates) == (time(22), time(2), [date(2026, 12, 24)])
    assert Change.objects.count() == 0


def test_draft_live_ended_and_never_back(branch):
    deal = create(branch)
    with pytest.raises(DealStateError):
        services.end_deal(deal_id=deal.id)
    assert services.publish_deal(deal_id=deal.id, now=NOW).state == "live"
    with pytest.raises(DealStateError):
        services.publish_deal(deal_id=deal.id, now=NOW)
    assert services.end_deal(deal_id=deal.id).state == "ended"
    assert services.end_deal(deal_id=deal.id).state == "ended"
    with pytest.raises(DealStateError) as refusal:
        services.update_deal(deal_id=deal.id, facts=FACTS, branch_ids=None)
    assert refusal.value.members == {"state": "ended"}


def test_a_live_deal_can_be_repriced_and_moved_between_branches(branch):
    other = BranchFactory(merchant=branch.merchant)
    deal = create(branch, branch_ids=[branch.id])
    services.publish_deal(deal_id=deal.id, now=NOW)
    kept = DealBranch.objects.get()
    services.update_deal(deal_id=deal.id, facts=replace(FACTS, price_minor=1), branch_ids=[branch.id, other.id])
    assert DealBranch.objects.get(branch=branch) == kept
    services.update_deal(deal_id=deal.id, facts=FACTS, branch_ids=[other.id])
    assert list(DealBranch.objects.values_list("branch_id", flat=True)) == [other.id]
    assert services.update_deal(deal_id=deal.id, facts=FACTS, branch_ids=None).all_branches is True
    assert DealBranch.objects.count() == 0


def test_where_a_deal_is_good_is_never_widened_by_leaving_it_out(branch):
    deal = create(branch, branch_ids=[branch.id])
    with pytest.raises(TypeError, match="branch_ids"):
        services.update_deal(deal_id=deal.id, facts=FACTS)
    assert Deal.objects.get().all_branches is False


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"title": " "}, "title"),
        ({"titles": {"not a tag": "x"}}, "titles"),
        ({"terms": "x" * 2001}, "terms"),
        ({"currency": "eur"}, "currency"),
        ({"price_minor": 1_001}, "price_minor"),
        ({"price_minor": -1}, "price_minor"),
        ({"list_price_minor": -1, "price_minor": -1}, "list_price_minor"),
        ({"valid_until": NOW}, "valid_until"),
        ({"valid_until": NOW + timedelta(days=4000)}, "valid_until"),
        ({"valid_from": datetime(2026, 1, 1)}, "valid_from"),  # noqa: DTZ001  that it lacks an offset is the point
        ({"weekdays": (0,)}, "weekdays"),
        ({"daily_from": time(8)}, "daily_until"),
        ({"blackout_dates": tuple(date(2020, 1, 1) + timedelta(days=n) for n in range(367))}, "blackout_dates"),
        ({"stock": 0}, "stock"),
        ({"per_customer_cap": -1}, "per_customer_cap"),
        ({"fulfilment": "carrier pigeon"}, "fulfilment"),
    ],
)
def test_a_fact_that_is_refused_is_named_and_nothing_is_written(branch, changes, parameter):
    with pytest.raises(InvalidParameter) as refusal:
        create(branch, facts=replace(FACTS, **changes))
    assert refusal.value.parameter == parameter
    assert Deal.objects.count() == 0


def test_branches_of_others_and_none_at_all_are_refused(branch):
    for named in ([BranchFactory().id], [uuid4()]):
        with pytest.raises(InvalidParameter) as refusal:
            create(branch, branch_ids=named)
        assert refusal.value.parameter == "branch_ids"
    assert Deal.objects.count() == 0
    nowhere = create(branch, branch_ids=[])
    with pytest.raises(InvalidParameter):
        services.publish_deal(deal_id=nowhere.id, now=NOW)


def test_what_is_over_cannot_be_published(branch):
    deal = create(branch)
    with pytest.raises(InvalidParameter):
        services.publish_deal(deal_id=deal.id, now=FACTS.valid_until)
    assert Deal.objects.get().state == "draft"


def test_a_deal_that_is_not_there():
    for act in (
        lambda: services.publish_deal(deal_id=uuid4(), now=NOW),
        lambda: services.end_deal(deal_id=uuid4()),
        lambda: services.update_deal(deal_id=uuid4(), facts=FACTS, branch_ids=None),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(InvalidParameter):
        services.create_deal(merchant_id=uuid4(), facts=FACTS)
