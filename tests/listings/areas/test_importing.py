"""Service areas from GeoJSON: taken whole, told where refused, resumed, and left alone where they are as the file."""

import csv
import gzip
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from geo.areas import area_from_ewkb
from geo.datum import Datum, from_wgs84
from geo.types import Point
from listings.areas.drafts import parse_draft
from listings.areas.importing import AreaImport, import_service_areas
from listings.areas.selectors import published_bands
from listings.areas.services import save_draft
from listings.models import AuditEntry, Change, ServiceArea, ServiceAreaVersion
from tests.factories import AREAS_AT, BranchFactory, NamedAreaFactory, ServiceAreaFactory, UserFactory, area_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    return BranchFactory(source="osm", external_id="node/7")


def ring(west=24.0, size=1.0):
    east = west + size
    return [[west, 60.0], [east, 60.0], [east, 61.0], [west, 61.0], [west, 60.0]]


BOW_TIE = [[24.0, 60.0], [25.0, 61.0], [25.0, 60.0], [24.0, 61.0], [24.0, 60.0]]


def band(*coordinates, external_id="node/7", area="Centre", mode="delivery", currency="EUR", **properties):
    geometry = {"type": "Polygon", "coordinates": list(coordinates)} if coordinates else None
    given = {"external_id": external_id, "area": area, "mode": mode, "currency": currency, **properties}
    return {
        "type": "Feature",
        "properties": {key: value for key, value in given.items() if value is not None},
        "geometry": geometry,
    }


@pytest.fixture
def run(tmp_path, branch, capsys):
    def run(*features, lines=False, merchant=branch.merchant_id, **options):
        path, report = tmp_path / "areas.geojson.gz", tmp_path / "report.csv"
        text = (
            "\n".join(json.dumps(each) if not isinstance(each, str) else each for each in features)
            if lines
            else json.dumps({"type": "FeatureCollection", "features": features})
        )
        path.write_bytes(gzip.compress(text.encode()))
        call_command("import_service_areas", path, merchant=str(merchant), report=report, **options)
        with report.open(encoding="utf-8", newline="") as file:
            told = [(row["line"], row["external_id"], row["field"], row["reason"]) for row in csv.DictReader(file)]
        return capsys.readouterr().out.splitlines()[-1], told

    return run


def counts(published=0, drafted=0, unchanged=0, refused=0):
    read = published + drafted + unchanged + refused
    return f"{read} areas read: {published} published, {drafted} drafted, {unchanged} unchanged, {refused} refused."


def bands_of(branch):
    return published_bands([branch.id], now=AREAS_AT).get(branch.id, ())


def test_features_become_bands_in_their_order_and_a_second_run_writes_nothing(run, branch):
    NamedAreaFactory(source="quarters", external_id="9", name="Kallio")
    features = [
        band(
            ring(), fee_minor=100, minimum_minor=1500, eta_min_minutes=10, eta_max_minutes=20, hours="Mo-Fr 10:00-20:00"
        ),
        band(named_area="quarters:9", fee_minor=200, hours="Mo-Fr 10:00-20:00"),
        band(radius_metres=900, fee_minor=300, hours="Mo-Fr 10:00-20:00"),
        band(radius_metres=50, area="Evening", position=2),
        band(radius_metres=60, mode="at_home", external_id=None, branch_id=str(branch.id)),
    ]
    assert run(*features, publish=True) == (counts(published=3), [])
    home, disc, *rest, evening = bands_of(branch)
    assert (home.mode, home.radius_metres, disc.area_name, disc.hours) == ("at_home", 60, "Centre", "Mo-Fr 10:00-20:00")
    assert [(each.fee_minor, each.named_area, each.radius_metres) for each in (disc, *rest)] == [
        (100, None, None), (200, "Kallio", None), (300, None, 900),
    ]  # fmt: skip
    assert (disc.minimum_minor, disc.eta_min_minutes, disc.eta_max_minutes) == (1500, 10, 20)
    assert area_from_ewkb(disc.ewkb).contains(Point(24.5, 60.5))
    assert ServiceArea.objects.get(id=evening.area_id).position == 2
    assert set(AuditEntry.objects.values_list("actor", flat=True)) == {"import_service_areas"}
    Change.objects.all().delete()
    entries = AuditEntry.objects.count()
    assert run(*features, publish=True) == (counts(unchanged=3), [])
    assert (Change.objects.count(), AuditEntry.objects.count()) == (0, entries)
    features[1]["properties"]["fee_minor"] = 250
    assert run(*features, publish=True) == (counts(published=1, unchanged=2), [])
    assert [each.fee_minor for each in bands_of(branch)][2] == 250
    assert ServiceAreaVersion.objects.filter(area__name="Centre", area__mode="delivery").count() == 2


