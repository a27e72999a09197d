"""The `postgis` engine finds who serves as ST_Covers says of each shape. VICINITY_PAIRS compares more."""

from __future__ import annotations

import os
import random

import pytest
from django.db import connection

from geo.types import Point
from search.backends.postgis.backend import PostgisBackend
from tests.contracts.documents import CENTRE, band
from tests.contracts.serving import branch, who
from tests.search.serving_pairs import comb, compare

PAIRS = int(os.environ.get("VICINITY_PAIRS", "4000"))
SEED = 20_261_126


@pytest.mark.django_db
def test_who_serves_is_who_covers(record_property):
    report = compare(PostgisBackend(), pairs=PAIRS, seed=SEED)
    record_property("pairs", str(report))
    print(report)  # noqa: T201  seen with -rP
    assert (report.missed, report.false) == ([], [])


@pytest.mark.django_db
def test_the_whole_shape_decides_where_a_piece_was_cut():
    """On the long edges of a polygon that is cut. The pieces alone, the control, are wrong about some of these."""
    chance = random.Random(SEED)
    shape = comb(CENTRE, 1_500.0, turned=0.4)
    backend = PostgisBackend()
    backend.apply([branch(1, band(1, area=shape))], gone=(), version=1)
    ring, wrong, wrong_by_pieces = shape.polygons[0][0], 0, 0
    for _ in range(400):
        at, share = chance.randrange(len(ring) - 1), chance.random()
        (west, south), (east, north) = ring[at], ring[at + 1]
        point = Point(west + share * (east - west), south + share * (north - south))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT ST_Covers(%(shape)s::geometry, p), (SELECT bool_or(ST_Covers(piece, p)) FROM search_piece)"
                " FROM ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS p",
                {"shape": shape.ewkb_hex(), "lon": point.lon, "lat": point.lat},
            )
            covers, by_pieces = cursor.fetchone()
        wrong += covers is not bool(backend.search(who(point)).total)
        wrong_by_pieces += covers is not by_pieces
    assert wrong == 0
    assert wrong_by_pieces > 0
