"""House law: which way imports go, which modules are pure, which names are not used."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (
    *("config", "accounts", "geo", "listings", "deals", "booking", "search", "indexing", "fixtures"),
    *("stack", "web"),
)
SOURCES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if not {"migrations", "node_modules"} & set(path.parts)
)
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time"), ("timezone", "now")}


def _pure_modules() -> set[str]:
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    return set(contracts["importlinter:contract:pure"]["source_modules"].split())


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _says_pure(path: Path) -> bool:
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    return re.search(r"\bPure\b", docstring.split("\n", 1)[0]) is not None


def test_imports_go_down_only():
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--config", ".importlinter", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_module_that_says_it_is_pure_is_held_to_it():
    assert {_module(path) for path in SOURCES if _says_pure(path)} == _pure_modules()


@pytest.mark.parametrize("module", sorted(_pure_modules()))
def test_pure_modules_read_no_clock(module):
    tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text())
    read = {
        (node.func.value.id, node.func.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
    }
    assert read & CLOCKS == set()


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "core", "misc"])
def test_no_junk_drawer(name):
    assert [path for path in SOURCES if path.stem == name or name in path.relative_to(ROOT).parts] == []


def _importers(package: str) -> set[str]:
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom) and node.level == 0
                else []
            )
            if any(name == package or name.startswith(f"{package}.") for name in names):
                found.add(_module(path))
    return found


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("h3", {"geo.cells"}),
        ("opening_hours", {"listings.hours", "listings.hours_text"}),
        ("osmium", {"geo.base_map", "listings.imports.osm_pbf"}),
        ("stripe", {"booking.payments.stripe"}),
    ],
)
def test_a_vendor_library_is_imported_where_it_belongs_only(package, allowed):
    assert _importers(package) <= allowed
