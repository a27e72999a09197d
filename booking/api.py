"""Holds and bookings under /v1/. Each write carries an Idempotency-Key; all but the first say whose booking it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from booking import schema, selectors
from booking.bodies import instant_of, text_of, trace_of, uuid_of, whole_of, word_of
from booking.contacts import parse_contact
from booking.credentials import CustomerView, account_id, claim_of, own_booking
from booking.holds import Holder, Wanted, extend_hold, hold, release_hold
from booking.idempotency import Answer, idempotent
from booking.models import Booking
from booking.presentation import booking_data
from booking.services import book, cancel_booking, change_time
from config.api.bodies import read_object
from config.api.clients import client_network
from config.api.parameters import read_query
from config.api.throttling import WriteThrottle
from config.errors import InvalidParameter
from geo.params import point_of

MAX_PARTY = 100
ID = OpenApiParameter("id", UUID, OpenApiParameter.PATH, description="`booking.id` of the hold.")


def _shown(booking: Booking, *, status: int = 200) -> Answer:
    return Answer(status, booking_data(booking, now=timezone.now()))


class WriteView(CustomerView):
    throttle_classes = (WriteThrottle,)


WANTED_FIELDS = frozenset(
    {"deal_id", "place_id", "service_id", "party", "address", "lat", "lon", "trace_id", "device", "channel", "partner"}
)
"""What says what is wanted and who asks, wherever a place is asked for."""


def wanted_of(data: Mapping[str, Any]) -> Wanted:
    wanted = Wanted(
        service_id=uuid_of(data, "service_id"),
        deal_id=uuid_of(data, "deal_id"),
        place_id=uuid_of(data, "place_id"),
        starts_at=instant_of(data, "starts_at"),
        party=whole_of(data, "party", minimum=1, maximum=MAX_PARTY, default=1),
        address=text_of(data, "address", limit=300),
        destination=point_of(data),
    )
    if wanted.service_id is None and (wanted.deal_id is None or wanted.place_id is None):
        raise InvalidParameter("deal_id", "Say what: service_id, or deal_id and place_id.")
    if wanted.service_id is not None and (wanted.deal_id or wanted.place_id):
        raise InvalidParameter("service_id", "Give service_id, or deal_id and place_id, not both.")
    return wanted


def holder_of(request: Request, data: Mapping[str, Any]) -> Holder:
    return Holder(
        user_id=account_id(request),
        device=text_of(data, "device", limit=128),
        network=client_network(request),
        channel=word_of(data, "channel", limit=20),
        partner=word_of(data, "partner", limit=64),
        trace_id=trace_of(data.get("trace_id"), fallback=request.META.get("HTTP_X_REQUEST_ID", "")),
    )


class Holds(WriteView):
    @extend_schema(
        operation_id="hold",
        summary="Hold a time, or units of a deal, for some minutes.",
        tags=["booking"],
        auth=[{}, {"customer": []}],  # type: ignore[list-item]  # its own type knows no choice
        parameters=[schema.KEY],
        request=schema.HoldRequest,
        responses={201: schema.HoldShape},
    )
    @idempotent("hold")
    def post(self, request: Request) -> Answer:
        read_query(request, known=())
        data = read_object(request.data, known=WANTED_FIELDS | {"starts_at"})
        wanted, holder = wanted_of(data), holder_of(request, data)
        now = timezone.now()
        held = hold(wanted=wanted, holder=holder, now=now)
        return Answer(201, {"booking": booking_data(held.booking, now=now), "token": held.token})


class Extend(WriteView):
    @extend_schema(
        operation_id="hold_extend",
        summary="As much time again, once.",
        tags=["booking"],
        parameters=[ID, schema.KEY, schema.TOKEN],
        request=schema.EmptyRequest,
        responses={200: schema.BookingShape},
    )
    @idempotent("hold_extend")
    def post(self, request: Request, id: str) -> Answer:  # noqa: A002 - the name in the path
        read_object(request.data, known=())
        return _shown(extend_hold(booking_id=own_booking(request, id).id))


class Release(WriteView):
    @extend_schema(
        operation_id="hold_release",
        summary="Give a hold back before it lapses.",
        tags=["booking"],
        parameters=[ID, schema.KEY, schema.TOKEN],
        request=schema.EmptyRequest,
        responses={200: schema.BookingShape},
    )
    @idempotent("hold_release")
    def post(self, request: Request, id: str) -> Answer:  # noqa: A002 - the name in the path
        read_object(request.data, known=())
        return _shown(release_hold(booking_id=own_booking(request, id).id, now=timezone.now()))


class Bookings(WriteView):
    @extend_schema(
        operation_id="book",
        summary="Put a name to a hold: then it awaits payment, or is confirmed where nothing is due.",
        tags=["booking"],
        parameters=[schema.KEY, schema.TOKEN],
        request=schema.BookRequest,
        responses={201: schema.BookingShape},
    )
    @idempotent("book")
    def post(self, request: Request) -> Answer:
        read_query(request, known=())
        data = read_object(request.data, known={"hold_id", "contact"})
        hold_id = uuid_of(data, "hold_id")
        if hold_id is None:
            raise InvalidParameter("hold_id", "Say which hold is to be booked.")
        known = ("name", "email", "phone", "language", "note")
        given = read_object(data.get("contact"), known=known, path="contact")
        contact = parse_contact(**{name: text_of(given, name, limit=500, path="contact") for name in known})
        booking = selectors.booking_of(hold_id, claim_of(request))
        user_id = account_id(request) or booking.user_id
        return _shown(book(booking_id=booking.id, contact=contact, user_id=user_id, now=timezone.now()), status=201)


class BookingView(CustomerView):
    @extend_schema(
        operation_id="booking",
        summary="One booking, for whoever has its token, its account, or has proved its address.",
        tags=["booking"],
        parameters=[ID, schema.TOKEN],
        responses={200: schema.BookingShape},
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        read_query(request, known=())
        return Response(
            booking_data(own_booking(request, id), now=timezone.now()), headers={"Cache-Control": "private, no-store"}
        )


class Cancel(WriteView):
    @extend_schema(
        operation_id="booking_cancel",
        summary="Cancel; `price.refund_due_minor` says what is given back.",
        tags=["booking"],
        parameters=[ID, schema.KEY, schema.TOKEN],
        request=schema.CancelRequest,
        responses={200: schema.BookingShape},
    )
    @idempotent("booking_cancel")
    def post(self, request: Request, id: str) -> Answer:  # noqa: A002 - the name in the path
        data = read_object(request.data, known={"reason"})
        booking = own_booking(request, id)
        cancelled = cancel_booking(
            booking_id=booking.id, by="customer", reason=text_of(data, "reason", limit=200), now=timezone.now()
        )
        return _shown(cancelled.booking)


class Move(WriteView):
    @extend_schema(
        operation_id="booking_move",
        summary="Move a confirmed booking to another time; it keeps its own where the other is full.",
        tags=["booking"],
        parameters=[ID, schema.KEY, schema.TOKEN],
        request=schema.MoveRequest,
        responses={200: schema.BookingShape},
    )
    @idempotent("booking_move")
    def post(self, request: Request, id: str) -> Answer:  # noqa: A002 - the name in the path
        data = read_object(request.data, known={"starts_at"})
        starts_at = instant_of(data, "starts_at")
        if starts_at is None:
            raise InvalidParameter("starts_at", "Say to which time.")
        return _shown(change_time(booking_id=own_booking(request, id).id, starts_at=starts_at, now=timezone.now()))
