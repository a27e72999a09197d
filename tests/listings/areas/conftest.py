import pytest
from rest_framework.test import APIClient

from tests.factories import BranchFactory, MembershipFactory


@pytest.fixture
def branch():
    return BranchFactory()


@pytest.fixture
def owner(branch):
    return MembershipFactory(merchant=branch.merchant).user


@pytest.fixture
def api(owner):
    """A client of the owner."""
    client = APIClient()
    client.force_authenticate(owner)
    return client
