"""Numbers that stand for ids and for the border of a circle: they order and divide as what they stand for."""

from __future__ import annotations

import random
from math import asin, nextafter, sqrt
from uuid import UUID

from geo.distance import EARTH_RADIUS_METRES
from search.backends.opensearch.measuring import largest_square
from search.backends.opensearch.ties import FIELDS, ties_of
from search.document import deal_id, place_id


def some_ids(dice, count):
    for _ in range(count):
        bits = dice.choice((128, 16, 2))
        first, second = (UUID(int=dice.getrandbits(bits) << dice.choice((0, 128 - bits))) for _ in range(2))
        yield dice.choice((place_id(first), deal_id(first, second), f"place:{dice.randrange(200)}"))


def test_ties_order_as_ids_do_and_fit_their_fields():
    dice = random.Random(3)
    for shape in (lambda id_: len(id_) > 20, lambda id_: len(id_) <= 20):
        ids = {id_ for id_ in some_ids(dice, 5_000) if shape(id_)}
        first_of = {}
        for id_ in sorted(ids):
            first_of.setdefault(ties_of(id_), id_)
        assert list(first_of) == sorted(first_of)
        assert all(len(ties) == len(FIELDS) for ties in first_of)
        assert all(-(2**63) <= number < 2**63 for ties in first_of for number in ties)


def test_only_deals_of_one_id_whose_branches_begin_alike_tie():
    deal, branch, alike, other = (UUID(int=number) for number in (7, 1 << 90, 1 << 90 | 1, 1 << 91))
    assert ties_of(deal_id(deal, branch)) == ties_of(deal_id(deal, alike))
    assert ties_of(deal_id(deal, branch)) < ties_of(deal_id(deal, other))
    assert ties_of(deal_id(deal, branch)) < ties_of(place_id(deal)) < ties_of(place_id(branch))


def along(square):
    return asin(min(1.0, sqrt(square) / 2)) * 2 * EARTH_RADIUS_METRES


def test_the_largest_square_is_the_last_within_the_radius():
    dice = random.Random(4)
    radii = [0.0, 1.0, 5_000.0, 50_000.0, 1e7, 2.0015e7, *(10 ** dice.uniform(-3, 7.3) for _ in range(2_000))]
    for metres in radii:
        square = largest_square(metres)
        assert along(square) <= metres < along(nextafter(square, 5.0))
    assert largest_square(3e7) > 4.0
