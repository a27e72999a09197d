"""GET /v1/deals/{id}, from the live tables; and the deals that a place shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.values import parse_uuid, whole_of
from deals import selectors
from deals.deal_detail import deal_data, deal_line
from deals.schema import DealSerializer
from geo.datum_view import DATUM, DatumView
from geo.params import parse_point
from listings.api import languages_of
from listings.models import Branch
from listings.schema import LANG

MAX_LIMIT = 100
DEFAULT_LIMIT = 20
MAX_OFFSET = 10_000


def deals_at(branch: Branch, now: datetime, languages: Sequence[str]) -> list[dict[str, Any]]:
    """What `GET /v1/places/{id}` shows of the current deals."""
    return [deal_line(deal, languages) for deal in selectors.current_deals_at(branch, now=now)]


class DealView(DatumView):
    @extend_schema(
        operation_id="deal",
        summary="One deal in full, with the places at which it can be used.",
        tags=["deals"],
        parameters=[
            OpenApiParameter("id", UUID, OpenApiParameter.PATH, description="`deal.id` of a hit."),
            OpenApiParameter(
                "lat",
                {"type": "number", "minimum": -90, "maximum": 90},
                description="With `lon`: the nearest places come first.",
            ),
            OpenApiParameter("lon", {"type": "number", "minimum": -180, "maximum": 180}, description="With `lat`."),
            OpenApiParameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
                description="Places on one page.",
            ),
            OpenApiParameter(
                "offset",
                {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0},
                description="Places to pass over: `next_offset` of the page before.",
            ),
            LANG,
            DATUM,
        ],
        responses={200: DealSerializer},
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        params = self.query_of(request, known={"lat", "lon", "limit", "offset", "lang"})
        languages = languages_of(request, params)
        near = None
        if params.keys() & {"lat", "lon"}:
            near = parse_point(params.get("lat"), params.get("lon"), datum=self.datum)
        limit = whole_of(params, "limit", minimum=1, maximum=MAX_LIMIT, default=DEFAULT_LIMIT)
        offset = whole_of(params, "offset", minimum=0, maximum=MAX_OFFSET, default=0)
        now = timezone.now()
        deal = selectors.published_deal(parse_uuid(id))
        branches = selectors.branches_of(deal, near=near, offset=offset, limit=limit, now=now)
        return Response(
            deal_data(deal, branches, offset=offset, languages=languages, now=now),
            headers={"Cache-Control": "private, no-cache", "Vary": "Accept-Language"},
        )
