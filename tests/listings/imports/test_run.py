import csv
import gzip
import io
import json
import sys
from datetime import UTC, datetime

import pytest
from django.contrib.gis.geos import Point
from django.db import connection, connections

from config.errors import InvalidParameter
from geo.types import Box
from listings.imports.apply import PlacesUnidentified, TooManyMissing
from listings.imports.batches import ImportBusy
from listings.imports.places import FileRefused, Finding, Outcome, Reason
from listings.imports.run import ImportRequest, run_import
from listings.models import Branch, Brand, Change, ImportRun, Merchant
from tests.factories import BranchFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
HEADER = ("id", "name", "category", "lat", "lon", "street", "city", "opening_hours", "brand", "wheelchair")


def _quiet(summary, fraction):
    pass


class Stopped(Exception):
    """Stands for a process that dies between two batches."""


@pytest.fixture
def write(tmp_path):
    def _write(*rows, name="places.csv"):
        text = io.StringIO()
        csv.writer(text).writerows([HEADER, *rows])
        (tmp_path / name).write_text(text.getvalue())
        return tmp_path / name

    return _write


def _place(
    number, *, name=None, category="cafe", lat=None, lon="24.94", street="", hours="", brand="", wheelchair="yes"
):
    lat = f"{60 + number / 1000:.4f}" if lat is None else lat
    name = f"Café {number}" if name is None else name
    return (str(number), name, category, lat, lon, street, "Helsinki", hours, brand, wheelchair)


def _run(path, *, progress=_quiet, now=NOW, **options):
    findings: list[Finding] = []
    options = {"source": "test", "batch_rows": 2, **options}
    summary = run_import(
        request=ImportRequest(path=path, **options), now=now, report=findings.extend, progress=progress
    )
    return summary, findings


def _counts(summary):
    return summary.inserted, summary.updated, summary.unchanged, summary.refused


def test_rows_become_branches_with_all_their_facts(write):
    summary, findings = _run(write(_place(1, street="Kaivokatu 1", hours="Mo-Fr 08:00-17:00")))
    assert _counts(summary) == (1, 0, 0, 0)
    assert findings == []
    branch = Branch.objects.get()
    assert (branch.source, branch.external_id, branch.name) == ("test", "1", "Café 1")
    assert (branch.point.x, branch.point.y, branch.point.srid) == (24.94, 60.001, 4326)
    assert (branch.category_id, branch.street, branch.city) == ("cafe", "Kaivokatu 1", "Helsinki")
    assert (branch.zone, branch.country, branch.opening_hours) == ("Europe/Helsinki", "FI", "Mo-Fr 08:00-17:00")
    assert (branch.attributes, branch.photos, branch.brand) == ({"wheelchair": "yes"}, [], None)
    assert branch.merchant.name == "Café 1"
    assert [change.key for change in Change.objects.all()] == [branch.id]


def test_a_second_run_writes_nothing_and_tells_no_change(write):
    path = write(*[_place(number, brand="Kahvi" if number % 2 else "") for number in range(1, 6)])
    assert _counts(_run(path)[0]) == (5, 0, 0, 0)
    before = list(Branch.objects.order_by("external_id").values())
    Change.objects.all().delete()
    assert _counts(_run(path, now=datetime(2026, 1, 2, tzinfo=UTC))[0]) == (0, 0, 5, 0)
    assert list(Branch.objects.order_by("external_id").values()) == before
    assert Change.objects.count() == 0
    assert (Merchant.objects.count(), Brand.objects.count()) == (3, 1)


def test_only_what_differs_is_written_and_told(write):
    _run(write(*[_place(number) for number in range(1, 4)]))
    Change.objects.all().delete()
    summary, _ = _run(write(_place(1), _place(2, name="Other", category="bar"), _place(3, lat="60.5"), _place(4)))
    assert _counts(summary) == (1, 2, 1, 0)
    told = {change.key for change in Change.objects.all()}
    assert told == {branch.id for branch in Branch.objects.filter(external_id__in=["2", "3", "4"])}
    assert Branch.objects.get(external_id="2").category_id == "bar"


def test_what_is_not_the_files_to_say_stays(write):
    path = write(_place(1))
    _run(path)
    branch = Branch.objects.get()
    Branch.objects.update(zone="Asia/Tokyo", zone_is_overridden=True, photos=["https://e.org/1.jpg"], closed_at=NOW)
    assert _counts(_run(path)[0]) == (0, 0, 1, 0)
    assert _counts(_run(write(_place(1, name="New")))[0]) == (0, 1, 0, 0)
    branch.refresh_from_db()
    assert (branch.name, branch.zone, branch.photos, branch.closed_at) == (
        "New", "Asia/Tokyo", ["https://e.org/1.jpg"], NOW,
    )  # fmt: skip


