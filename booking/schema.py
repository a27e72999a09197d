"""What bodies and answers look like, for the OpenAPI document alone: none passes through these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from booking.assignment import Reason
from booking.models import Booking, Service
from listings.models import ServiceArea

if TYPE_CHECKING:
    Shape = serializers.Serializer[Any]
else:
    Shape = serializers.Serializer

STATES, SERVICE_MODES = Booking.State.values, Service.Mode.values
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 16, "maxLength": 255},
    OpenApiParameter.HEADER,
    required=True,
    description="New for each intent, the same for each retry: a UUID.",
)
TOKEN = OpenApiParameter(
    "Authorization",
    str,
    OpenApiParameter.HEADER,
    description="`Bearer ` and the token that the hold was answered with, a guest's (`vig_…`) of the booking's e-mail"
    " address, or an account's (`vic_…`). Left out by a page in which the account is signed in.",
)
GUEST = OpenApiParameter(
    "Authorization",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="`Bearer ` and the guest's token (`vig_…`) of /v1/guests/sessions.",
)


class WantedShape(Shape):
    deal_id = serializers.UUIDField(required=False, help_text="With `place_id`.")
    place_id = serializers.UUIDField(required=False)
    service_id = serializers.UUIDField(required=False, help_text="In place of `deal_id` and `place_id`.")
    party = serializers.IntegerField(
        min_value=1, max_value=100, required=False, help_text="People; of a deal without times, units."
    )
    address = serializers.CharField(
        max_length=300,
        required=False,
        help_text="Where to: needed for a delivery and for a visit at home, with `lat` and `lon`.",
    )
    lat = serializers.FloatField(required=False, min_value=-90, max_value=90)
    lon = serializers.FloatField(required=False, min_value=-180, max_value=180)
    trace_id = serializers.RegexField(r"^[A-Za-z0-9._-]{1,128}$", required=False, help_text="Of the search.")
    device = serializers.CharField(max_length=128, required=False, help_text="A random id that the client keeps.")
    channel = serializers.RegexField(r"^[a-z0-9][a-z0-9_-]{0,19}$", required=False, help_text="web, app, widget, …")
    partner = serializers.RegexField(r"^[a-z0-9][a-z0-9_-]{0,63}$", required=False)


class HoldRequest(WantedShape):
    starts_at = serializers.DateTimeField(required=False, help_text="A start that availability told.")


class ContactShape(Shape):
    name = serializers.CharField(max_length=200, help_text="No web address: a blank follows a dot.")
    email = serializers.CharField(required=False, allow_blank=True, help_text="One of email and phone is needed.")
    phone = serializers.CharField(required=False, allow_blank=True, help_text="+ and digits, country code first.")
    language = serializers.CharField(required=False, allow_blank=True, max_length=35)
    note = serializers.CharField(required=False, allow_blank=True, max_length=500, help_text="For the place.")


class BookRequest(Shape):
    hold_id = serializers.UUIDField(help_text="`booking.id` of the hold.")
    contact = ContactShape()


class MoveRequest(Shape):
    starts_at = serializers.DateTimeField()


class CancelRequest(Shape):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200)


class EmptyRequest(Shape):
    pass


class BookedPlaceShape(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    zone = serializers.CharField(help_text="IANA time zone.")


class BookedServiceShape(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()


class BookedDealShape(Shape):
    id = serializers.UUIDField()
    title = serializers.CharField()


class BookingPriceShape(Shape):
    price_minor = serializers.IntegerField(min_value=0, help_text="Of the whole party.")
    list_price_minor = serializers.IntegerField(min_value=0)
    currency = serializers.CharField()
    due_minor = serializers.IntegerField(min_value=0, help_text="To be paid when booking.")
    paid_minor = serializers.IntegerField(min_value=0)
    refund_due_minor = serializers.IntegerField(min_value=0, help_text="What its cancellation gives back.")
    refund_if_cancelled_minor = serializers.IntegerField(
        min_value=0, allow_null=True, help_text="What its customer gets back who cancels now; null where nobody can."
    )


class DeadlineShape(Shape):
    until = serializers.DateTimeField()
    refund_percent = serializers.IntegerField(min_value=0, max_value=100)


class CancellationShape(Shape):
    is_free_until_used = serializers.BooleanField(help_text="No times: all is given back until it is used.")
    deadlines = DeadlineShape(many=True, help_text="In order; after the last nothing is given back.")
    no_show_fee_minor = serializers.IntegerField(min_value=0)


class BookingShape(Shape):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=STATES)
    title = serializers.CharField()
    place = BookedPlaceShape()
    service = BookedServiceShape(allow_null=True)
    deal = BookedDealShape(allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    party = serializers.IntegerField(min_value=1)
    address = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When an unpaid one is given back.")
    can_extend = serializers.BooleanField()
    price = BookingPriceShape()
    cancellation = CancellationShape()
    contact = ContactShape()
    trace_id = serializers.CharField(allow_blank=True)
    as_of = serializers.DateTimeField(help_text="Our time at the answer: count down from here.")


class BookingsShape(Shape):
    items = BookingShape(many=True)
    next_before = serializers.UUIDField(allow_null=True, help_text="For `before` of the next page.")


class HoldShape(Shape):
    booking = BookingShape()
    token = serializers.CharField(help_text="For all that follows; told once.")


class OfferedServiceShape(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    mode = serializers.ChoiceField(choices=SERVICE_MODES)


class StartShape(Shape):
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    left = serializers.IntegerField(min_value=1, help_text="Parties of this size that still fit.")
    cancellation = CancellationShape()


class OfferedShape(Shape):
    deal_id = serializers.UUIDField(allow_null=True)
    place_id = serializers.UUIDField()
    service = OfferedServiceShape()
    zone = serializers.CharField(help_text="IANA time zone.")
    duration_minutes = serializers.IntegerField(min_value=1)
    party_min = serializers.IntegerField(min_value=1)
    party_max = serializers.IntegerField(min_value=1)
    price_minor = serializers.IntegerField(min_value=0, help_text="Of the whole party.")
    list_price_minor = serializers.IntegerField(min_value=0)
    currency = serializers.CharField()
    due_minor = serializers.IntegerField(min_value=0, help_text="To be paid when booking.")
    starts = StartShape(many=True)
    total = serializers.IntegerField(min_value=0, help_text="Starts with room in the window.")
    bookable_until = serializers.DateTimeField(help_text="No start after it: ask for other windows up to it.")


class AvailabilityShape(OfferedShape):
    taken_starts = serializers.ListField(
        child=serializers.DateTimeField(),
        help_text="Starts of the window without room for the party now: what one may wait for.",
    )
    party = serializers.IntegerField(min_value=1)
    as_of = serializers.DateTimeField()


class AvailabilitiesShape(Shape):
    offers = OfferedShape(many=True, help_text="Those that have times to book, by deal and place.")
    party = serializers.IntegerField(min_value=1)
    as_of = serializers.DateTimeField()


class AssignRequest(Shape):
    lat = serializers.FloatField(min_value=-90, max_value=90, help_text="Of the address.")
    lon = serializers.FloatField(min_value=-180, max_value=180)
    merchant_id = serializers.UUIDField(required=False, help_text="Whose branches; or `chain_id`.")
    chain_id = serializers.UUIDField(required=False, help_text="A brand's branches, whoever owns them.")
    mode = serializers.ChoiceField(choices=ServiceArea.Mode.values)
    at = serializers.DateTimeField(required=False, help_text="The instant at which it must be open; now.")
    party = serializers.IntegerField(
        min_value=1, max_value=100, required=False, default=1, help_text="People; of home visits that are booked."
    )
    within_minutes = serializers.IntegerField(
        min_value=1,
        max_value=1_440,
        required=False,
        default=120,
        help_text="Where home visits are booked by time: a start with room within so many minutes of `at`.",
    )


class AssignedBandShape(Shape):
    area_id = serializers.UUIDField()
    area_name = serializers.CharField()
    version = serializers.IntegerField(help_text="The published version that was answered by.")
    rank = serializers.IntegerField()
    named_area = serializers.CharField(allow_null=True, help_text="Whose shape the band has.")
    fee_minor = serializers.IntegerField()
    minimum_minor = serializers.IntegerField(help_text="The least that an order comes to.")
    currency = serializers.CharField()
    eta_min_minutes = serializers.IntegerField(allow_null=True)
    eta_max_minutes = serializers.IntegerField(allow_null=True)


class RoomShape(Shape):
    left = serializers.IntegerField(
        help_text="Of visits, parties of this size that fit at the start; of deliveries, those that are still taken on."
    )
    starts_at = serializers.DateTimeField(allow_null=True, help_text="The first start with room; null: a delivery.")
    service_id = serializers.UUIDField(allow_null=True, help_text="What to hold; null: a delivery.")


class BranchAtShape(Shape):
    place_id = serializers.UUIDField()
    name = serializers.CharField()
    distance_metres = serializers.FloatField()


class AssignedShape(BranchAtShape):
    hours = serializers.ChoiceField(
        choices=["open", "unknown"],
        help_text="`unknown`: hours were never told, and no branch known to be open has room.",
    )
    band = AssignedBandShape()
    room = RoomShape(allow_null=True, help_text="null: the branch has set no limit in this mode.")


class PassedOverShape(BranchAtShape):
    reason = serializers.ChoiceField(
        choices=[reason.value for reason in Reason],
        help_text="further: it could, another that can is nearer. hours_unknown: another is known to be open. no_room,"
        " closed, not_valid: at the instant. outside_area, no_area: it does not cover the address.",
    )


class AssignmentShape(Shape):
    mode = serializers.ChoiceField(choices=ServiceArea.Mode.values)
    at = serializers.DateTimeField()
    branch = AssignedShape(allow_null=True, help_text="null: nobody serves the address at the instant.")
    others = PassedOverShape(
        many=True,
        help_text="At most 20: those that cover the address, nearest first; then the nearest within 50 km that do not.",
    )
    covering = serializers.IntegerField(help_text="How many branches cover the address, open or not.")
    as_of = serializers.DateTimeField()
