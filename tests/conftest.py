"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = Path(os.environ.get("VICINITY_SHARED_DATA", ROOT.parent / "shared" / "data"))


def pytest_configure(config: pytest.Config) -> None:
    """In CI, refuse to go on without the real data sets: here, where xdist's controller can still tell why."""
    if not SHARED_DATA.is_dir() and os.environ.get("CI") == "true":
        raise pytest.UsageError(f"{SHARED_DATA} is missing, and CI must run the tests over real data.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without the real data sets, leave out what needs them."""
    if SHARED_DATA.is_dir():
        return
    needing = [item for item in items if item.get_closest_marker("shared_data")]
    config.hook.pytest_deselected(items=needing)
    items[:] = [item for item in items if item not in needing]


def pytest_terminal_summary(terminalreporter) -> None:
    """Say loudly what was left out; at the end, where it is read."""
    if not SHARED_DATA.is_dir():
        terminalreporter.write_line(f"NOT RUN: the tests over real data, for {SHARED_DATA} is missing.", red=True)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets. Use together with the mark `shared_data`."""
    return SHARED_DATA
