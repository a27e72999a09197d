"""Merchants' side of booking: the owner of the test's `branch`, and a client of theirs."""

import pytest
from rest_framework.test import APIClient

from tests.factories import MembershipFactory


@pytest.fixture
def owner(branch):
    return MembershipFactory(merchant=branch.merchant).user


@pytest.fixture
def api(owner, settings):
    """A client of the owner, who may ask as often as the tests do."""
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "off")
    client = APIClient()
    client.force_authenticate(owner)
    return client
