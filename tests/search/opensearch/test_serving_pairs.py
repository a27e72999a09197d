"""The `opensearch` engine finds who serves as ST_Covers says of each shape."""

from __future__ import annotations

import pytest

from tests.search.serving_pairs import compare
from tests.search.test_serving_pairs import PAIRS, SEED

pytestmark = [pytest.mark.django_db, pytest.mark.opensearch]


def test_who_serves_is_who_covers(followed, record_property):
    report = compare(followed, pairs=PAIRS, seed=SEED + 1)
    record_property("pairs", str(report))
    print(report)  # noqa: T201  seen with -rP
    assert (report.missed, report.false) == ([], [])
