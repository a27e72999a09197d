"""GET /v1/tiles/base/{z}/{x}/{y}.mvt: the base map."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from config.api.caching import cache_headers, not_modified, weak_etag
from config.api.parameters import read_query
from config.api.rendering import JSONRenderer
from config.api.throttling import TileThrottle
from geo.base_tiles import base_map_version, base_tile
from geo.tiles import MAX_ZOOM, parse_tile

BASE_MAX_AGE_SECONDS = 3_600
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


class TileRenderer(BaseRenderer):
    """Lets a caller that accepts nothing but tiles pass; the view answers with bytes already."""

    media_type = MEDIA_TYPE
    format = "mvt"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> Any:  # noqa: ARG002 - DRF's signature
        return data


def _number(name: str, description: str, maximum: int) -> OpenApiParameter:
    schema = {"type": "integer", "minimum": 0, "maximum": maximum}
    return OpenApiParameter(name, schema, OpenApiParameter.PATH, description=description)


TILE_PARAMETERS = [
    _number("z", "Zoom.", MAX_ZOOM),
    _number("x", "Column, from 180 degrees west.", 2**MAX_ZOOM - 1),
    _number("y", "Row, from the north.", 2**MAX_ZOOM - 1),
]


class BaseTileView(APIView):
    throttle_classes = [TileThrottle]
    renderer_classes = [JSONRenderer, TileRenderer]

    @extend_schema(
        operation_id="base_tile",
        summary="A vector tile of the base map: land, water, green, streets, buildings, labels.",
        description=(
            "Mapbox Vector Tile 2.1 in square Web Mercator, extent 4096. A tile with nothing on it is empty. "
            "© OpenStreetMap contributors, ODbL 1.0."
        ),
        tags=["tiles"],
        parameters=TILE_PARAMETERS,
        responses={(200, MEDIA_TYPE): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, z: str, x: str, y: str) -> HttpResponse:
        read_query(request, known=())
        tile = parse_tile(z, x, y)
        etag = weak_etag("base", base_map_version(), tile)
        return not_modified(request, etag, max_age_seconds=BASE_MAX_AGE_SECONDS) or HttpResponse(
            base_tile(tile), content_type=MEDIA_TYPE, headers=cache_headers(etag, max_age_seconds=BASE_MAX_AGE_SECONDS)
        )
