"""GET /v1/coverage: what is available at an address, counted."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.throttling import SearchThrottle
from geo.datum_view import DATUM, DatumView
from search.backends.registry import backend_for
from search.coverage import NAMES, WAYS, coverage_data, parse_address
from search.schema import PositionSerializer, Shape, TotalSerializer


class CoveredSerializer(Shape):
    mode = serializers.ChoiceField(choices=list(WAYS), help_text="As `mode` of a search.")
    total = TotalSerializer()
    kinds = serializers.DictField(child=serializers.IntegerField(min_value=1), help_text="`place`, `deal`.")
    categories = serializers.DictField(
        child=serializers.IntegerField(min_value=1), help_text="By slug, each with everything below it."
    )


class CoverageSerializer(Shape):
    ways = CoveredSerializer(many=True, help_text="`any` first, then each alone.")
    as_of = serializers.DateTimeField()
    origin = PositionSerializer()
    degraded = serializers.BooleanField(help_text="The fallback engine answered.")


class CoverageView(DatumView):
    throttle_classes = [SearchThrottle]

    @extend_schema(
        operation_id="coverage",
        summary="What can be visited from, delivered to, or comes to an address: counts by mode and category.",
        description="The counts are those of `GET /v1/search` with `serves` and the same `mode` at the same instant.",
        tags=["search"],
        parameters=[
            OpenApiParameter(
                name,
                {"type": "number", "minimum": -bound, "maximum": bound},
                OpenApiParameter.QUERY,
                description=meaning,
                required=True,
                examples=[OpenApiExample(name, value=example)],
            )
            for name, bound, meaning, example in (
                ("lat", 90, "Latitude of the address in degrees north.", 60.1699),
                ("lon", 180, "Longitude of the address in degrees east.", 24.9384),
            )
        ]
        + [DATUM],
        responses={200: CoverageSerializer},
    )
    def get(self, request: Request) -> Response:
        address = parse_address(self.query_of(request, known=NAMES), datum=self.datum)
        return Response(
            coverage_data(backend_for(), address, now=timezone.now()), headers={"Cache-Control": "private, no-cache"}
        )
