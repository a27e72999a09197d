"""An area that was published is searched by, and one that was rolled back no more, on both engines, by a real worker.

`VICINITY_TIMED=1` holds each to two seconds.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest

from geo.types import Point
from listings.areas.services import area_tag, publish, retire, roll_back
from search.backends.opensearch.backend import OpenSearchBackend
from search.backends.opensearch.generations import serving
from search.backends.postgis.backend import PostgisBackend
from search.document import Mode
from search.query import SearchQuery, Serves
from search.ranking import spec_for
from tests.factories import BranchFactory, ServiceAreaFactory, area_version
from tests.indexing.test_crashes import Stack, wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.opensearch,
    pytest.mark.processes,
    pytest.mark.slow,
]

SECONDS = 2.0 if os.environ.get("VICINITY_TIMED") == "1" else 60.0
ADDRESS = Point(24.95, 60.17)


@pytest.fixture
def stack(tmp_path):
    made = Stack(tmp_path)
    made.redis()
    yield made
    made.kill_all()


def asked(mode):
    return SearchQuery(
        as_of=datetime.now(UTC),
        ranking=spec_for("nearest"),
        origin=ADDRESS,
        serves=Serves(ADDRESS, frozenset({mode})),
    )


def test_a_change_of_areas_is_searched(cluster, opensearch_url, settings, stack, record_property):
    engines = (PostgisBackend(), OpenSearchBackend(cluster, serving=serving))
    branch = BranchFactory()
    area = ServiceAreaFactory(branch=branch, bands__published=False, bands=[{"radius_metres": 3000, "fee_minor": 290}])
    stack.worker("worker", OPENSEARCH_URL=opensearch_url, OPENSEARCH_PREFIX=settings.OPENSEARCH_PREFIX)

    def fees():
        pages = [engine.search(asked(Mode.DELIVERY)) for engine in engines]
        return [[way.band.fee_minor for hit in page.hits for way in hit.served] for page in pages]

    def step(act, wanted, **arguments):
        act(area_id=area.id, expected=area_tag(area), by="a test", now=datetime.now(UTC), **arguments)
        took.append(wait_for(lambda: fees() == [wanted, wanted], seconds=SECONDS))

    took = []
    wait_for(lambda: serving() and all(engine.search(asked(Mode.VISIT)).total for engine in engines), seconds=90)
    step(publish, [290])
    bands = [{"radius_metres": 500, "fee_minor": 0}, {"radius_metres": 5000, "fee_minor": 490}]
    area_version(area, bands, published=False)
    step(publish, [490])
    step(roll_back, [290], number=1)
    step(retire, [])
    took = [round(seconds, 2) for seconds in took]
    record_property("seconds", str(took))
    print(f"published, changed, rolled back, retired: seconds {took}")  # noqa: T201  seen with -rP
