"""What is available at an address, by way of serving it. Pure.

The counts are a search's own total and facets, so they equal what a search for the same tells, on whichever engine
answers. All ways are asked at one instant and one state of the index.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.errors import InvalidParameter
from config.instants import instant_text
from geo.datum import Datum
from geo.params import parse_point
from geo.types import Point
from search.backends.base import SearchBackend
from search.document import Mode
from search.parameters import ANY_MODE
from search.query import Facet, SearchQuery, Serves
from search.ranking import DEFAULT_PROFILE, spec_for

NAMES = frozenset({"lat", "lon"})
WAYS: Mapping[str, frozenset[Mode]] = {ANY_MODE: frozenset(Mode), **{mode.value: frozenset({mode}) for mode in Mode}}
"""By what `mode` of a search says."""


def parse_address(params: Mapping[str, str], *, datum: Datum = Datum.WGS84) -> Point:
    """Given in `datum`. Raises InvalidParameter."""
    if not params.keys() & {"lat", "lon"}:
        raise InvalidParameter("lat", "Say where: lat and lon.")
    return parse_point(params.get("lat"), params.get("lon"), datum=datum)


def coverage_data(backend: SearchBackend, address: Point, *, now: datetime) -> dict[str, Any]:
    """The body of `GET /v1/coverage`: a search for each way."""
    ways: list[dict[str, Any]] = []
    epoch: int | None = None
    degraded = False
    for mode, modes in WAYS.items():
        query = SearchQuery(
            as_of=now,
            ranking=spec_for(DEFAULT_PROFILE),
            origin=address,
            serves=Serves(address, modes),
            facets=frozenset({Facet.KIND, Facet.CATEGORY}),
            limit=1,
        )
        page = backend.search(query, epoch=epoch)
        epoch, degraded = page.epoch, degraded or page.degraded
        ways.append(
            {
                "mode": mode,
                "total": {"value": page.total, "relation": "eq" if page.total_is_exact else "gte"},
                "kinds": dict(page.facets[Facet.KIND]),
                "categories": dict(sorted(page.facets[Facet.CATEGORY].items())),
            }
        )
    return {
        "ways": ways,
        "as_of": instant_text(now),
        "origin": {"lat": address.lat, "lon": address.lon},
        "degraded": degraded,
    }
