"""Named areas from files of cities: taken, told, updated, followed and suggested."""

import gzip
import json

import pytest
from django.core.management import CommandError, call_command

from geo.areas import area_from_ewkb
from geo.types import Point
from listings.areas.selectors import published_bands
from listings.models import Change, NamedArea
from search.models import Subject
from tests.factories import AREAS_AT, ServiceAreaFactory

pytestmark = pytest.mark.django_db


def feature(number, west=24.0, size=1.0, **properties):
    east = west + size
    ring = [[west, 60.0], [east, 60.0], [east, 61.0], [west, 61.0], [west, 60.0]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {
        "type": "Feature",
        "properties": {"nr": number, "name": f"Quarter {number}", **properties},
        "geometry": geometry,
    }


@pytest.fixture
def run(tmp_path, capsys):
    def run(*features):
        path = tmp_path / "areas.geojson.gz"
        path.write_bytes(gzip.compress(json.dumps({"type": "FeatureCollection", "features": features}).encode()))
        call_command("import_named_areas", path, source="test", kind="quarter", id="nr")
        return capsys.readouterr()

    return run


def test_areas_are_new_then_unchanged_then_changed_and_bands_follow(run):
    assert "2 areas read: 2 new" in run(feature(1, **{"name:fi": "Kallio", "name:signed": "no"}), feature(2)).out
    first = NamedArea.objects.get(external_id="1")
    assert (first.name, first.names, first.kind) == ("Quarter 1", {"fi": "Kallio"}, "quarter")
    branch = ServiceAreaFactory(bands=[{"named_area": first}]).branch
    Change.objects.all().delete()
    assert "0 new, 0 changed, 2 unchanged" in run(feature(1, **{"name:fi": "Kallio"}), feature(2)).out
    assert not Change.objects.exists()
    assert "0 new, 1 changed, 1 unchanged" in run(feature(1, west=50, **{"name:fi": "Kallio"}), feature(2)).out
    assert list(Change.objects.values_list("topic", "key")) == [("branch", branch.id)]
    (band,) = published_bands([branch.id], now=AREAS_AT)[branch.id]
    assert area_from_ewkb(band.ewkb).contains(Point(50.5, 60.5))


def test_areas_can_be_suggested_where_they_are(run):
    run(feature(1, **{"name:fi": "Kallio"}))
    subject = Subject.objects.get(type="area")
    assert (subject.ref, subject.name, subject.names) == (
        str(NamedArea.objects.get().id), "Quarter 1", {"fi": "Kallio"},
    )  # fmt: skip
    assert 24 < subject.point.x < 25


def test_each_refused_row_is_told(run):
    bow = feature(3)
    bow["geometry"]["coordinates"] = [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]
    told = run(feature(1), feature(1), feature(2, name=None), bow, feature(None), {"type": "Feature"})
    assert "1 new, 0 changed, 0 unchanged, 5 refused" in told.out
    reasons = [line.split(": ")[1] for line in told.err.splitlines()]
    assert reasons == ["duplicate_external_id", "missing_name", "area_invalid", "id_invalid", "record_unreadable"]


def test_a_file_that_is_none_is_refused(tmp_path):
    for name, content in (("no.geojson", None), ("broken.geojson", b'{"type": "FeatureCollection", "features": [{')):
        if content:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(CommandError):
            call_command("import_named_areas", tmp_path / name, source="test", kind="quarter")


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "options", "count"),
    [
        ("munich_districts", {}, 27),
        ("munich_quarters", {"name": "vi_nummer"}, 477),
        ("nyc_boroughs", {"id": "borough_code"}, 5),
        ("nyc_neighbourhoods_nta2020", {"id": "nta2020"}, 262),
        ("nyc_zip_modzcta", {"id": "modzcta", "name": "modzcta"}, 178),
    ],
)
def test_cities_are_taken_whole_or_told_row_by_row(shared_data, capsys, name, options, count):
    call_command("import_named_areas", shared_data / f"{name}.geojson.gz", source=name, kind="test", **options)
    told = capsys.readouterr()
    assert NamedArea.objects.count() == count - len(told.err.splitlines())
    assert len(told.err.splitlines()) == 0, told.err