def test_the_same_id_of_another_source_is_another_place(write):
    _run(write(_place(1)))
    assert _counts(_run(write(_place(1)), source="other")[0]) == (1, 0, 0, 0)
    assert Branch.objects.count() == 2


def test_a_chain_has_one_merchant_over_batches_and_runs(write):
    _run(write(*[_place(number, name="", brand="Kahvi Oy") for number in range(1, 6)]))
    _run(write(*[_place(number, name="", brand="KAHVI OY") for number in range(3, 9)]))
    assert Branch.objects.count() == 8
    assert [merchant.name for merchant in Merchant.objects.all()] == ["Kahvi Oy"]
    assert [(brand.name, brand.key) for brand in Brand.objects.all()] == [("Kahvi Oy", "kahvioy")]
    assert Branch.objects.filter(brand=Brand.objects.get()).count() == 8


def test_each_mistake_is_reported_with_line_field_and_reason_and_the_rest_written(write):
    path = write(
        _place(1),
        _place(2, name=""),
        _place(3, lat="0", lon="0"),
        _place(4, lat="24.94", lon="60.17"),
        _place(5, lat="10"),
        _place(6, lat="abc"),
        _place(7, category="nonsense"),
        _place(8, hours="sometimes"),
        _place(1),
        _place(10, name="Café 1", lat="60.0011"),
        ("too", "few"),
        _place(12),
    )
    summary, findings = _run(path, box=Box(24, 59.9, 25.5, 60.5))
    assert [(item.line, item.external_id, item.field, item.reason, item.outcome) for item in findings] == [
        (3, "2", "name", Reason.MISSING_NAME, Outcome.REFUSED),
        (4, "3", "lat", Reason.POSITION_AT_ZERO, Outcome.REFUSED),
        (5, "4", "lat", Reason.POSITION_SWAPPED, Outcome.REFUSED),
        (6, "5", "lat", Reason.POSITION_OUTSIDE_BOX, Outcome.REFUSED),
        (7, "6", "lat", Reason.POSITION_NOT_A_NUMBER, Outcome.REFUSED),
        (8, "7", "category", Reason.UNKNOWN_CATEGORY, Outcome.REFUSED),
        (9, "8", "opening_hours", Reason.HOURS_UNREADABLE, Outcome.FIELD_DROPPED),
        (10, "", "external_id", Reason.DUPLICATE_EXTERNAL_ID, Outcome.REFUSED),
        (11, "10", "name", Reason.DUPLICATE_PLACE, Outcome.NOTED),
        (12, "", "record", Reason.RECORD_UNREADABLE, Outcome.REFUSED),
    ]
    assert (_counts(summary), summary.read, summary.duplicates) == ((4, 0, 0, 8), 12, 1)
    assert sorted(Branch.objects.values_list("external_id", flat=True)) == ["1", "10", "12", "8"]


