"""What tests of the index share."""

from __future__ import annotations

import pytest

from indexing.engines import engine
from indexing.relay import drain_all


@pytest.fixture
def backend(db):
    return engine()


@pytest.fixture
def settle(backend):
    """Apply all that is due; returns what was done."""
    return lambda: drain_all(backend)
