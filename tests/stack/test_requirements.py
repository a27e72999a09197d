"""The lock files hold what pyproject.toml asks for, by hash, and name no host."""

from __future__ import annotations

import re
import tomllib

import pytest

from stack.folders import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def _names(requirements):
    return {re.split(r"[^A-Za-z0-9._-]", text)[0].lower().replace("_", "-") for text in requirements}


def _pins(file):
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ \\;]+)", (ROOT / file).read_text(), flags=re.MULTILINE))


def test_every_dependency_is_locked():
    assert _names(PROJECT["project"]["dependencies"]) <= _pins("requirements.txt").keys()
    wanted = [*PROJECT["dependency-groups"]["dev"], *PROJECT["project"]["optional-dependencies"]["overture"]]
    assert _names(wanted) <= _pins("requirements-dev.txt").keys()


def test_what_is_tested_is_what_is_deployed():
    assert _pins("requirements.txt").items() <= _pins("requirements-dev.txt").items()


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_line_is_held_by_a_hash_and_names_no_host(file):
    text = (ROOT / file).read_text()
    assert "://" not in text
    entries = re.split(r"\n(?=[a-z])", text.strip())
    assert len(entries) >= len(_pins(file))
    assert all("--hash=sha256:" in entry for entry in entries)
