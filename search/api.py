"""GET /v1/search and GET /v1/clusters: parse, one call, render. One SQL statement each, and no serializer runs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.caching import cache_headers, not_modified, weak_etag
from config.api.parameters import read_query
from config.api.rendering import JSONRenderer
from config.api.throttling import SearchThrottle, TileThrottle
from config.errors import InvalidParameter
from config.languages import accepted_languages
from geo.api import MEDIA_TYPE, TILE_PARAMETERS, TileRenderer
from geo.datum_view import DATUM, DatumView
from geo.tiles import parse_tile, tile_box
from geo.types import Box
from search.backends.base import CursorExpired, SearchBackend
from search.backends.registry import backend_for
from search.backends.switch import Switch
from search.bookable import BookableOffers, nothing, with_bookable
from search.cursor import Cursor, question_digest, seal, unseal
from search.map_cells import parse_resolution
from search.offer_tiles import offer_tile
from search.parameters import (
    CLUSTERS_NAMES,
    MAX_CURSOR_CHARACTERS,
    MAX_POLYGON_CHARACTERS,
    SEARCH_NAMES,
    TILES_NAMES,
)
from search.params import SearchRequest, parse_filters, parse_search
from search.presentation import EMPTY, clusters_data, page_data
from search.results import Clusters, Page
from search.schema import ClustersSerializer, SearchPageSerializer, openapi_parameters
from search.values import parse_flag

_MAX_CHARACTERS = {"polygon": MAX_POLYGON_CHARACTERS, "cursor": MAX_CURSOR_CHARACTERS}
HORIZON_MARGIN_DAYS = 7
_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Accept-Language"}

OFFERS_MAX_AGE_SECONDS = 10
"""Opening hours and new offers show within this in a map that keeps its tiles."""


def _none() -> Collection[str]:
    return ()


def open_at_days() -> int:
    """How far `open_at` reaches: documents are laid out anew every six days, and some hours into the day."""
    return max(0, settings.OPENING_HORIZON_DAYS - HORIZON_MARGIN_DAYS)


class SearchView(DatumView):
    throttle_classes = [SearchThrottle]
    known_categories: Callable[[], Collection[str]] = staticmethod(_none)
    """The slugs there are, given where the URLs are put together: search knows no listings."""
    bookable_offers: BookableOffers = staticmethod(nothing)

    @extend_schema(
        operation_id="search",
        summary="Places and deals near a point, in a viewport or in a polygon, ranked and explained.",
        tags=["search"],
        parameters=[*openapi_parameters("search"), DATUM],
        responses={200: SearchPageSerializer},
    )
    def get(self, request: Request) -> Response:
        params = self.query_of(request, known=SEARCH_NAMES, max_characters=_MAX_CHARACTERS)
        now = timezone.now()
        backend = backend_for()
        cursor = unseal(params["cursor"], now=now) if "cursor" in params else None
        asked = parse_search(
            params,
            now=now if cursor is None else cursor.as_of,
            categories=self.known_categories(),
            open_at_days=open_at_days(),
            datum=self.datum,
        )
        asked = replace(asked, query=with_bookable(asked.query, self.bookable_offers, now=now))
        page = _page(asked, cursor, backend)
        languages = asked.languages or accepted_languages(request.headers.get("Accept-Language", ""))
        engine = page.backend or backend.name
        data = page_data(
            asked, page, languages=languages, next_cursor=_next_cursor(asked, page, engine), backend=engine
        )
        data["trace_id"] = request.META["HTTP_X_REQUEST_ID"]  # the middleware's, well formed or made by it
        return Response(data, headers=_HEADERS)


def _page(asked: SearchRequest, cursor: Cursor | None, backend: SearchBackend) -> Page:
    if cursor is None:
        return EMPTY if asked.query.impossible else backend.search(asked.query)
    cursor.for_query(asked.query)
    if isinstance(backend, Switch):
        return backend.continued(asked.query, engine=cursor.backend, after=cursor.after, epoch=cursor.epoch)
    if cursor.backend != backend.name:
        raise CursorExpired("Another engine answers now. Begin again without a cursor.")
    return backend.search(asked.query, after=cursor.after, epoch=cursor.epoch)


def _next_cursor(asked: SearchRequest, page: Page, engine: str) -> str | None:
    if page.next_after is None:
        return None
    return seal(
        Cursor(
            backend=engine,
            epoch=page.epoch,
            as_of=asked.query.as_of,
            digest=question_digest(asked.query),
            after=page.next_after,
        )
    )


class ClustersView(DatumView):
    throttle_classes = [TileThrottle]
    known_categories: Callable[[], Collection[str]] = staticmethod(_none)
    bookable_offers: BookableOffers = staticmethod(nothing)

    @extend_schema(
        operation_id="clusters",
        summary="What a search would find in a viewport, counted by cell; the counts sum to the search's total.",
        tags=["search"],
        parameters=[*openapi_parameters("clusters"), DATUM],
        responses={200: ClustersSerializer},
    )
    def get(self, request: Request) -> Response:
        params = self.query_of(request, known=CLUSTERS_NAMES)
        return Response(self._answer(params, now=timezone.now()), headers=_HEADERS)

    def _answer(self, params: dict[str, str], *, now: datetime) -> dict[str, Any]:
        if "bbox" not in params:
            raise InvalidParameter("bbox", "bbox is required: clusters are of a viewport.")
        query = parse_filters(
            params,
            now=now,
            categories=self.known_categories(),
            open_at_days=open_at_days(),
            datum=self.datum,
        )
        box = query.area
        if not isinstance(box, Box):
            raise InvalidParameter("bbox", "Clusters are of a viewport: give bbox alone.")
        resolution = parse_resolution(params, box=box)
        query = with_bookable(query, self.bookable_offers, now=now)
        backend = backend_for()
        found = (
            Clusters(cells=(), total=0, epoch=0) if query.impossible else backend.clusters(query, resolution=resolution)
        )
        return clusters_data(
            query,
            found,
            resolution=resolution,
            boundary="boundary" in params and parse_flag(params["boundary"], parameter="boundary"),
            backend=found.backend or backend.name,
        )


class OfferTileView(APIView):
    throttle_classes = [TileThrottle]
    renderer_classes = [JSONRenderer, TileRenderer]
    known_categories: Callable[[], Collection[str]] = staticmethod(_none)
    bookable_offers: BookableOffers = staticmethod(nothing)

    @extend_schema(
        operation_id="offer_tile",
        summary="A vector tile of what a search finds: pins where at most 100 match, counted cells elsewhere.",
        description=(
            "Mapbox Vector Tile 2.1 in square Web Mercator, extent 4096. Source layer `pins` (from zoom 14): id, kind, "
            "name, category, rank. Source layer `clusters`: cell (H3), count. All that matches in the tile is in it "
            "once, so the counts of a zoom's tiles sum to the search's total."
        ),
        tags=["tiles"],
        parameters=[*TILE_PARAMETERS, *openapi_parameters("tiles")],
        responses={(200, MEDIA_TYPE): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, z: str, x: str, y: str) -> HttpResponse:
        params = read_query(request, known=TILES_NAMES)
        tile = parse_tile(z, x, y)
        box = tile_box(tile)
        bounds = {"bbox": f"{box.west},{box.south},{box.east},{box.north}"}
        now = timezone.now()
        query = parse_filters(params | bounds, now=now, categories=self.known_categories(), open_at_days=open_at_days())
        query = with_bookable(query, self.bookable_offers, now=now)
        body = offer_tile(backend_for(), query, tile)
        etag = weak_etag(body)
        return not_modified(request, etag, max_age_seconds=OFFERS_MAX_AGE_SECONDS) or HttpResponse(
            body, content_type=MEDIA_TYPE, headers=cache_headers(etag, max_age_seconds=OFFERS_MAX_AGE_SECONDS)
        )
