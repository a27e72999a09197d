"""What docs/ says of the code is so: settings, error codes, limits, the OpenAPI document."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from config.api import parameters, parsing
from config.api.codes import all_codes
from config.api.reference import pages
from config.options import OPTIONS
from listings.roles import Action, may

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def table_rows(page: str, heading: str) -> list[list[str]]:
    """The cells of each row of the first table after a heading, without its head."""
    after = (DOCS / page).read_text(encoding="utf-8").partition(f"{heading}\n")[2]
    lines = [line for line in after.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("path", sorted(pages()), ids=lambda path: path.name)
def test_what_is_made_from_the_code_is_up_to_date(path):
    assert path.read_text(encoding="utf-8") == pages()[path], "run `make openapi`"


def test_every_setting_is_documented_once_and_says_what_it_does():
    documented = [row[0].strip("`") for row in table_rows("settings.md", "# Settings")]
    assert documented == [option.name for option in OPTIONS]
    assert all(option.help.endswith(".") for option in OPTIONS)


def test_settings_are_read_from_the_table_only():
    read_elsewhere = [
        f"{path.relative_to(ROOT)}: {node.attr}"
        for package in ("config", "accounts", "geo", "listings", "deals", "booking", "search", "indexing", "fixtures")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]
    # Django's own entrances name the settings module; the metrics library and the crash tests have a variable each.
    allowed = {
        "config/settings.py",
        "config/wsgi.py",
        "config/celery.py",
        "config/api/metrics.py",
        "config/failpoints.py",
    }
    assert {line.partition(":")[0] for line in read_elsewhere} <= allowed


@pytest.mark.parametrize("each", all_codes(), ids=lambda each: each.code)
def test_each_error_code_is_fit_to_be_told(each):
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", each.code)
    assert 400 <= each.status < 600
    assert each.title
    assert not each.title.endswith(".")
    assert each.meaning.endswith("."), "give the class a docstring: it is the meaning in docs/api.md"


@pytest.mark.parametrize("each", all_codes(), ids=lambda each: each.code)
def test_each_error_code_has_its_page(client, each):
    response = client.get(f"/errors/{each.code}")
    assert response.status_code == 200
    assert each.code in response.content.decode()
    assert f'id="{each.code}"' in client.get("/errors").content.decode()


def test_the_limits_in_the_docs_are_those_in_the_code():
    documented = {row[0]: int(row[1].split()[0]) for row in table_rows("api.md", "## Limits")}
    assert documented == {
        "Body of a request": settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        "Nesting of a JSON body": parsing.MAX_DEPTH,
        "Parameters in a query": parameters.MAX_PARAMETERS,
        "Value of a parameter, where it says nothing else": parameters.MAX_VALUE_CHARACTERS,
        "X-Request-ID": 128,
    }


def test_the_roles_in_the_docs_are_those_in_the_code():
    documented = {row[0].split("`")[1]: row[1:] for row in table_rows("accounts.md", "## Roles")}
    assert documented == {
        action: ["yes" if may(role, action) else "no" for role in ("owner", "manager", "staff")] for action in Action
    }
