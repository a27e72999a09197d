"""The made-up world of the benchmarks: the same for everyone, of the size that was asked for, and searchable."""

from __future__ import annotations

from itertools import islice

import pytest

from benchmarks.offers import AS_OF, CITIES, offers
from search.backends.registry import backend_for
from search.document import Kind
from tests.contracts.documents import asking


def test_the_same_seed_makes_the_same_offers_and_another_makes_others():
    first, again, other = (list(islice(offers(1_000, seed=seed), 40)) for seed in (7, 7, 8))
    assert first == again
    assert {document.id for document in first}.isdisjoint(document.id for document in other)


@pytest.mark.parametrize("count", [1, 999, 2_000])
def test_as_many_as_asked_for_and_half_of_them_deals(count):
    made = list(offers(count))
    assert len({document.id for document in made}) == len(made) == count
    places = sum(document.kind is Kind.PLACE for document in made)
    assert 0 <= places - (count - places) <= CITIES


@pytest.mark.django_db
def test_they_are_documents_that_an_engine_takes():
    made = list(offers(300))
    backend_for("postgis").apply(made, gone=[], version=1)
    assert backend_for("postgis").search(asking(as_of=AS_OF)).total == 300
