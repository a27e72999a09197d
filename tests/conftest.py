"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = Path(os.environ.get("VICINITY_SHARED_DATA", ROOT.parent / "shared" / "data"))
OPENSEARCH = os.environ.get("VICINITY_TEST_OPENSEARCH", "")
"""`make test` starts one. OPENSEARCH_URL is what the code under test is told, which is empty."""


# A busy machine is no fault of what is tested: Hypothesis neither times examples nor their making.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")


def _missing() -> dict[str, str]:
    """By mark: why the tests that bear it cannot run here."""
    missing = {}
    if not SHARED_DATA.is_dir():
        missing["shared_data"] = f"{SHARED_DATA} is missing"
    if not OPENSEARCH:
        missing["opensearch"] = "no OpenSearch could be had"
    return missing


def pytest_configure(config: pytest.Config) -> None:
    """In CI, refuse to go on without what tests need: here, where xdist's controller can still tell why.

    What `-m "not …"` leaves out is not needed.
    """
    needed = [why for mark, why in _missing().items() if f"not {mark}" not in config.getoption("markexpr")]
    if os.environ.get("CI") == "true" and needed:
        raise pytest.UsageError(f"CI must run all tests, but {'; '.join(needed)}.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot run."""
    missing = _missing()
    needing = [item for item in items if any(item.get_closest_marker(mark) for mark in missing)]
    config.hook.pytest_deselected(items=needing)
    items[:] = [item for item in items if item not in needing]


def pytest_terminal_summary(terminalreporter) -> None:
    """Say loudly what was left out; at the end, where it is read."""
    for mark, why in _missing().items():
        terminalreporter.write_line(f"NOT RUN: the tests marked {mark}, for {why}.", red=True)


@pytest.fixture(autouse=True)
def _no_rate_limits(settings):
    """All tests are one client, and a quick machine sends more in a minute than a client may.

    Tests of the limits set their own.
    """
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "off")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets. Use together with the mark `shared_data`."""
    return SHARED_DATA


@pytest.fixture(scope="session")
def opensearch_url() -> str:
    """A cluster that tests may fill. Use together with the mark `opensearch`."""
    return OPENSEARCH


@pytest.fixture(scope="session")
def cluster_client(opensearch_url):
    from search.backends.opensearch.client import Client

    return Client([opensearch_url])


@pytest.fixture
def cluster(cluster_client, settings):
    """A client of OpenSearch, with no index of ours at the start and at the end."""
    settings.OPENSEARCH_PREFIX = f"opensearch-test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    settings.OPENSEARCH_TIMEOUT_MS = 30_000  # of tests, the machine is busier than of users
    yield cluster_client
    cluster_client.delete(f"{settings.OPENSEARCH_PREFIX}-offers-*")
