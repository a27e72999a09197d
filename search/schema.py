"""What the answers look like, for the OpenAPI document alone: no answer passes through these.

A mask leaves keys out, so no key of a hit is required. tests/search/test_schema.py holds real answers to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema_field
from rest_framework import serializers

from search.document import Kind, Mode
from search.parameters import Parameter, parameters_of
from search.ranking import PROFILES, Signal, Sort
from search.results import CELL_RESOLUTION
from search.text import Tier

if TYPE_CHECKING:
    Shape = serializers.Serializer[Any]
else:
    Shape = serializers.Serializer

TIERS = [tier.name.lower() for tier in Tier if tier is not Tier.NONE_ASKED]


def openapi_parameters(operation: str) -> list[OpenApiParameter]:
    """The parameters of `search`, `clusters` or `tiles`, from the one table."""
    return [
        OpenApiParameter(
            each.name,
            dict(each.schema),
            OpenApiParameter.QUERY,
            description=f"{each.meaning} Limit: {each.limit}." if each.limit else each.meaning,
            examples=[OpenApiExample(each.name, value=_typed(each))] if each.example else [],
        )
        for each in parameters_of(operation)
    ]


def _typed(parameter: Parameter) -> Any:
    """The example as its schema types it."""
    return parameter.example if parameter.schema["type"] == "string" else orjson.loads(parameter.example)


class TotalSerializer(Shape):
    value = serializers.IntegerField(min_value=0)
    relation = serializers.ChoiceField(choices=["eq", "gte"], help_text="`eq`: exact; `gte`: at least.")


class PositionSerializer(Shape):
    lat = serializers.FloatField(min_value=-90, max_value=90)
    lon = serializers.FloatField(min_value=-180, max_value=180)


class AttributionSerializer(Shape):
    source = serializers.CharField()  # type: ignore[assignment]  # the key's name; the metaclass takes it away
    text = serializers.CharField(help_text="Show it beside the data.")
    licence = serializers.CharField()
    url = serializers.URLField()


class RankingWeightsSerializer(Shape):
    """One number for each signal; they sum to 1."""

    for _signal in Signal:
        locals()[_signal.value] = serializers.FloatField(min_value=0, max_value=1)
    del _signal


class RankingSerializer(Shape):
    profile = serializers.ChoiceField(choices=list(PROFILES))
    sort = serializers.ChoiceField(choices=[sort.value for sort in Sort])
    weights = RankingWeightsSerializer()
    half_distance_metres = serializers.FloatField()


class PartSerializer(Shape):
    signal = serializers.ChoiceField(choices=[signal.value for signal in Signal])
    weight = serializers.FloatField(min_value=0, max_value=1)
    value = serializers.FloatField(min_value=0, max_value=1)
    part = serializers.FloatField(min_value=0, max_value=1, help_text="weight × value; the parts sum to the score.")
    words = serializers.CharField(help_text="The same in plain English.")


class WhySerializer(Shape):
    order = serializers.CharField()
    tier = serializers.CharField()
    parts = PartSerializer(many=True)


class NamedCategorySerializer(Shape):
    slug = serializers.CharField()
    name = serializers.CharField()
    names = serializers.DictField(child=serializers.CharField())


class BrandSerializer(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()


class AddressSerializer(Shape):
    street = serializers.CharField(allow_blank=True)
    postcode = serializers.CharField(allow_blank=True)
    city = serializers.CharField(allow_blank=True)
    country = serializers.CharField(allow_blank=True, help_text="ISO 3166-1 alpha-2; empty: not known.")


class RatingSerializer(Shape):
    stars = serializers.FloatField(allow_null=True, help_text="The plain mean.")
    count = serializers.IntegerField(min_value=0)
    generated = serializers.BooleanField(help_text="Made up for a demo.")
    weighted = serializers.FloatField(allow_null=True, help_text="The Bayesian mean that filters and ranks.")


class DealLineSerializer(Shape):
    id = serializers.UUIDField()
    title = serializers.CharField()
    price_minor = serializers.IntegerField(min_value=0)
    list_price_minor = serializers.IntegerField(min_value=0)
    currency = serializers.CharField()
    discount = serializers.FloatField(min_value=0, max_value=1)


class HitDealSerializer(Shape):
    id = serializers.UUIDField()
    title = serializers.CharField()
    titles = serializers.DictField(child=serializers.CharField())
    price_minor = serializers.IntegerField(min_value=0)
    list_price_minor = serializers.IntegerField(min_value=0)
    currency = serializers.CharField()
    discount_percent = serializers.IntegerField(min_value=0, max_value=100)
    fulfilment = serializers.ChoiceField(choices=["voucher", "reservation", "delivery", "at_home"])
    valid_from = serializers.DateTimeField()
    valid_until = serializers.DateTimeField()
    terms = serializers.CharField(allow_blank=True, help_text="The small print, shortened.")
    new_customers_only = serializers.BooleanField()
    generated = serializers.BooleanField(help_text="Made up for a demo.")


class HighlightPartSerializer(Shape):
    text = serializers.CharField(trim_whitespace=False)
    matched = serializers.BooleanField()


class HighlightSerializer(Shape):
    field = serializers.ChoiceField(choices=["name", "deal.title", "brand"])
    text = serializers.CharField()
    parts = HighlightPartSerializer(
        many=True, help_text="Joined they are the text. Plain text: escape it as any other."
    )


class ServedSerializer(Shape):
    """All but `mode` are there of `delivery` and `at_home` alone."""

    mode = serializers.ChoiceField(choices=[mode.value for mode in Mode])
    area_id = serializers.UUIDField(required=False)
    area = serializers.CharField(required=False, help_text="The merchant's name for the area.")
    band_id = serializers.UUIDField(required=False)
    named_area = serializers.CharField(
        required=False, allow_null=True, help_text="The district it is, where it is one."
    )
    fee_minor = serializers.IntegerField(required=False, min_value=0)
    minimum_minor = serializers.IntegerField(required=False, min_value=0, help_text="The least that an order comes to.")
    currency = serializers.CharField(required=False)
    eta_min_minutes = serializers.IntegerField(required=False, allow_null=True, help_text="null: not told.")
    eta_max_minutes = serializers.IntegerField(required=False, allow_null=True)


class HitSerializer(Shape):
    id = serializers.CharField(required=False, help_text="`place:<id>` or `deal:<id>:<place id>`.")
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind], required=False)
    place_id = serializers.UUIDField(required=False)
    deal = HitDealSerializer(required=False, help_text="Of deals only.")
    name = serializers.CharField(required=False, help_text="In the reader's language where it is known.")
    names = serializers.DictField(child=serializers.CharField(), required=False)
    readings = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text="By name: its Han characters in pinyin, one syllable each.",
    )
    category = NamedCategorySerializer(required=False)
    brand = BrandSerializer(required=False, allow_null=True)
    address = AddressSerializer(required=False)
    lat = serializers.FloatField(required=False)
    lon = serializers.FloatField(required=False)
    zone = serializers.CharField(required=False, help_text="IANA time zone.")
    opening_hours = serializers.CharField(required=False, allow_null=True, help_text="OSM opening_hours.")
    phone = serializers.CharField(required=False, allow_null=True)
    website = serializers.CharField(required=False, allow_null=True)
    photo = serializers.CharField(required=False, allow_null=True)
    attributes = serializers.DictField(child=serializers.CharField(), required=False)
    rating = RatingSerializer(required=False)
    source = serializers.CharField(required=False, allow_null=True, help_text="Where the facts come from.")  # type: ignore[assignment]  # the key's name; the metaclass takes it away
    deals = DealLineSerializer(many=True, required=False, help_text="Of places: the best current ones.")
    deal_count = serializers.IntegerField(required=False, help_text="Of places.")
    distance_metres = serializers.FloatField(required=False, allow_null=True, help_text="Great-circle, to 0.1.")
    open_now = serializers.BooleanField(required=False, allow_null=True, help_text="null: hours not known.")
    score = serializers.FloatField(required=False, min_value=0, max_value=1)
    tier = serializers.ChoiceField(choices=TIERS, required=False, allow_null=True, help_text="null: no words asked.")
    serves = ServedSerializer(
        many=True,
        required=False,
        allow_null=True,
        help_text="The ways in which it serves the address, each with the band that holds; null without `serves`.",
    )
    why = WhySerializer(required=False, help_text="With explain=true.")
    highlights = HighlightSerializer(
        many=True, required=False, help_text="With highlight=true: names of which the words met a part."
    )


class SearchPageSerializer(Shape):
    hits = HitSerializer(many=True)
    total = TotalSerializer()
    facets = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()),
        help_text="By facet, how many of all that match have each value.",
    )
    next_cursor = serializers.CharField(allow_null=True, help_text="null: this is the last page.")
    as_of = serializers.DateTimeField(help_text="The instant at which every page is decided.")
    origin = PositionSerializer(help_text="Where distances are measured from.")
    ranking = RankingSerializer()
    backend = serializers.CharField()
    degraded = serializers.BooleanField(help_text="The fallback engine answered.")
    trace_id = serializers.CharField(help_text="Send it with a hold: it ties the booking to this search.")
    attribution = AttributionSerializer(many=True)


@extend_schema_field(
    {
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {
            "type": {"type": "string", "enum": ["Polygon"]},
            "coordinates": {
                "type": "array",
                "items": {
                    "type": "array",
                    "minItems": 4,
                    "items": {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "number"}},
                },
            },
        },
    }
)
class PolygonField(serializers.JSONField):
    """GeoJSON. Longitudes run on past ±180 where the outline crosses the 180th meridian."""


class CellSerializer(PositionSerializer):
    cell = serializers.CharField(help_text="H3 index in hexadecimal.")
    count = serializers.IntegerField(min_value=1)
    boundary = PolygonField(required=False, help_text="With boundary=true.")


class ClustersSerializer(Shape):
    cells = CellSerializer(many=True)
    total = TotalSerializer()
    resolution = serializers.IntegerField(min_value=0, max_value=CELL_RESOLUTION)
    as_of = serializers.DateTimeField()
    backend = serializers.CharField()
    degraded = serializers.BooleanField()
