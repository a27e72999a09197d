"""What bodies and answers of the waitlist look like, for the OpenAPI document alone: none passes through these."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from booking import schema
from booking.schema import Shape
from booking.waitlist.joining import MAX_WAITING, MAX_WINDOW_HOURS
from booking.waitlist.models import Entry
from booking.waitlist.states import OFFERS_USED, WINDOW_PAST

STATES = Entry.State.values
TOKEN = OpenApiParameter(
    "Authorization",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="`Bearer ` and the token that joining was answered with.",
)


class WaitingContactShape(Shape):
    name = serializers.CharField(max_length=200)
    email = serializers.CharField(max_length=254, help_text="A free place is told there.")
    language = serializers.CharField(required=False, allow_blank=True, max_length=35)


class WaitRequest(schema.WantedShape):
    starts_from = serializers.DateTimeField(help_text="The earliest start that will do.")
    starts_until = serializers.DateTimeField(help_text=f"Starts before it; {MAX_WINDOW_HOURS} hours later at most.")
    contact = WaitingContactShape()


class OfferedPlaceShape(Shape):
    booking_id = serializers.UUIDField(help_text="A booking in the state `held`: book and pay it, or release it.")
    token = serializers.CharField(help_text="Of that booking.")
    state = serializers.ChoiceField(choices=schema.STATES)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Until then it is kept.")


class EntryShape(Shape):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=STATES)
    title = serializers.CharField()
    place = schema.BookedPlaceShape()
    service = schema.BookedServiceShape()
    deal = schema.BookedDealShape(allow_null=True)
    starts_from = serializers.DateTimeField()
    starts_until = serializers.DateTimeField()
    party = serializers.IntegerField(min_value=1)
    joined_at = serializers.DateTimeField()
    place_in_queue = serializers.IntegerField(
        min_value=1,
        max_value=MAX_WAITING,
        allow_null=True,
        help_text="Among those who wait for a start in the same window; a smaller party behind may be served first"
        " where a larger one does not fit. null: it does not wait.",
    )
    offers_left = serializers.IntegerField(min_value=0)
    offer = OfferedPlaceShape(allow_null=True, help_text="What is offered, or was booked of it.")
    ended_because = serializers.ChoiceField(choices=[WINDOW_PAST, OFFERS_USED], allow_null=True)
    trace_id = serializers.CharField(allow_blank=True)
    as_of = serializers.DateTimeField(help_text="Our time at the answer: count down from here.")


class JoinedShape(Shape):
    entry = EntryShape()
    token = serializers.CharField(help_text="For all that follows; told once.")
