"""A mobile branch is found where it says it is, and nowhere once it says no more, on both engines, by a real worker.

`VICINITY_TIMED=1` holds each to two seconds.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.gis.geos import Point as GeometryPoint

from geo.types import Circle, Point
from listings.mobile.services import make_mobile, report_position, withdraw_position
from search.backends.opensearch.backend import OpenSearchBackend
from search.backends.opensearch.generations import serving
from search.backends.postgis.backend import PostgisBackend
from search.query import SearchQuery
from search.ranking import spec_for
from tests.factories import BranchFactory, UserFactory
from tests.indexing.test_areas_searched import SECONDS, stack  # noqa: F401  a fixture
from tests.indexing.test_crashes import wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.opensearch,
    pytest.mark.processes,
    pytest.mark.slow,
]

STATION, HARBOUR = Point(24.9414, 60.1719), Point(24.9560, 60.1670)


def test_where_a_mobile_branch_is_is_searched(cluster, opensearch_url, settings, stack, record_property):  # noqa: F811
    engines = (PostgisBackend(), OpenSearchBackend(cluster, serving=serving))
    driver, truck = UserFactory(), BranchFactory(point=GeometryPoint(STATION.lon, STATION.lat, srid=4326))
    BranchFactory()
    stack.worker("worker", OPENSEARCH_URL=opensearch_url, OPENSEARCH_PREFIX=settings.OPENSEARCH_PREFIX)

    def found(point):
        asked = SearchQuery(
            as_of=datetime.now(UTC), ranking=spec_for("nearest"), origin=point, area=Circle(point, 100.0)
        )
        return [[hit.id for hit in engine.search(asked).hits] for engine in engines]

    def until(at_station, at_harbour):
        hits = {True: [[f"place:{truck.id}"]] * 2, False: [[], []]}
        return wait_for(
            lambda: (found(STATION), found(HARBOUR)) == (hits[at_station], hits[at_harbour]), seconds=SECONDS
        )

    def report(point):
        now = datetime.now(UTC)
        assert report_position(branch_id=truck.id, point=point, at=now, by=driver, now=now).kept

    wait_for(lambda: serving() and found(STATION) == [[f"place:{truck.id}"]] * 2, seconds=90)
    took = []
    make_mobile(branch_id=truck.id, by="a test", now=datetime.now(UTC))
    took.append(until(False, False))
    report(HARBOUR)
    took.append(until(False, True))
    report(STATION)
    took.append(until(True, False))
    withdraw_position(branch_id=truck.id, by=driver, now=datetime.now(UTC))
    took.append(until(False, False))
    took = [round(seconds, 2) for seconds in took]
    record_property("seconds", str(took))
    print(f"mobile, at the harbour, at the station, withdrawn: seconds {took}")  # noqa: T201  seen with -rP