def test_without_publish_there_are_drafts(run, branch):
    assert run(band(radius_metres=5)) == (counts(drafted=1), [])
    assert run(band(radius_metres=5)) == (counts(unchanged=1), [])
    assert run(band(radius_metres=6)) == (counts(drafted=1), [])
    assert bands_of(branch) == ()
    assert ServiceAreaVersion.objects.get().revision == 2
    assert run(band(radius_metres=6), publish=True) == (counts(published=1), [])
    assert [each.radius_metres for each in bands_of(branch)] == [6]


def test_an_area_is_taken_whole_or_not_at_all(run, branch):
    features = [
        band(radius_metres=5, area="A"),
        band(BOW_TIE, area="B"),
        band(radius_metres=6, area="B"),
        band(radius_metres=7, area="C"),
    ]
    summary, told = run(*features, lines=True, publish=True)
    assert summary == counts(published=2, refused=1)
    assert told == [
        ("2", "node/7/delivery/B", "area", "area_invalid"),
        ("3", "node/7/delivery/B", "", "area_incomplete"),
    ]
    assert {each.area_name for each in bands_of(branch)} == {"A", "C"}


def test_one_area_is_known_however_its_texts_are_spelt(run, branch):
    NamedAreaFactory(source="quarters", external_id="Töölö", name="Töölö")
    plain = band(named_area="quarters:Töölö", area="Café du Port")
    spelt = band(
        named_area=" quarters:To\u0308o\u0308lo\u0308", area="Cafe\u0301  du Port" + " " * 200, external_id=" node/7 "
    )
    assert run(spelt, publish=True) == (counts(published=1), [])
    assert run(plain, publish=True) == (counts(unchanged=1), [])
    assert run(spelt, publish=True) == (counts(unchanged=1), [])
    assert [area.name for area in ServiceArea.objects.all()] == ["Café du Port"]


def test_a_text_that_cannot_be_stored_refuses_its_area_and_no_other(run, tmp_path, branch):
    bad = band(radius_metres=5, area="B\x00")
    summary, told = run(band(radius_metres=5, area="A"), bad, band(radius_metres=5, area="C"), lines=True, publish=True)
    assert (summary, told) == (
        counts(published=2, refused=1),
        [("2", "node/7/delivery/B\N{REPLACEMENT CHARACTER}", "name", "band_invalid")],
    )
    assert {each.area_name for each in bands_of(branch)} == {"A", "C"}


def test_the_report_tells_reason_and_place(run, tmp_path):
    run(band(BOW_TIE))
    assert "self_intersection: bands[0].area is not a valid area" in (tmp_path / "report.csv").read_text()
    assert "Place: 60.5, 24.5." in (tmp_path / "report.csv").read_text()


