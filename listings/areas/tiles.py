"""GET /v1/tiles/areas/{branch_id}/{z}/{x}/{y}.mvt: where a branch delivers to or comes to. Open to everybody."""

from __future__ import annotations

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
from geo.area_tiles import MAX_DRAWN_CORNERS
from geo.tiles import parse_tile
from geo.types import Point
from listings.areas.drawing import draw, drawn_bands
from listings.mobile.shown import is_somewhere
from listings.models import Branch

AREAS_MAX_AGE_SECONDS = 60
"""A published change shows within this in a map that keeps its tiles."""
DRAWING = 2
"""Counts the ways in which tiles are drawn: who kept one of an earlier way is given another."""


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
            "pictures, not for decisions; outlines are thinned to one unit of the 4096. A mobile branch that tells no "
            f"position has no circle. A tile shows at most {MAX_DRAWN_CORNERS} corners: `tile_too_detailed` beyond."
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
        centre = Point(branch.point.x, branch.point.y) if is_somewhere(branch, now=now) else None
        bands = drawn_bands(branch.id, centre=centre, now=now)
        etag = weak_etag(DRAWING, tile, *bands)
        return not_modified(request, etag, max_age_seconds=AREAS_MAX_AGE_SECONDS) or HttpResponse(
            draw(tile, bands),
            content_type=MEDIA_TYPE,
            headers=cache_headers(etag, max_age_seconds=AREAS_MAX_AGE_SECONDS),
        )
