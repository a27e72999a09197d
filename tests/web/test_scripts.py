"""The scripts of the pages: their own tests, and how much of them a reader waits for."""

from __future__ import annotations

import re
import subprocess

import pytest

from stack import web_assets
from web.assets import assets


@pytest.mark.slow
def test_the_scripts_pass_their_own_tests():
    command = [str(word) for word in web_assets.npm("test")]
    told = subprocess.run(command, env=web_assets.environment(), capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-4000:] + told.stderr[-2000:]
    assert "# fail 0" in told.stdout


@pytest.mark.slow
def test_the_scripts_are_well_typed_and_without_a_fault_that_lint_finds():
    command = [str(word) for word in web_assets.npm("run", "lint")]
    told = subprocess.run(command, env=web_assets.environment(), capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout[-4000:] + told.stderr[-2000:]


def test_no_more_is_loaded_than_was_agreed():
    sizes = assets()["sizes"]
    assert 0 < sizes["before the map"] <= 40_000
    assert 0 < sizes["map"] <= 330_000
    assert 0 < sizes["console"] <= 45_000
    assert 0 < sizes["console map"] <= 345_000


def test_every_component_is_on_the_page_of_components():
    source = web_assets.WEB / "src"
    made = {
        name
        for file in (source / "components").glob("*.ts")
        for name in re.findall(r'@customElement\("(vn-[\w-]+)"\)', file.read_text(encoding="utf-8"))
    }
    page = (source / "app" / "components-page.ts").read_text(encoding="utf-8")
    assert made == made & set(re.findall(r"<(vn-[\w-]+)", page)) != set()
