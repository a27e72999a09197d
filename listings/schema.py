"""What the answers look like, for the OpenAPI document alone: no answer passes through these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers

from config.languages import MAX_LANGUAGES

if TYPE_CHECKING:
    Shape = serializers.Serializer[Any]
else:
    Shape = serializers.Serializer

LANG = OpenApiParameter(
    "lang",
    {
        "type": "string",
        "pattern": r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}(,[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}){0,4}$",
    },
    description=f"BCP-47 language tags by comma, best first, at most {MAX_LANGUAGES}; else the header Accept-Language.",
)


class CategorySerializer(Shape):
    slug = serializers.CharField()
    name = serializers.CharField(help_text="In the reader's language, else in English.")
    names = serializers.DictField(child=serializers.CharField())


@extend_schema_field({"type": "array", "items": {"$ref": "#/components/schemas/CategoryNode"}})
class ChildrenField(serializers.JSONField):
    """A serializer cannot name itself."""


class CategoryNodeSerializer(CategorySerializer):
    children = ChildrenField()


class CategoryTreeSerializer(Shape):
    categories = CategoryNodeSerializer(many=True)


class MerchantSerializer(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()


class PlaceBrandSerializer(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()


class PlaceAddressSerializer(Shape):
    street = serializers.CharField(allow_blank=True)
    postcode = serializers.CharField(allow_blank=True)
    city = serializers.CharField(allow_blank=True)
    country = serializers.CharField(allow_blank=True, help_text="ISO 3166-1 alpha-2; empty: not known.")


class PlaceRatingSerializer(Shape):
    stars = serializers.FloatField(allow_null=True, help_text="The plain mean; null: nobody has rated.")
    count = serializers.IntegerField(min_value=0)
    generated = serializers.BooleanField(help_text="Made up for a demo.")
    weighted = serializers.FloatField(allow_null=True, help_text="The Bayesian mean that search filters and ranks by.")


STATES = ["open", "closed", "unknown"]
SPAN_STATES = ["open", "unknown"]


class HoursStatusSerializer(Shape):
    state = serializers.ChoiceField(choices=STATES)
    comment = serializers.CharField(allow_blank=True)
    changes_at = serializers.DateTimeField(allow_null=True, help_text="null: not within 8 days.")
    changes_to = serializers.ChoiceField(choices=STATES, allow_null=True)


class HoursSpanSerializer(Shape):
    opens = serializers.RegexField(r"^[0-2]\d:[0-5]\d$", help_text="Local time.")
    closes = serializers.RegexField(r"^[0-2]\d:[0-5]\d$", help_text="Local time; 24:00 is the end of the day.")
    closes_next_day = serializers.BooleanField()
    state = serializers.ChoiceField(choices=SPAN_STATES)
    comment = serializers.CharField(allow_blank=True)


class HoursDaySerializer(Shape):
    day = serializers.DateField()
    is_holiday = serializers.BooleanField()
    spans = HoursSpanSerializer(many=True, help_text="Those that begin on the day; none: closed.")


class HoursSerializer(Shape):
    text = serializers.CharField(help_text="OSM opening_hours, as written.")
    status = HoursStatusSerializer(allow_null=True, help_text="null: the text cannot be read.")
    week = HoursDaySerializer(many=True, allow_null=True, help_text="Seven local days from today.")


class PlaceDealSerializer(Shape):
    id = serializers.UUIDField()
    title = serializers.CharField()
    price_minor = serializers.IntegerField(min_value=0)
    list_price_minor = serializers.IntegerField(min_value=0)
    currency = serializers.CharField()
    discount_percent = serializers.IntegerField(min_value=0, max_value=100)
    valid_until = serializers.DateTimeField()
    fulfilment = serializers.CharField()


class PlaceAttributionSerializer(Shape):
    source = serializers.CharField()  # type: ignore[assignment]  # the key's name; the metaclass takes it away
    text = serializers.CharField(help_text="Show it beside the data.")
    licence = serializers.CharField()
    url = serializers.URLField()


class LivePositionSerializer(Shape):
    is_live = serializers.BooleanField(help_text="False: it tells no position, and is shown at its home.")
    stale_at = serializers.DateTimeField(allow_null=True, help_text="Until when `lat` and `lon` count.")


class PlaceSerializer(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField(help_text="In the reader's language where it is known.")
    names = serializers.DictField(child=serializers.CharField())
    merchant = MerchantSerializer()
    brand = PlaceBrandSerializer(allow_null=True)
    category = CategorySerializer()
    category_path = CategorySerializer(many=True, help_text="From the root of the tree to the category itself.")
    description = serializers.CharField(allow_blank=True)
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    live_position = LivePositionSerializer(allow_null=True, help_text="Of a mobile branch; null: it stays where it is.")
    zone = serializers.CharField(help_text="IANA time zone.")
    address = PlaceAddressSerializer()
    phone = serializers.CharField(allow_null=True)
    website = serializers.CharField(allow_null=True)
    photos = serializers.ListField(child=serializers.CharField())
    attributes = serializers.DictField(child=serializers.CharField())
    rating = PlaceRatingSerializer()
    hours = HoursSerializer(allow_null=True, help_text="null: not known.")
    deals = PlaceDealSerializer(many=True, help_text="Current ones, the highest discount first; at most 50.")
    source = serializers.CharField(allow_null=True)  # type: ignore[assignment]  # the key's name; the metaclass takes it away
    external_id = serializers.CharField(allow_null=True)
    updated_at = serializers.DateTimeField()
    as_of = serializers.DateTimeField()
    attribution = PlaceAttributionSerializer(many=True)
