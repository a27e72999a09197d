"""Published bands, read for many branches at once."""

from datetime import timedelta

import pytest

from geo.areas import area_from_ewkb
from geo.types import Point
from listings.areas.selectors import published_bands
from tests.factories import AREAS_AT, BranchFactory, NamedAreaFactory, ServiceAreaFactory, area_version, square

pytestmark = pytest.mark.django_db


def read(*branches, now=AREAS_AT):
    return published_bands([branch.id for branch in branches], now=now)


def test_bands_come_in_the_order_in_which_they_count(django_assert_num_queries):
    branch, other, without = BranchFactory(), BranchFactory(), BranchFactory()
    second = ServiceAreaFactory(branch=branch, position=2, bands=[{"radius_metres": 5}, {"radius_metres": 6}])
    first = ServiceAreaFactory(branch=branch, position=1, bands=[{"radius_metres": 9}])
    home = ServiceAreaFactory(branch=branch, mode="at_home")
    ServiceAreaFactory(branch=branch, bands__published=False)
    elsewhere = ServiceAreaFactory(branch=other)
    with django_assert_num_queries(1):
        found = read(branch, other, without)
    assert {key: [(band.area_id, band.radius_metres) for band in bands] for key, bands in found.items()} == {
        branch.id: [(home.id, 3000), (first.id, 9), (second.id, 5), (second.id, 6)],
        other.id: [(elsewhere.id, 3000)],
    }


def test_a_band_tells_all_that_a_search_needs():
    named = NamedAreaFactory(name="Kallio", geometry=square(1, 2, 3, 4))
    fields = {"minimum_minor": 1500, "eta_min_minutes": 20, "eta_max_minutes": 40}
    area = ServiceAreaFactory(
        name="Evening",
        bands=[{"radius_metres": 500, **fields}, {"geometry": square(0, 0, 2, 2)}, {"named_area": named}],
        bands__hours="Mo-Fr 18:00-22:00",
        bands__valid_from=AREAS_AT,
    )
    disc, drawn, referred = read(area.branch)[area.branch_id]
    version = area.versions.get()
    assert (disc.mode, disc.area_name, disc.version_id, disc.band_id) == (
        "delivery",
        "Evening",
        version.id,
        version.bands.get(rank=0).id,
    )
    assert (disc.valid_from, disc.valid_until, disc.hours) == (AREAS_AT, None, "Mo-Fr 18:00-22:00")
    assert (disc.fee_minor, disc.minimum_minor, disc.currency) == (290, 1500, "EUR")
    assert (disc.eta_min_minutes, disc.eta_max_minutes) == (20, 40)
    assert (disc.radius_metres, disc.ewkb, disc.named_area) == (500, None, None)
    corners = (Point(2, 2), Point(3, 3))
    assert [area_from_ewkb(drawn.ewkb).contains(corner) for corner in corners] == [True, False]
    assert [area_from_ewkb(referred.ewkb).contains(corner) for corner in corners] == [True, True]
    assert (drawn.named_area, referred.named_area) == (None, "Kallio")


def test_a_further_version_replaces_and_what_has_ended_is_left_out():
    area = ServiceAreaFactory()
    area_version(area, [{"radius_metres": 7}], valid_until=AREAS_AT + timedelta(days=1))
    assert [band.radius_metres for band in read(area.branch)[area.branch_id]] == [7]
    assert read(area.branch, now=AREAS_AT + timedelta(days=1)) == {}