@pytest.mark.parametrize(
    ("feature", "field", "reason"),
    [
        (band(radius_metres=5, fee_minr=1), "fee_minr", "band_invalid"),
        (band(radius_metres=5, fee_minor="1"), "fee_minor", "band_invalid"),
        (band(radius_metres=5, fee_minor=1.5), "fee_minor", "band_invalid"),
        (band(radius_metres=0), "radius_metres", "band_invalid"),
        (band(), "", "band_invalid"),
        (band(ring(), radius_metres=5), "", "band_invalid"),
        (band(radius_metres=5, mode="visit"), "mode", "band_invalid"),
        (band(radius_metres=5, currency="euro"), "currency", "band_invalid"),
        (band(radius_metres=5, currency=None), "currency", "band_invalid"),
        (band(radius_metres=5, hours="whenever"), "hours", "band_invalid"),
        (band(radius_metres=5, position=-1), "position", "band_invalid"),
        (band(radius_metres=5, area=None), "name", "band_invalid"),
        (band(radius_metres=5, area="x" * 101), "name", "band_invalid"),
        (band(named_area="quarters:9"), "named_area", "band_invalid"),
        (band(named_area=7), "named_area", "band_invalid"),
        (band(radius_metres=5, external_id="node/8"), "external_id", "branch_unknown"),
        (band(radius_metres=5, external_id=None), "branch_id", "branch_unknown"),
        (band(radius_metres=5, branch_id="7"), "branch_id", "branch_unknown"),
        (band(radius_metres=5, external_id=None, branch_id="7"), "branch_id", "branch_unknown"),
        (band(radius_metres=5, valid_until="2001-01-02T00:00:00Z"), "valid_until", "area_in_the_way"),
        (band(radius_metres=5, area="a\x00b"), "name", "band_invalid"),
        (band(radius_metres=5, area="x" + " " * 500), "name", "band_invalid"),
        (band(radius_metres=5, external_id="node/7\x00"), "external_id", "branch_unknown"),
        (band(named_area="quarters:9\x00"), "named_area", "band_invalid"),
        (band(named_area=9), "named_area", "band_invalid"),
        (band(named_area="x:" + "9" * 400), "named_area", "band_invalid"),
        (band([[24.0, 60.0], [25.0, 60.0]]), "area", "area_invalid"),
        (band(ring(), [[0, 0], [1, 0], [1, 1], [0, 0]]), "area", "area_invalid"),
        ({"type": "Feature", "properties": None, "geometry": None}, "", "record_unreadable"),
    ],
)
def test_what_is_refused(run, branch, feature, field, reason):
    summary, told = run(feature, lines=True, publish=True)
    assert (summary, [(row[0], *row[2:]) for row in told]) == (counts(refused=1), [("1", field, reason)])
    assert not ServiceArea.objects.exists()


def test_a_branch_of_another_merchant_is_not_there(run, branch):
    other = BranchFactory(source="osm", external_id="node/8")
    _, told = run(
        band(radius_metres=5, external_id="node/8"), band(radius_metres=5, external_id=None, branch_id=str(other.id))
    )
    assert [row[3] for row in told] == ["branch_unknown", "branch_unknown"]
    with pytest.raises(CommandError):
        run(band(radius_metres=5), merchant="1b671a64-40d5-491e-99b0-da01ff1f3341")


def test_two_branches_of_one_external_id_are_not_guessed_at(run, branch):
    BranchFactory(merchant=branch.merchant, source="overture", external_id="node/7")
    assert run(band(radius_metres=5))[1][0][2:] == ("external_id", "branch_unknown")


def test_features_of_one_area_follow_one_another_and_agree(run, branch):
    apart = [band(radius_metres=5), band(radius_metres=6, area="B"), band(radius_metres=7)]
    summary, told = run(*apart, lines=True, publish=True)
    assert (summary, [(row[0], row[3]) for row in told]) == (counts(published=2, refused=1), [("3", "area_split")])
    differ = [band(radius_metres=5, area="D"), band(radius_metres=6, area="D", currency="CHF")]
    summary, told = run(*differ, lines=True)
    assert [(row[0], row[3]) for row in told] == [("1", "area_incomplete"), ("2", "band_invalid")]


def test_somebody_elses_draft_is_not_overwritten(run, branch):
    area = ServiceAreaFactory(branch=branch, name="Centre")
    area_version(area, [{"radius_metres": 9}], published=False)
    assert run(band(radius_metres=5), publish=True)[1][0][3] == "area_in_the_way"
    assert ServiceAreaVersion.objects.get(state="draft").bands.get().radius_metres == 9
    ServiceAreaFactory(branch=branch, name="Twice")
    ServiceAreaFactory(branch=branch, name="Twice")
    assert run(band(radius_metres=5, area="Twice"))[1][0][3] == "area_in_the_way"


