"""What the answers look like, for the OpenAPI document alone: no answer passes through these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from deals.models import Deal
from listings.schema import MerchantSerializer, PlaceAddressSerializer

if TYPE_CHECKING:
    Shape = serializers.Serializer[Any]
else:
    Shape = serializers.Serializer

SHOWN_STATES = [Deal.State.LIVE.value, Deal.State.ENDED.value]
_CLOCK = r"^[0-2]\d:[0-5]\d$"


class DealPlaceSerializer(Shape):
    place_id = serializers.UUIDField()
    name = serializers.CharField()
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    zone = serializers.CharField(help_text="IANA time zone.")
    address = PlaceAddressSerializer()
    distance_metres = serializers.FloatField(allow_null=True, help_text="From lat, lon; null without them.")


class DealTotalSerializer(Shape):
    value = serializers.IntegerField(min_value=0)
    relation = serializers.ChoiceField(choices=["eq", "gte"])


class DealBranchesSerializer(Shape):
    items = DealPlaceSerializer(many=True)
    total = DealTotalSerializer()
    next_offset = serializers.IntegerField(allow_null=True, help_text="null: these are the last.")


class DealSerializer(Shape):
    id = serializers.UUIDField()
    title = serializers.CharField(help_text="In the reader's language where it is known.")
    titles = serializers.DictField(child=serializers.CharField())
    terms = serializers.CharField(allow_blank=True, help_text="The small print.")
    state = serializers.ChoiceField(choices=SHOWN_STATES)
    is_current = serializers.BooleanField(help_text="Live and inside its window.")
    merchant = MerchantSerializer()
    fulfilment = serializers.ChoiceField(choices=Deal.Fulfilment.values)
    price_minor = serializers.IntegerField(min_value=0)
    list_price_minor = serializers.IntegerField(min_value=0)
    currency = serializers.CharField()
    discount_percent = serializers.IntegerField(min_value=0, max_value=100, help_text="Rounded down.")
    valid_from = serializers.DateTimeField()
    valid_until = serializers.DateTimeField(help_text="First instant at which it is over.")
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=7), help_text="1 = Monday; empty: every day."
    )
    daily_from = serializers.RegexField(_CLOCK, allow_null=True, help_text="Local time.")
    daily_until = serializers.RegexField(
        _CLOCK, allow_null=True, help_text="Local time; not after daily_from: the next day's."
    )
    blackout_dates = serializers.ListField(child=serializers.DateField(), help_text="Local dates without it.")
    stock_left = serializers.IntegerField(allow_null=True, min_value=0, help_text="null: no limit.")
    per_customer_cap = serializers.IntegerField(allow_null=True, min_value=0)
    new_customers_only = serializers.BooleanField()
    generated = serializers.BooleanField(help_text="Made up for a demo.")
    branches = DealBranchesSerializer(help_text="Where it can be used, nearest first.")
    as_of = serializers.DateTimeField()
