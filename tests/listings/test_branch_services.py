"""What a merchant may do with a branch, and what is refused and leaves everything as it was."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from config.errors import InvalidParameter, NotFound
from geo.types import Point
from listings import services
from listings.branch_facts import BranchFacts, checked
from listings.models import Branch, Brand, Change
from tests.factories import BranchFactory, CategoryFactory, MerchantFactory

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HELSINKI, TOKYO = Point(24.9384, 60.1699), Point(139.7, 35.68)
FACTS = BranchFacts(name="Corner", category="cafe")


@pytest.fixture
def merchant(db):
    CategoryFactory()
    return MerchantFactory()


def create(merchant, **changes):
    arguments = {"merchant_id": merchant.id, "facts": FACTS, "point": HELSINKI, **changes}
    return services.create_branch(**arguments)


def test_a_branch_is_stored_as_it_is_checked_with_the_zone_of_its_point(merchant):
    facts = replace(
        FACTS,
        name="  Corner \u00a0 Café ",
        names={"ZH-hans": "角落"},
        country="fi",
        opening_hours=" Mo-Fr  08:00-20:00 ",
        photos=("https://example.org/a.jpg",),
        attributes={"wheelchair": "yes", "smoking": " "},
    )
    branch = Branch.objects.get(id=create(merchant, facts=facts).id)
    assert (branch.name, branch.names, branch.country) == ("Corner Café", {"zh-Hans": "角落"}, "FI")
    assert (branch.opening_hours, branch.photos) == ("Mo-Fr 08:00-20:00", ["https://example.org/a.jpg"])
    assert branch.attributes == {"wheelchair": "yes"}
    assert (branch.zone, branch.zone_is_overridden) == ("Europe/Helsinki", False)
    assert branch.point.coords == (HELSINKI.lon, HELSINKI.lat)


@pytest.mark.parametrize(
    ("field", "value", "parameter"),
    [
        ("name", "", "name"),
        ("name", "x" * 201, "name"),
        ("name", "a\u202eb", "name"),
        ("category", "no-such", "category"),
        ("names", {"not a tag": "x"}, "names"),
        ("description", "x" * 2001, "description"),
        ("country", "Finland", "country"),
        ("opening_hours", "Mo-Fr 25:00", "opening_hours"),
        ("phone", "call me", "phone"),
        ("website", "javascript:alert(1)", "website"),
        ("website", "https://user@example.org", "website"),
        ("photos", ("http://example.org/a.jpg",), "photos"),
        ("photos", ("https://example.org/a.jpg",) * 21, "photos"),
        ("attributes", {"Wheel Chair": "yes"}, "attributes"),
    ],
)
def test_a_fact_that_is_refused_is_named_and_nothing_is_written(merchant, field, value, parameter):
    with pytest.raises(InvalidParameter) as refusal:
        create(merchant, facts=replace(FACTS, **{field: value}))
    assert refusal.value.parameter == parameter
    assert (Branch.objects.count(), Change.objects.count()) == (0, 0)


@pytest.mark.parametrize("point", [Point(0, 0), Point(181, 0), Point(0, -91), Point(float("nan"), 1)])
def test_a_position_nobody_means_is_refused(merchant, point):
    with pytest.raises(InvalidParameter) as refusal:
        create(merchant, point=point)
    assert refusal.value.parameter == "point"


def test_an_unknown_merchant_brand_or_zone_is_refused(merchant):
    for change, parameter in [
        ({"merchant_id": uuid4()}, "merchant_id"),
        ({"brand_id": uuid4()}, "brand_id"),
        ({"zone": "Mars/Olympus"}, "time_zone"),
    ]:
        with pytest.raises(InvalidParameter) as refusal:
            create(merchant, **change)
        assert refusal.value.parameter == parameter


def test_moving_finds_the_zone_again_unless_the_merchant_gave_it(merchant):
    found, given = create(merchant), create(merchant, zone="Europe/Stockholm")
    for branch, zone in [(found, "Asia/Tokyo"), (given, "Europe/Stockholm")]:
        moved = services.move_branch(branch_id=branch.id, point=TOKYO, now=NOW)
        assert (moved.zone, moved.point.coords) == (zone, (TOKYO.lon, TOKYO.lat))
    assert services.find_zone_again(branch_id=given.id, now=NOW).zone == "Asia/Tokyo"
    assert services.move_branch(branch_id=found.id, point=HELSINKI, zone="Asia/Seoul", now=NOW).zone_is_overridden


def test_updating_replaces_all_facts_and_nothing_else(merchant):
    branch = create(merchant, facts=replace(FACTS, phone="+358 9 1234"))
    brand = services.save_brand(name="Bean")
    services.update_branch(branch_id=branch.id, facts=replace(FACTS, name="New"), brand_id=brand.id, now=NOW)
    now = Branch.objects.get(id=branch.id)
    assert (now.name, now.phone, now.brand_id, now.updated_at) == ("New", "", brand.id, NOW)
    assert now.point == branch.point
    with pytest.raises(TypeError, match="brand_id"):
        services.update_branch(branch_id=branch.id, facts=FACTS, now=NOW)
    services.update_branch(branch_id=branch.id, facts=FACTS, brand_id=None, now=NOW)
    assert Branch.objects.get(id=branch.id).brand_id is None


def test_closing_is_soft_happens_once_and_can_be_undone(merchant):
    branch = create(merchant)
    services.close_branch(branch_id=branch.id, now=NOW)
    services.close_branch(branch_id=branch.id, now=NOW + timedelta(days=1))
    assert Branch.objects.get().closed_at == NOW
    services.reopen_branch(branch_id=branch.id, now=NOW)
    assert Branch.objects.get().closed_at is None


def test_a_brand_is_found_by_its_normalised_name(db):
    first = services.save_brand(name="Bean & Co", names={"zh": "豆"})
    assert services.save_brand(name="BEAN & CO") == first
    assert Brand.objects.get().names == {"zh": "豆"}


def test_standing_is_held_to_five_stars(db):
    branch = BranchFactory()
    standing = services.set_standing(branch_id=branch.id, rating_count=2, rating_sum=9, visits_30d=3)
    assert (standing.rating_count, standing.rating_sum, standing.visits_30d) == (2, 9, 3)
    for count, total in [(2, 11), (2, 1), (-1, 0)]:
        with pytest.raises(InvalidParameter):
            services.set_standing(branch_id=branch.id, rating_count=count, rating_sum=total, visits_30d=0)
    with pytest.raises(NotFound):
        services.set_standing(branch_id=uuid4(), rating_count=0, rating_sum=0, visits_30d=0)


def test_parked_changes_are_tried_again(db):
    BranchFactory()
    change = Change.objects.get()
    assert services.retry_changes(change_ids=[change.id]) == 0
    Change.objects.update(parked_at=NOW, attempts=8)
    assert services.retry_changes(change_ids=[change.id]) == 1
    change.refresh_from_db()
    assert (change.parked_at, change.attempts) == (None, 0)


@pytest.mark.parametrize(
    "act",
    [
        lambda key: services.update_branch(branch_id=key, facts=FACTS, brand_id=None, now=NOW),
        lambda key: services.move_branch(branch_id=key, point=TOKYO, now=NOW),
        lambda key: services.close_branch(branch_id=key, now=NOW),
        lambda key: services.reopen_branch(branch_id=key, now=NOW),
        lambda key: services.find_zone_again(branch_id=key, now=NOW),
    ],
)
def test_a_branch_that_is_not_there(db, act):
    with pytest.raises(NotFound):
        act(uuid4())


def test_checking_twice_is_checking_once():
    facts = checked(replace(FACTS, names={"en": "A"}, website="https://example.org/x"))
    assert checked(facts) == facts
