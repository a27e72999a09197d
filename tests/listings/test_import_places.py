import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from listings.imports.places import Reason
from listings.models import Branch, Change, ImportRun

ROOT = Path(__file__).resolve().parents[2]
HEADER = "id,name,category,lat,lon,opening_hours\n"


def _rows(count: int) -> str:
    return "".join(f"{n},Café {n},cafe,{60 + n / 10_000:.4f},24.94,Mo-Fr 08:00-17:00\n" for n in range(1, count + 1))


@pytest.fixture
def places(tmp_path):
    path = tmp_path / "places.csv"
    path.write_text(
        HEADER + _rows(3) + "4,,cafe,60.1,24.94,\n5,=cmd,cafe,24.94,60.17,\n6,Six,cafe,60.3,24.94,never ever\n"
    )
    return path


def _call(*arguments, capsys) -> str:
    call_command("import_places", *map(str, arguments))
    return capsys.readouterr().out


@pytest.mark.django_db
def test_the_command_tells_counts_reasons_and_speed(places, capsys):
    told = _call(places, "--source", "test", "--box=24,59.9,25.5,60.5", capsys=capsys)
    lines = told.splitlines()
    assert lines[0] == "6 rows read: 4 new, 0 changed, 0 unchanged, 2 refused."
    assert lines[1] == (
        "1 fields dropped, 0 duplicates. By reason: hours_unreadable 1, missing_name 1, position_swapped 1."
    )
    assert lines[2] == "Say --report FILE to have each told."
    assert "rows/s" in lines[3]


@pytest.mark.django_db
def test_the_report_is_csv_or_json_lines(places, tmp_path, capsys):
    for name in ("refused.csv", "refused.jsonl"):
        _call(places, "--source", "test", "--box=24,59.9,25.5,60.5", "--report", tmp_path / name, capsys=capsys)
    with (tmp_path / "refused.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["external_id"], row["field"], row["reason"], row["outcome"]) for row in rows] == [
        ("5", "4", "name", "missing_name", "refused"),
        ("6", "5", "lat", "position_swapped", "refused"),
        ("7", "6", "opening_hours", "hours_unreadable", "field_dropped"),
    ]
    lines = [json.loads(line) for line in (tmp_path / "refused.jsonl").read_text().splitlines()]
    assert [{key: str(value) for key, value in line.items()} for line in lines] == rows


@pytest.mark.django_db
def test_a_report_holds_no_formula(tmp_path, capsys):
    (tmp_path / "p.csv").write_text(HEADER + "=1+1,,cafe,60.1,24.94,\n")
    _call(tmp_path / "p.csv", "--source", "test", "--report", tmp_path / "r.csv", capsys=capsys)
    assert (tmp_path / "r.csv").read_text().splitlines()[1].startswith("2,'=1+1,name,missing_name,")


@pytest.mark.django_db
def test_words_columns_and_defaults_can_be_mapped(tmp_path, capsys):
    (tmp_path / "p.csv").write_text("Shop;Sort;Y;X;Chain\nA;weird;60.1;24.9;Kahvi\nB;;60.2;24.9;\n")
    (tmp_path / "words.csv").write_text("Weird,pizza\n")
    _call(
        tmp_path / "p.csv", "--source", "test", "--map", "name=shop", "--map", "category=Sort",
        "--brand-column", "Chain", "--category-map", tmp_path / "words.csv", "--category", "bakery", capsys=capsys,
    )  # fmt: skip
    found = {branch.name: branch for branch in Branch.objects.select_related("brand")}
    assert (found["A"].category_id, found["A"].brand.name) == ("pizza", "Kahvi")
    assert (found["B"].category_id, found["B"].brand) == ("bakery", None)


@pytest.mark.django_db
def test_a_dry_run_says_so(places, capsys):
    assert _call(places, "--source", "test", "--dry-run", capsys=capsys).startswith("Dry run: nothing was written.")
    assert Branch.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--box=1,2,3"], "--box is four numbers: west,south,east,north."),
        (["--box=24,61,25,60"], "--box is west,south,east,north in degrees, south below north."),
        (["--map", "name"], "--map is FIELD=COLUMN; got name."),
        (
            ["--map", "name=nowhere"],
            "invalid_parameter: The file has no column “nowhere”; it has id, name, category, lat, lon, opening_hours.",
        ),
        (["--country", "FIN"], "--country is two letters, such as FI."),
        (
            ["--category", "nonsense"],
            "invalid_parameter: “nonsense” is no category of ours (listings/data/categories.csv).",
        ),
        (["--batch-rows", "0"], "--batch-rows is 1 to 50000."),
        (["--format", "geojson"], "import_file_refused: The file is not GeoJSON: it has no features."),
    ],
)  # fmt: skip
def test_a_wrong_option_is_told_and_nothing_written(places, arguments, told):
    with pytest.raises(CommandError) as error:
        call_command("import_places", str(places), "--source", "test", *arguments)
    assert str(error.value) == told
    assert Branch.objects.count() == 0


@pytest.mark.processes
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_killed_import_resumes_and_ends_as_if_it_had_not_been(tmp_path):
    """kill -9 in the middle; then the same command with --resume."""
    count = 20_000
    path = tmp_path / "places.csv"
    path.write_text(HEADER + _rows(count))
    settings = connection.settings_dict
    url = (
        f"postgis://{settings['USER']}:{settings['PASSWORD']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    )
    command = [sys.executable, "manage.py", "import_places", str(path), "--source", "test", "--batch-rows", "250"]
    environment = {**os.environ, "DATABASE_URL": url, "DEBUG": "true"}

    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (run := ImportRun.objects.filter(line__gte=1000).first()):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)

    run.refresh_from_db()
    assert run.finished_at is None
    assert 1000 <= run.line < count
    assert Branch.objects.count() == Change.objects.count() == run.line

    deadline = time.monotonic() + 30
    while True:  # PostgreSQL frees the lock when it notices that its client is gone
        done = subprocess.run(
            [*command, "--resume"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if "import_busy" not in done.stderr:
            break
        assert time.monotonic() < deadline
    assert done.returncode == 0, done.stderr
    assert f"Went on after row {run.line:,}." in done.stdout
    assert Branch.objects.values("external_id").distinct().count() == Branch.objects.count() == count
    assert Change.objects.count() == count
    assert ImportRun.objects.get().finished_at is not None


def test_every_reason_is_told_in_the_docs():
    text = (ROOT / "docs" / "import.md").read_text()
    table = [line.split("|")[1].strip(" `") for line in text.splitlines() if line.startswith("| `")]
    assert [code for code in table if "_" in code and code in set(Reason)] == sorted(Reason)
