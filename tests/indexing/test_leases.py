"""An epoch that is being read at is not forgotten; one that was is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indexing.leases import EpochForgotten, leased
from search.backends.postgis import projection
from search.models import Epoch, Lease
from tests.contracts.documents import document

pytestmark = pytest.mark.django_db


@pytest.fixture
def replaced():
    """One document, in three versions, at epochs 1 to 3."""
    for version in range(1, 4):
        projection.apply([document(1, rating_stars=float(version))], gone=[], version=version)


def forget():
    return projection.forget(keep=timedelta(0))


def test_what_can_be_seen_at_a_leased_epoch_is_held_until_the_lease_ends(replaced):
    with leased(2) as renew:
        assert forget() == 1, "what was replaced at 2 cannot be seen at 2"
        renew()
    assert not Lease.objects.exists()
    assert forget() == 1
    assert Epoch.objects.get().oldest == 3


def test_a_lease_that_ran_out_holds_nothing_and_its_holder_is_told(replaced):
    with pytest.raises(EpochForgotten):
        stand_still_under_a_lease()
    assert not Lease.objects.exists()


def stand_still_under_a_lease():
    with leased(1) as renew:
        Lease.objects.update(until="2020-01-01T00:00:00Z")
        assert forget() == 2
        renew()


def test_what_is_forgotten_already_cannot_be_leased(replaced):
    forget()
    with pytest.raises(EpochForgotten), leased(1):
        pytest.fail("it must not come to this")


def test_control_without_a_lease_the_epoch_is_forgotten(replaced):
    assert forget() == 2
    assert Epoch.objects.get().oldest == 3
