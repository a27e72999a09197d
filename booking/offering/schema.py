"""What bodies and answers look like, for the OpenAPI document alone: none passes through these."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from booking.models import Service
from booking.offering import facts
from booking.offering.days import MAX_BOOKED
from booking.policy import MAX_TIER_MINUTES, MAX_TIERS
from booking.schedule import MAX_EXCEPTIONS, MAX_SPANS
from booking.schema import SERVICE_MODES, STATES, BookedDealShape, BookedServiceShape, Shape
from booking.selectors import MAX_SLOTS_OVER
from deals.models import Deal

FUNDERS = Service.Funder.values


def _rows(*, most: int, members: list[tuple[int, int]], description: str) -> dict[str, Any]:
    return {
        "type": "array",
        "maxItems": most,
        "description": description,
        "items": {
            "type": "array",
            "prefixItems": [{"type": "integer", "minimum": low, "maximum": high} for low, high in members],
            "items": {"type": "integer"},
            "minItems": len(members),
            "maxItems": len(members),
        },
    }


_SPAN = [(0, 1439), (1, 2879)]
_DAY_SPANS = _rows(
    most=facts.MAX_SPANS_A_DAY,
    members=_SPAN,
    description="[from minute, until minute] of the local day; until is at most a day later. None overlap.",
)
_WEEKLY = _rows(
    most=MAX_SPANS,
    members=[(1, 7), *_SPAN],
    description="[weekday, from minute, until minute], Monday is 1. None overlap. null: the opening hours.",
)
_TIERS = _rows(
    most=MAX_TIERS,
    members=[(0, MAX_TIER_MINUTES), (0, 100)],
    description="[minutes before the start, refund percent]: cancelled by then, so much is given back; later nothing.",
)


@extend_schema_field({**_WEEKLY, "type": ["array", "null"]})
class WeeklyField(serializers.JSONField):
    """The week, or null."""


@extend_schema_field(_DAY_SPANS)
class SpansField(serializers.JSONField):
    """The spans of one day."""


@extend_schema_field(
    {
        "type": "object",
        "maxProperties": MAX_EXCEPTIONS,
        "additionalProperties": _DAY_SPANS,
        "description": "By local day, such as 2026-12-24: its spans in place of the week's; none: closed.",
    }
)
class ExceptionsField(serializers.JSONField):
    """Days out of the ordinary."""


@extend_schema_field(_TIERS)
class TiersField(serializers.JSONField):
    """The tiers of a cancellation, earliest first."""


def _whole(low: int, high: int, text: str = "", **more: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=low, max_value=high, required=False, help_text=text or None, **more)


class ServiceChange(Shape):
    name = serializers.CharField(max_length=facts.MAX_NAME_CHARACTERS, required=False)
    names = serializers.DictField(
        child=serializers.CharField(), required=False, help_text="By language tag, at most 40 of 200 characters."
    )
    is_offered = serializers.BooleanField(
        required=False, help_text="False: nobody can book it any more; what is booked stays."
    )
    mode = serializers.ChoiceField(choices=SERVICE_MODES, required=False)
    deal_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="A deal that is good at the branch: the price is its. Else a price."
    )
    price_minor = _whole(0, facts.MAX_MINOR, allow_null=True)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False, allow_null=True, help_text="ISO 4217.")
    price_is_per_person = serializers.BooleanField(required=False)
    duration_minutes = _whole(1, 1440)
    step_minutes = _whole(facts.MIN_STEP_MINUTES, 1440, "Between two starts.")
    buffer_before_minutes = _whole(0, facts.MAX_AROUND_MINUTES)
    buffer_after_minutes = _whole(0, facts.MAX_AROUND_MINUTES)
    travel_minutes = _whole(0, facts.MAX_AROUND_MINUTES, "At home: each way.")
    travel_radius_metres = _whole(1, facts.MAX_TRAVEL_METRES, "At home: how far it goes.", allow_null=True)
    lead_minutes = _whole(
        0,
        facts.MAX_LEAD_MINUTES,
        "Latest booking before the start; less than horizon_days. 0 is 1: a hold ends at its start.",
    )
    horizon_days = _whole(1, facts.MAX_HORIZON_DAYS, "Earliest booking before the start.")
    hold_seconds = _whole(
        *facts.HOLD_SECONDS,
        "How long a hold keeps a place, but not past its start; null: ten minutes.",
        allow_null=True,
    )
    capacity = _whole(1, facts.MAX_CAPACITY, "Units that may start at one time.")
    counts_people = serializers.BooleanField(required=False, help_text="A unit is a person; else a party.")
    party_min = _whole(1, facts.MAX_PARTY)
    party_max = _whole(1, facts.MAX_PARTY)
    weekly = WeeklyField(required=False, allow_null=True)
    exceptions = ExceptionsField(required=False)
    deposit_percent = _whole(0, 100, "Due when booking.")
    no_show_fee_percent = _whole(0, 100, "Kept, of what was paid, from who does not come.")
    cancellation = TiersField(required=False)
    discount_funder = serializers.ChoiceField(
        choices=FUNDERS, required=False, help_text="`platform` is set by the operator, for one deal."
    )
    resource_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        max_length=facts.MAX_RESOURCES,
        required=False,
        help_text="Of the branch: each booking gets one of them. None: nothing is given.",
    )


class NewService(ServiceChange):
    name = serializers.CharField(max_length=facts.MAX_NAME_CHARACTERS)
    duration_minutes = serializers.IntegerField(min_value=1, max_value=1440)


class ServiceShape(Shape):
    id = serializers.UUIDField()
    branch_id = serializers.UUIDField()
    name = serializers.CharField()
    names = serializers.DictField(child=serializers.CharField())
    is_offered = serializers.BooleanField()
    mode = serializers.ChoiceField(choices=SERVICE_MODES)
    deal_id = serializers.UUIDField(allow_null=True)
    price_minor = serializers.IntegerField(allow_null=True)
    currency = serializers.CharField(allow_null=True)
    price_is_per_person = serializers.BooleanField()
    duration_minutes = serializers.IntegerField()
    step_minutes = serializers.IntegerField()
    buffer_before_minutes = serializers.IntegerField()
    buffer_after_minutes = serializers.IntegerField()
    travel_minutes = serializers.IntegerField()
    travel_radius_metres = serializers.IntegerField(allow_null=True)
    lead_minutes = serializers.IntegerField()
    horizon_days = serializers.IntegerField()
    hold_seconds = serializers.IntegerField(allow_null=True)
    capacity = serializers.IntegerField()
    counts_people = serializers.BooleanField()
    party_min = serializers.IntegerField()
    party_max = serializers.IntegerField()
    weekly = WeeklyField(allow_null=True)
    exceptions = ExceptionsField()
    deposit_percent = serializers.IntegerField()
    no_show_fee_percent = serializers.IntegerField()
    cancellation = TiersField()
    discount_funder = serializers.ChoiceField(choices=FUNDERS)
    commission_bps = serializers.IntegerField(help_text="Hundredths of a percent; set by the operator.")
    resource_ids = serializers.ListField(child=serializers.IntegerField())
    etag = serializers.CharField(help_text="What the header ETag of the service is: send it as If-Match.")


class ServicesShape(Shape):
    items = ServiceShape(many=True)
    next_after = serializers.UUIDField(allow_null=True, help_text="The parameter `after` of the next page.")


class SlotOverShape(Shape):
    starts_at = serializers.DateTimeField()
    taken = serializers.IntegerField()


class ServiceInFullShape(ServiceShape):
    over_capacity_total = serializers.IntegerField(
        help_text="Starts to come of which more is taken than the service has by now. It is not sold again."
    )
    over_capacity = SlotOverShape(many=True, help_text=f"The first {MAX_SLOTS_OVER} of them.")


class ResourceChange(Shape):
    name = serializers.CharField(max_length=facts.MAX_RESOURCE_NAME_CHARACTERS, required=False)
    seats = _whole(1, facts.MAX_PARTY, "The largest party it can serve.")


class NewResource(ResourceChange):
    name = serializers.CharField(max_length=facts.MAX_RESOURCE_NAME_CHARACTERS)


class ResourceShape(Shape):
    id = serializers.IntegerField()
    branch_id = serializers.UUIDField()
    name = serializers.CharField()
    seats = serializers.IntegerField()
    etag = serializers.CharField(help_text="Send it as If-Match.")


class ResourcesShape(Shape):
    items = ResourceShape(many=True)


class DayRequest(Shape):
    spans = SpansField(help_text="In place of the week's; none: closed.")


class BookedOnDayShape(Shape):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=STATES)
    starts_at = serializers.DateTimeField()
    party = serializers.IntegerField()
    fits = serializers.BooleanField(help_text="False: the service would not start then any more.")


class DayShape(Shape):
    service_id = serializers.UUIDField()
    date = serializers.DateField()
    spans = SpansField(allow_null=True, help_text="null: as any day of its kind.")
    etag = serializers.CharField(help_text="Of the service.")
    booked_total = serializers.IntegerField()
    booked = BookedOnDayShape(
        many=True,
        help_text=f"The first {MAX_BOOKED} held or booked on the day, or in the night after it and not fitting now.",
    )


class BranchBookingPriceShape(Shape):
    price_minor = serializers.IntegerField(help_text="Of the whole party.")
    currency = serializers.CharField()
    due_minor = serializers.IntegerField(help_text="To be paid when booking.")
    paid_minor = serializers.IntegerField()
    refund_due_minor = serializers.IntegerField()
    no_show_fee_minor = serializers.IntegerField(help_text="Kept of what was paid from who does not come.")


class BranchBookingShape(Shape):
    id = serializers.UUIDField()
    branch_id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=STATES)
    title = serializers.CharField()
    service = BookedServiceShape(allow_null=True)
    deal = BookedDealShape(allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    party = serializers.IntegerField()
    resources = serializers.ListField(child=serializers.CharField(), help_text="Names of the tables, chairs, people.")
    name = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)
    address = serializers.CharField(allow_blank=True, help_text="At home: where.")
    email = serializers.CharField(allow_null=True, allow_blank=True, help_text="null: your role does not see it.")
    phone = serializers.CharField(allow_null=True, allow_blank=True, help_text="null: your role does not see it.")
    price = BranchBookingPriceShape()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When an unpaid one is given back.")
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_by = serializers.CharField(allow_null=True, help_text="customer, merchant or platform.")
    reason = serializers.CharField(allow_blank=True)


class BranchBookingsShape(Shape):
    items = BranchBookingShape(many=True, help_text="By start; then those without a time.")
    next_cursor = serializers.CharField(allow_null=True)


class LimitsChange(Shape):
    stock = _whole(1, facts.MAX_STOCK, "Units for sale in all; null: no limit.", allow_null=True)
    per_customer_cap = _whole(1, facts.MAX_STOCK, "Units for one customer; null: no limit.", allow_null=True)


class LimitsShape(Shape):
    deal_id = serializers.UUIDField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=Deal.State.values)
    stock = serializers.IntegerField(allow_null=True)
    per_customer_cap = serializers.IntegerField(allow_null=True)
    taken = serializers.IntegerField(help_text="By bookings and holds since it has a stock.")
    left = serializers.IntegerField(allow_null=True, help_text="null: no limit.")
    etag = serializers.CharField(help_text="Send it as If-Match.")
