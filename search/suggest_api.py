"""GET /v1/suggest: parse, one call, render. PostGIS answers whichever engine searches: docs/adr/0013."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.throttling import SESSION_REQUESTS, SESSION_SECONDS, SuggestThrottle
from config.languages import MAX_LANGUAGES, accepted_languages
from geo.datum_view import DATUM, DatumView
from search.backends.postgis.suggesting import candidates
from search.parameters import LANGUAGE, SESSION
from search.schema import TIERS, AttributionSerializer, HighlightPartSerializer, Shape
from search.suggestions import DEFAULT_LIMIT, MAX_LIMIT, NAMES, TYPES, parse_suggest, suggest_data
from search.text import MAX_QUERY_CHARACTERS, MAX_QUERY_WORDS

_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Accept-Language"}


class SuggestionSerializer(Shape):
    type = serializers.ChoiceField(choices=list(TYPES))
    id = serializers.CharField(help_text="Of a place or deal as in a hit; a category's slug; a brand's or area's id.")
    name = serializers.CharField()
    parts = HighlightPartSerializer(many=True, help_text="The name, cut into what was met and what was not.")
    detail = serializers.CharField(allow_blank=True, help_text="Where it is; of a deal also at which place.")
    tier = serializers.ChoiceField(choices=TIERS)
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    distance_metres = serializers.FloatField(allow_null=True, help_text="From `lat`, `lon`; null without them.")
    search = serializers.DictField(
        child=serializers.CharField(),
        allow_null=True,
        help_text="Parameters for /v1/search that ask for it; null for places and deals, which are shown themselves.",
    )


class SuggestionsSerializer(Shape):
    suggestions = SuggestionSerializer(many=True)
    attribution = AttributionSerializer(many=True)


def _parameter(
    name: str, meaning: str, schema: dict[str, object], example: str, *, required: bool = False
) -> OpenApiParameter:
    examples = (
        [OpenApiExample(name, value=float(example) if schema["type"] == "number" else example)] if example else []
    )
    return OpenApiParameter(
        name, schema, OpenApiParameter.QUERY, description=meaning, required=required, examples=examples
    )


_PARAMETERS = [
    _parameter(
        "q",
        f"What has been typed. Limit: {MAX_QUERY_CHARACTERS} characters, {MAX_QUERY_WORDS} words.",
        {"type": "string", "maxLength": MAX_QUERY_CHARACTERS},
        "ram",
        required=True,
    ),
    _parameter(
        "lat", "Near it is preferred, with `lon`.", {"type": "number", "minimum": -90, "maximum": 90}, "60.1699"
    ),
    _parameter("lon", "Longitude.", {"type": "number", "minimum": -180, "maximum": 180}, "24.9384"),
    _parameter(
        "limit",
        "Suggestions at most.",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        "",
    ),
    _parameter(
        "lang",
        f"BCP-47 language tags by comma, best first; else the header Accept-Language. Limit: {MAX_LANGUAGES} tags.",
        {"type": "string", "pattern": f"^{LANGUAGE}(,{LANGUAGE}){{0,{MAX_LANGUAGES - 1}}}$"},
        "",
    ),
    _parameter(
        "session",
        "A token that the caller makes for one time of typing, sent with each of its requests and with the search that "
        "ends it: together they count once against the limit of searches. "
        f"Limit: {SESSION_SECONDS} seconds, {SESSION_REQUESTS} requests.",
        {"type": "string", "pattern": f"^{SESSION}$"},
        "",
    ),
]


class SuggestView(DatumView):
    throttle_classes = [SuggestThrottle]

    @extend_schema(
        operation_id="suggest",
        summary="Places, deals, categories, brands, cities and areas that what has been typed may mean.",
        tags=["search"],
        parameters=[*_PARAMETERS, DATUM],
        responses={200: SuggestionsSerializer},
    )
    def get(self, request: Request) -> Response:
        asked = parse_suggest(self.query_of(request, known=NAMES), datum=self.datum)
        found = () if asked.text is None else candidates(asked.text, near=asked.near, now=timezone.now())
        languages = asked.languages or accepted_languages(request.headers.get("Accept-Language", ""))
        return Response(suggest_data(asked, found, languages=languages), headers=_HEADERS)