def test_an_imported_draft_that_somebody_edited_is_theirs(run, branch):
    run(band(radius_metres=5))
    area, manager = ServiceArea.objects.get(), UserFactory()
    edited = parse_draft({"currency": "EUR", "bands": [{"radius_metres": 77}]})
    save_draft(area_id=area.id, draft=edited, expected="*", by=manager, now=timezone.now())
    for publish in (False, True):
        assert run(band(radius_metres=6), publish=publish)[1][0][3] == "area_in_the_way"
    version = ServiceAreaVersion.objects.get()
    assert (version.bands.get().radius_metres, version.state) == (77, "draft")
    assert (version.created_by, version.created_actor) == (manager, manager.email)


def test_the_position_of_an_area_that_is_there_stays_and_that_is_told(run, branch):
    run(band(radius_metres=5, position=3), publish=True)
    summary, told = run(band(radius_metres=6, position=4), publish=True)
    assert (summary, told[0][2:]) == (counts(published=1), ("position", "position_kept"))


def test_more_properties_are_taken_where_they_are_named(run):
    assert run(band(radius_metres=5, stroke="#f00"), ignore=["stroke"]) == (counts(drafted=1), [])


def test_a_file_may_be_drawn_on_another_map(run, branch):
    corners = [[118.0, 32.0], [118.1, 32.0], [118.1, 32.1], [118.0, 32.1], [118.0, 32.0]]
    drawn = [from_wgs84(Point(*corner), Datum.GCJ02) for corner in corners]
    run(band([[point.lon, point.lat] for point in drawn]), publish=True, datum="gcj02")
    (kept,) = area_from_ewkb(bands_of(branch)[0].ewkb).polygons[0]
    assert [number for position in kept for number in position] == pytest.approx(
        [each for corner in corners for each in corner], abs=1e-8
    )


def test_a_dry_run_writes_nothing(run):
    assert run(band(radius_metres=5), publish=True, dry_run=True) == (counts(published=1), [])
    assert not ServiceArea.objects.exists()


class _Died(Exception):
    pass


def test_a_run_that_died_goes_on_after_its_last_batch(tmp_path, branch):
    """Whole batches are there, the report has each feature once, and what follows is what one run would have done."""
    features = [band(radius_metres=number + 1, area=f"Area {number // 2}") for number in range(14)]
    features[5]["properties"]["fee_minor"] = -1
    features[12]["properties"]["fee_minor"] = -1
    path = tmp_path / "areas.geojsonl"
    path.write_text("\n".join(map(json.dumps, features)))
    kept = []

    def until_the_third(findings):
        if len(kept) == 2:
            raise _Died
        kept.append(list(findings))

    def request(**how):
        return AreaImport(path=path, merchant_id=branch.merchant_id, publish=True, batch_areas=2, **how)

    with pytest.raises(_Died):
        import_service_areas(request=request(), now=timezone.now(), report=until_the_third)
    names = set(ServiceArea.objects.values_list("name", flat=True))
    assert names == {"Area 0", "Area 1", "Area 3"}
    summary = import_service_areas(
        request=request(resume=True), now=timezone.now(), report=lambda found: kept.append(list(found))
    )
    assert (summary.resumed_at, summary.read, summary.published, summary.refused) == (8, 3, 2, 1)
    told = [(finding.line, finding.reason.value) for batch in kept for finding in batch]
    assert told == [(5, "area_incomplete"), (6, "band_invalid"), (13, "band_invalid"), (14, "area_incomplete")]
    again = import_service_areas(request=request(), now=timezone.now(), report=lambda _: None)
    assert (again.published, again.unchanged, again.refused) == (0, 5, 2)


def test_a_file_that_is_cut_off_keeps_its_whole_batches(tmp_path, branch):
    text = json.dumps({"type": "FeatureCollection", "features": [band(radius_metres=5, area=str(n)) for n in range(5)]})
    path = tmp_path / "areas.geojson"
    path.write_text(text[: text.rindex('"area"')])
    with pytest.raises(CommandError, match="ends in the middle"):
        call_command("import_service_areas", path, merchant=str(branch.merchant_id), batch_areas=2)
    assert ServiceArea.objects.count() in (2, 4)
