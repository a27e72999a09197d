"""What PostgreSQL holds of service areas: psql cannot change what was published."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from listings.models import AreaBand, NamedArea, ServiceArea, ServiceAreaVersion
from tests.factories import AREAS_AT, BranchFactory, NamedAreaFactory, ServiceAreaFactory, area_version, square

pytestmark = pytest.mark.django_db


@pytest.fixture
def area():
    return ServiceAreaFactory()


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE listings_areaband SET fee_minor = 1",
        "UPDATE listings_areaband SET radius_metres = 9",
        "DELETE FROM listings_areaband",
        "INSERT INTO listings_areaband (version_id, rank, radius_metres, currency)"  # noqa: ISC004
        " SELECT id, 7, 100, 'EUR' FROM listings_serviceareaversion",
        "UPDATE listings_serviceareaversion SET hours = 'Mo 10:00-12:00'",
        "UPDATE listings_serviceareaversion SET published_actor = 'somebody else'",
        "UPDATE listings_serviceareaversion SET state = 'draft', published_at = NULL",
        "DELETE FROM listings_areaband; DELETE FROM listings_serviceareaversion",
        "UPDATE listings_servicearea SET mode = 'at_home'",
    ],
)
@pytest.mark.parametrize("state", ["published", "retired"])
def test_what_was_published_stays(area, state, statement):
    if state == "retired":
        area.versions.update(state="retired", retired_at=AREAS_AT, retired_actor="a test")
    with pytest.raises(DatabaseError, match=r"published|Cannot update|transition"), transaction.atomic():
        sql(statement)


def test_a_retired_version_is_not_retired_again(area):
    area.versions.update(state="retired", retired_at=AREAS_AT, retired_actor="a test")
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        sql("UPDATE listings_serviceareaversion SET retired_actor = 'somebody else'")


def test_a_draft_changes_and_goes():
    area = ServiceAreaFactory(bands__published=False)
    sql("UPDATE listings_areaband SET fee_minor = 1")
    sql("UPDATE listings_serviceareaversion SET hours = 'Mo 10:00-12:00'")
    sql("DELETE FROM listings_areaband; DELETE FROM listings_serviceareaversion")
    assert not area.versions.exists()


def test_the_history_goes_with_its_branch_and_its_area(area):
    ServiceAreaFactory(branch=area.branch)
    area.delete()
    sql("SELECT 1")
    area.branch.delete()
    sql("SELECT 1")
    assert (ServiceArea.objects.count(), ServiceAreaVersion.objects.count(), AreaBand.objects.count()) == (0, 0, 0)


def test_an_account_may_go_and_the_version_stays(area, django_user_model):
    user = django_user_model.objects.create_user("anna", "anna@example.org")
    version = area_version(area, [{"radius_metres": 100}], created_by=user)
    user.delete()
    version.refresh_from_db()
    assert (version.created_by, version.created_actor, version.state) == (None, "a test", "published")


def test_a_version_begins_as_a_draft_and_is_published_with_bands(area):
    with pytest.raises(IntegrityError, match="begins as a draft"), transaction.atomic():
        sql(
            "INSERT INTO listings_serviceareaversion"
            " (id, area_id, number, state, hours, created_at, created_actor, edited_at, published_at,"
            " published_actor, retired_actor) SELECT gen_random_uuid(), id, 2, 'published', '', now(), 'x', now(),"
            " now(), 'x', '' FROM listings_servicearea"
        )
    with pytest.raises(IntegrityError, match="without bands"), transaction.atomic():
        area_version(area, [])


def test_one_version_is_published_and_one_drafted(area):
    area_version(area, [{"radius_metres": 100}], published=False)
    with pytest.raises(IntegrityError, match="service_area_drafted_once"), transaction.atomic():
        area_version(area, [{"radius_metres": 100}], published=False)
    with pytest.raises(IntegrityError, match="service_area_published_once"), transaction.atomic():
        area.versions.filter(state="draft").update(state="published", published_at=AREAS_AT)


@pytest.mark.parametrize(
    "fields",
    [
        {"radius_metres": None},
        {"radius_metres": 0},
        {"radius_metres": 5, "geometry": square(0, 0, 1, 1)},
        {"fee_minor": -1},
        {"currency": "eur"},
        {"eta_min_minutes": 5},
        {"eta_max_minutes": 5},
        {"eta_min_minutes": 5, "eta_max_minutes": 4},
    ],
)
def test_a_band_is_one_shape_with_possible_numbers(fields):
    with pytest.raises(IntegrityError, match="area_band_"), transaction.atomic():
        ServiceAreaFactory(bands=[{"radius_metres": 100, **fields}])


def test_a_version_is_valid_for_a_while(area):
    with pytest.raises(IntegrityError, match="valid_for_a_while"), transaction.atomic():
        area_version(area, [{"radius_metres": 1}], valid_from=AREAS_AT, valid_until=AREAS_AT)
    area_version(area, [{"radius_metres": 1}], valid_from=AREAS_AT, valid_until=AREAS_AT + timedelta(microseconds=1))


def test_a_named_area_is_there_once_and_stays_while_a_band_refers_to_it():
    named = NamedAreaFactory(external_id="7")
    with pytest.raises(IntegrityError, match="named_area_once_per_source"), transaction.atomic():
        NamedAreaFactory(external_id="7")
    ServiceAreaFactory(branch=BranchFactory(), bands=[{"named_area": named}])
    with pytest.raises(IntegrityError), transaction.atomic():
        sql("DELETE FROM listings_namedarea")
    assert NamedArea.objects.count() == 1


def test_bands_of_a_draft_may_be_replaced_and_the_draft_published_at_once(area):
    version = area_version(area, [{"radius_metres": 1}], published=False)
    version.bands.all().delete()
    AreaBand.objects.create(version=version, rank=0, radius_metres=2, currency="EUR")
    area.versions.filter(state="published").update(state="retired", retired_at=AREAS_AT, retired_actor="a test")
    area.versions.filter(id=version.id).update(state="published", published_at=AREAS_AT)
    sql("SELECT 1")
    version.refresh_from_db()
    assert (version.state, version.band_count) == ("published", 1)
