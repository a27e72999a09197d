"""GET /v1/tiles/areas/{branch_id}/{z}/{x}/{y}.mvt: where a branch delivers to or comes to. Open to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from config.api.caching import cache_headers, not_modified, weak_etag
from config.api.parameters import read_query
from config.api.rendering import JSONRenderer
from config.api.throttling import TileThrottle
from config.api.values import parse_uuid
from config.errors import NotFound
from geo.api import MEDIA_TYPE, TILE_PARAMETERS, TileRenderer
from geo.area_tiles import area_tile, drawn_circle
from geo.areas import Area, area_from_ewkb
from geo.tiles import parse_tile
from geo.types import Circle, Point
from listings.areas.published import PublishedBand
from listings.areas.selectors import published_bands
from listings.mobile.shown import is_somewhere
from listings.models import Branch

AREAS_MAX_AGE_SECONDS = 60
"""A published change shows within this in a map that keeps its tiles."""
LAYER = "bands"


class AreaTileView(APIView):
    throttle_classes = [TileThrottle]
    renderer_classes = [JSONRenderer, TileRenderer]

    @extend_schema(
        operation_id="area_tile",
        summary="A vector tile of where a branch delivers to or comes to: its published areas that are valid now.",
        description=(
            "Mapbox Vector Tile 2.1 in square Web Mercator, extent 4096. Source layer `bands`: area_id, area (its "
            "name), mode, rank (0 counts first), fee_minor, minimum_minor, currency, and eta_min_minutes, "
            "eta_max_minutes where they are told. Those of one area come by rank. A circle has 128 corners: for "
            "pictures, not for decisions. A mobile branch that tells no position has no circle."
        ),
        tags=["tiles"],
        parameters=[
            OpenApiParameter("branch_id", UUID, OpenApiParameter.PATH, description="`place_id` of a hit."),
            *TILE_PARAMETERS,
        ],
        responses={(200, MEDIA_TYPE): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, branch_id: str, z: str, x: str, y: str) -> HttpResponse:
        read_query(request, known=())
        tile = parse_tile(z, x, y)
        wanted = parse_uuid(branch_id, parameter="branch_id")
        now = timezone.now()
        places = Branch.objects.open_for_business(now=now).filter(id=wanted)
        branch = places.only("id", "point", "home_point", "position_until").first()
        if branch is None:
            raise NotFound("There is no place of this id.")
        bands = published_bands([branch.id], now=now).get(branch.id, ())
        centre = Point(branch.point.x, branch.point.y) if is_somewhere(branch, now=now) else None
        ranks: dict[UUID, int] = {}
        shown = []
        for band in bands:
            ranks[band.area_id] = rank = ranks.get(band.area_id, -1) + 1
            shape = _shape(band, centre)
            if shape is not None and (band.valid_from is None or band.valid_from <= now):
                shown.append((shape, _facts(band, rank)))
        body = area_tile(tile, LAYER, shown)
        etag = weak_etag(body)
        return not_modified(request, etag, max_age_seconds=AREAS_MAX_AGE_SECONDS) or HttpResponse(
            body, content_type=MEDIA_TYPE, headers=cache_headers(etag, max_age_seconds=AREAS_MAX_AGE_SECONDS)
        )


def _shape(band: PublishedBand, centre: Point | None) -> Area | None:
    """A published band has a radius or a shape. No circle without a centre."""
    if band.radius_metres is not None:
        return drawn_circle(Circle(centre, float(band.radius_metres))) if centre is not None else None
    return area_from_ewkb(band.ewkb or b"")


def _facts(band: PublishedBand, rank: int) -> Mapping[str, Any]:
    facts = {
        "area_id": str(band.area_id),
        "area": band.area_name,
        "mode": band.mode,
        "rank": rank,
        "fee_minor": band.fee_minor,
        "minimum_minor": band.minimum_minor,
        "currency": band.currency,
        "eta_min_minutes": band.eta_min_minutes,
        "eta_max_minutes": band.eta_max_minutes,
    }
    return {name: value for name, value in facts.items() if value is not None}