def test_of_ten_thousand_rows_with_one_percent_bad_all_others_go_in(write):
    bad = (
        {"name": ""},
        {"lat": "0", "lon": "0"},
        {"lat": "24.94", "lon": "60.17"},
        {"lat": "x"},
        {"category": "nonsense"},
    )
    facts = [{"lat": f"{60 + n / 20_000:.5f}", **(bad[n // 100 % 5] if n % 100 == 0 else {})} for n in range(1, 10_001)]
    rows = [_place(n, **fact) for n, fact in enumerate(facts, 1)]
    summary, findings = _run(write(*rows), box=Box(24, 59.9, 25.5, 60.6), batch_rows=5000)
    assert _counts(summary) == (9900, 0, 0, 100)
    assert [finding.line for finding in findings] == [n + 1 for n in range(100, 10_001, 100)]
    reasons = (
        Reason.MISSING_NAME,
        Reason.POSITION_AT_ZERO,
        Reason.POSITION_SWAPPED,
        Reason.POSITION_NOT_A_NUMBER,
        Reason.UNKNOWN_CATEGORY,
    )
    assert summary.reasons == dict.fromkeys(reasons, 20)


def test_a_duplicate_of_a_stored_place_is_told_once_and_can_be_skipped(write):
    BranchFactory(name="CAFE 1", point=Point(24.94, 60.0011, srid=4326))
    BranchFactory(name="Café 2", point=Point(24.94, 60.0025, srid=4326))
    path = write(_place(1), _place(2), _place(3))
    _, findings = _run(path, dry_run=True)
    assert [(item.line, item.reason, item.detail) for item in findings] == [
        (2, Reason.DUPLICATE_PLACE, "a place entered by hand, 11 m away, has the same name.")
    ]
    summary, findings = _run(path, skip_duplicates=True)
    assert _counts(summary) == (2, 0, 0, 1)
    assert [item.outcome for item in findings] == [Outcome.REFUSED]
    assert Merchant.objects.count() == 4


def test_a_duplicate_in_the_file_is_told_for_the_second_only(write):
    path = write(_place(1), _place(2), _place(3, name="Café 1", lat="60.0011"))
    for skip, inserted in ((False, 3), (True, 0)):
        summary, findings = _run(path, skip_duplicates=skip)
        assert [item.external_id for item in findings] == ["3"]
        assert summary.inserted == inserted


def test_a_dry_run_tells_the_same_and_writes_nothing(write):
    path = write(*[_place(number, brand="Kahvi") for number in range(1, 6)], _place(6, name=""))
    dry, _ = _run(path, dry_run=True)
    assert [model.objects.count() for model in (Branch, Brand, Merchant, Change, ImportRun)] == [0, 0, 0, 0, 0]
    assert _counts(dry) == _counts(_run(path)[0]) == (5, 0, 0, 1)


def test_a_run_that_dies_goes_on_after_its_last_batch(write):
    path = write(*[_place(number) for number in range(1, 8)])

    def die_after_two_batches(summary, fraction):
        if summary.read == 4:
            raise Stopped

    with pytest.raises(Stopped):
        _run(path, progress=die_after_two_batches)
    assert (Branch.objects.count(), ImportRun.objects.get().line) == (4, 4)
    Branch.objects.update(name="Touched since")
    summary, _ = _run(path, resume=True)
    assert (summary.resumed_at, summary.read, _counts(summary)) == (4, 7, (3, 0, 0, 0))
    assert Branch.objects.filter(name="Touched since").count() == 4
    run = ImportRun.objects.get()
    assert (run.line, run.finished_at) == (7, NOW)


def test_a_resume_still_knows_the_ids_and_names_before_it(write):
    path = write(_place(1), _place(2), _place(1), _place(4, name="Café 2", lat="60.0021"))

    def die(summary, fraction):
        if summary.read == 2:
            raise Stopped

    with pytest.raises(Stopped):
        _run(path, progress=die)
    _, findings = _run(path, resume=True)
    assert [item.reason for item in findings] == [Reason.DUPLICATE_EXTERNAL_ID, Reason.DUPLICATE_PLACE]


def test_a_resume_with_other_options_is_refused(write):
    path = write(*[_place(number) for number in range(1, 5)])

    def die(summary, fraction):
        raise Stopped

    with pytest.raises(Stopped):
        _run(path, progress=die)
    with pytest.raises(InvalidParameter) as error:
        _run(path, resume=True, country="SE")
    assert error.value.parameter == "resume"


def test_without_resume_a_run_begins_anew(write):
    path = write(*[_place(number) for number in range(1, 5)])
    _run(path)
    Branch.objects.update(name="Touched since")
    assert _counts(_run(path)[0]) == (0, 4, 0, 0)
    assert _counts(_run(path, resume=True)[0]) == (0, 0, 4, 0)


def test_missing_places_are_closed_only_when_asked_and_reopened_when_back(write):
    everything = write(*[_place(number) for number in range(1, 11)], name="all.csv")
    fewer = write(*[_place(number) for number in range(1, 9)], _place(9, name=""), name="fewer.csv")
    _run(everything)
    _run(everything, source="other")
    assert _run(fewer)[0].retired == 0
    Change.objects.all().delete()
    assert _run(fewer, retire_missing=True)[0].retired == 1
    closed = Branch.objects.get(closed_at=NOW)
    assert (closed.source, closed.external_id) == ("test", "10")  # 9 was refused, which is not missing
    assert [change.key for change in Change.objects.all()] == [closed.id]
    assert _run(fewer, retire_missing=True)[0].retired == 0
    assert _counts(_run(everything, retire_missing=True)[0]) == (0, 1, 9, 0)
    assert Branch.objects.filter(closed_at=None).count() == 20


def test_closing_more_than_a_share_is_refused_and_closes_nothing(write):
    _run(write(*[_place(number) for number in range(1, 11)]))
    with pytest.raises(TooManyMissing) as error:
        _run(write(*[_place(number) for number in range(1, 8)]), retire_missing=True)
    assert error.value.members["limit"] == 20
    assert Branch.objects.filter(closed_at=None).count() == 10
    summary, _ = _run(
        write(*[_place(number) for number in range(1, 8)]), retire_missing=True, retire_at_most_percent=30
    )
    assert summary.retired == 3


@pytest.mark.parametrize("damaged", [("10", "Café 10"), ("1" * 121, *_place(10)[1:])])
def test_a_place_whose_record_was_damaged_is_not_taken_for_missing(write, damaged):
    _run(write(*[_place(number) for number in range(1, 11)]))
    file = write(*[_place(number) for number in range(1, 10)], damaged)
    with pytest.raises(PlacesUnidentified) as error:
        _run(file, retire_missing=True)
    assert error.value.members["unidentified"] == 1
    assert Branch.objects.filter(closed_at=None).count() == 10
    assert _run(file)[0].refused == 1


def test_a_place_that_the_file_calls_closed_is_closed_and_none_is_added(tmp_path):
    def overture(**status):
        features = [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [24.94, 60 + number / 100]},
                "properties": {
                    "id": f"p{number}",
                    "names": {"primary": f"Kahvila {number}"},
                    "categories": {"primary": "coffee_shop"},
                    "operating_status": status.get(f"p{number}", "open"),
                },
            }
            for number in (1, 2, 3)
        ]
        features += [{**features[1], "properties": {"id": "a\x00", "operating_status": "permanently_closed"}}]
        path = tmp_path / "places.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        return path

    def run(**status):
        return _run(overture(**status), file_format="overture")[0]

    assert run(p3="permanently_closed").inserted == 2
    summary = run(p2="permanently_closed", p3="permanently_closed")
    assert (summary.inserted, summary.updated, summary.unchanged, summary.retired) == (0, 0, 1, 1)
    assert [(branch.external_id, branch.closed_at) for branch in Branch.objects.order_by("external_id")] == [
        ("p1", None),
        ("p2", NOW),
    ]


def test_the_planner_is_told_as_the_table_fills(write):
    """Else a table once seen empty is read whole for each row: 27 s a batch instead of 0.1 s."""
    _run(write(*[_place(number) for number in range(1, 10)]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'listings_branch'")
        assert cursor.fetchone() == (6.0,)  # five batches, told before the first, second and fourth


@pytest.mark.parametrize("source", ["", "x" * 61, "a\nb"])
def test_a_source_without_a_plain_name_is_refused(write, source):
    with pytest.raises(InvalidParameter):
        _run(write(_place(1)), source=source)


def test_a_file_that_breaks_off_keeps_its_whole_batches(write):
    path = write(*[_place(number) for number in range(1, 6)])
    path.write_bytes(path.read_bytes() + b'"never closed\n')
    with pytest.raises(FileRefused):
        _run(path)
    assert Branch.objects.count() == 4


@pytest.mark.parametrize("name", ["places.xyz", "gone.csv"])
def test_a_file_of_no_format_or_no_file_is_refused(tmp_path, name):
    if name == "places.xyz":
        (tmp_path / name).write_text("x")
    with pytest.raises(FileRefused):
        _run(tmp_path / name)


@pytest.mark.django_db(transaction=True)
def test_one_import_of_a_source_at_a_time(write):
    path = write(_place(1))
    held = connections.create_connection("default")
    try:
        with held.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended('vicinity-import:test', 0))")
            with pytest.raises(ImportBusy):
                _run(path)
            assert Branch.objects.count() == 0
            assert _counts(_run(path, source="other")[0]) == (1, 0, 0, 0)
            cursor.execute("SELECT pg_advisory_unlock_all()")
        assert _counts(_run(path)[0]) == (1, 0, 0, 0)
    finally:
        held.close()


@pytest.mark.shared_data
def test_munich_is_imported_whole_and_again_without_a_change(shared_data, capsys):
    path = shared_data / "munich_osm_merchants.geojson.gz"
    summary, findings = _run(path, source="osm-munich", batch_rows=5000, box=Box(11.3, 48.0, 11.8, 48.3))
    assert _counts(summary) == (8254, 0, 0, 0)
    assert Branch.objects.exclude(opening_hours="").count() == 5524 - summary.reasons[Reason.HOURS_UNREADABLE]
    assert summary.reasons[Reason.HOURS_UNREADABLE] < 120
    assert Branch.objects.exclude(zone="Europe/Berlin").count() == 0
    assert all(item.outcome is not Outcome.REFUSED for item in findings)
    Change.objects.all().delete()
    again, _ = _run(path, source="osm-munich", batch_rows=5000, box=Box(11.3, 48.0, 11.8, 48.3))
    assert (_counts(again), Change.objects.count()) == ((0, 0, 8254, 0), 0)
    with capsys.disabled():
        sys.stdout.write(
            f"\nMunich: {8254 / summary.seconds:,.0f} rows/s, writing {8254 / summary.seconds_writing:,.0f} rows/s\n"
        )


@pytest.mark.slow
@pytest.mark.shared_data
def test_the_chain_stores_of_a_country_are_imported(shared_data, capsys):
    path = shared_data / "us_chain_stores.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        brands = {row["brand"] for row in csv.DictReader(file)}
    summary, _ = _run(path, source="us-chains", batch_rows=5000)
    assert _counts(summary) == (192_427, 0, 0, 0)
    assert Brand.objects.count() == Merchant.objects.count() == len(brands)
    with capsys.disabled():
        rate = 192_427 / summary.seconds_writing
        sys.stdout.write(f"\nChain stores: {summary.rows_per_second:,.0f} rows/s, writing {rate:,.0f} rows/s\n")
