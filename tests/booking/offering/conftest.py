import pytest

from tests.factories import BranchFactory


@pytest.fixture
def branch():
    return BranchFactory(opening_hours="Mo-Su 09:00-17:00")
