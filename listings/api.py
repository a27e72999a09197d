"""GET /v1/places/{id} and GET /v1/categories, from the live tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.caching import cache_headers, not_modified, weak_etag
from config.api.parameters import read_query
from config.api.values import parse_uuid
from config.languages import accepted_languages, parse_languages
from geo.datum_view import DATUM, DatumView
from listings import selectors
from listings.models import Branch
from listings.place_detail import place_data, standing_of, tree_data
from listings.schema import LANG, CategoryTreeSerializer, PlaceSerializer

CATEGORIES_MAX_AGE_SECONDS = 300

DealsAt = Callable[[Branch, datetime, Sequence[str]], list[dict[str, Any]]]
Weigh = Callable[[int, int], float | None]


def languages_of(request: Request, params: dict[str, str]) -> tuple[str, ...]:
    """`lang`, else the header."""
    if "lang" in params:
        return parse_languages(params["lang"], parameter="lang")
    return accepted_languages(request.headers.get("Accept-Language", ""))


def _no_deals(_: Branch, __: datetime, ___: Sequence[str]) -> list[dict[str, Any]]:
    return []


def _unweighted(_: int, __: int) -> float | None:
    return None


class PlaceView(DatumView):
    deals_at: DealsAt = staticmethod(_no_deals)
    """The current deals of a branch, given where the URLs are put together: listings know no deals."""
    weigh: Weigh = staticmethod(_unweighted)
    """(sum of stars, count) → the rating that search ranks by: listings know no ranking."""

    @extend_schema(
        operation_id="place",
        summary="One place in full: hours this week, how it stands now, its current deals.",
        tags=["places"],
        parameters=[
            OpenApiParameter("id", UUID, OpenApiParameter.PATH, description="`place_id` of a hit."),
            LANG,
            DATUM,
        ],
        responses={200: PlaceSerializer},
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        params = self.query_of(request, known={"lang"})
        languages = languages_of(request, params)
        now = timezone.now()
        branch = selectors.place(parse_uuid(id), now=now)
        standing = standing_of(branch)
        data = place_data(
            branch,
            path=selectors.category_path(branch.category),
            deals=self.deals_at(branch, now, languages),
            weighted_rating=self.weigh(standing.rating_sum, standing.rating_count),
            languages=languages,
            now=now,
        )
        return Response(data, headers={"Cache-Control": "private, no-cache", "Vary": "Accept-Language"})


class CategoriesView(APIView):
    @extend_schema(
        operation_id="categories",
        summary="The tree of categories, whose slugs `category` takes.",
        tags=["places"],
        parameters=[LANG],
        responses={200: CategoryTreeSerializer},
    )
    def get(self, request: Request) -> HttpResponse:
        params = read_query(request, known={"lang"})
        body = orjson.dumps({"categories": tree_data(selectors.categories(), languages_of(request, params))})
        etag = weak_etag(body)
        response = not_modified(request, etag, max_age_seconds=CATEGORIES_MAX_AGE_SECONDS) or HttpResponse(
            body,
            content_type="application/json",
            headers=cache_headers(etag, max_age_seconds=CATEGORIES_MAX_AGE_SECONDS),
        )
        response["Vary"] = "Accept-Language"
        return response
