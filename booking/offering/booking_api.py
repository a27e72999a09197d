"""The bookings of a merchant's branches, under /v1/merchant/. Who may, and who sees what: listings/roles.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import AccountView, account_of
from booking.bodies import text_of
from booking.idempotency import Answer, idempotent
from booking.models import Booking, Occupancy
from booking.offering import attendance, schema
from booking.offering.access import access_booking
from booking.offering.api import BRANCH, HEADERS
from booking.offering.pages import MAX_CHARACTERS, Place, cursor_of, place_of
from booking.offering.presentation import booking_data
from booking.schema import KEY, CancelRequest, EmptyRequest
from config.api.bodies import read_object
from config.api.parameters import read_query
from config.api.values import parse_uuid, whole_of
from config.errors import InvalidParameter
from config.instants import parse_instant
from listings.access import branch_and_role
from listings.roles import Action, Role

BOOKING = OpenApiParameter("booking_id", UUID, OpenApiParameter.PATH, description="`id` of a booking at a branch.")
MAX_PAGE = 100
SHOWN = [state for state in Booking.State.values if state not in {"held", "expired"}]
"""Where nothing else is asked for: what somebody's name is on."""


def _states(text: str) -> list[str]:
    states = text.split(",")
    if len(states) > len(Booking.State.values) or not set(states) <= set(Booking.State.values):
        raise InvalidParameter("state", f"Some of {','.join(Booking.State.values)} are expected, by comma.")
    return states


def _instant(params: dict[str, str], name: str) -> datetime | None:
    return parse_instant(params[name], parameter=name) if name in params else None


def _after(place: Place) -> Q:
    """What comes later in the order of starts, those without a time last, then of ids."""
    if place.starts_at is None:
        return Q(starts_at=None, id__gt=place.id)
    return Q(starts_at__gt=place.starts_at) | Q(starts_at=place.starts_at, id__gt=place.id) | Q(starts_at=None)


def _in_full(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """Two queries, however many there are."""
    busy = Prefetch("occupancies", Occupancy.objects.select_related("resource"))
    return bookings.select_related("service", "deal").prefetch_related(busy)


class BranchBookings(AccountView):
    @extend_schema(
        operation_id="branch_bookings",
        summary="Who comes when: the bookings at a branch by their start, those without a time last.",
        tags=["offering"],
        parameters=[
            BRANCH,
            OpenApiParameter("from", datetime, description="Starts from then on; leaves out those without a time."),
            OpenApiParameter("until", datetime, description="Starts before it; leaves out those without a time."),
            OpenApiParameter(
                "state",
                {"type": "string", "maxLength": 200},
                description=f"States by comma; {','.join(SHOWN)}, where it is left out.",
            ),
            OpenApiParameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 50},
                description="Bookings of one page.",
            ),
            OpenApiParameter(
                "cursor",
                {"type": "string", "maxLength": MAX_CHARACTERS},
                description="`next_cursor` of the page before.",
            ),
        ],
        responses=schema.BranchBookingsShape,
    )
    def get(self, request: Request, branch_id: str) -> Response:
        params = read_query(request, known={"from", "until", "state", "limit", "cursor"}, max_characters={"state": 200})
        limit = whole_of(params, "limit", minimum=1, maximum=MAX_PAGE, default=50)
        states = _states(params["state"]) if "state" in params else SHOWN
        since, until = _instant(params, "from"), _instant(params, "until")
        if since is not None and until is not None and until <= since:
            raise InvalidParameter("until", "It must be after from.")
        place = place_of(params["cursor"]) if "cursor" in params else None
        branch, role = branch_and_role(
            account_of(request), parse_uuid(branch_id, parameter="branch_id"), Action.HANDLE_BOOKINGS
        )
        found = Booking.objects.filter(branch=branch, state__in=states)
        if since is not None:
            found = found.filter(starts_at__gte=since)
        if until is not None:
            found = found.filter(starts_at__lt=until)
        if place is not None:
            found = found.filter(_after(place))
        page = list(_in_full(found).order_by(F("starts_at").asc(nulls_last=True), "id")[: limit + 1])
        last = page[limit - 1] if len(page) > limit else None
        return Response(
            {
                "items": [booking_data(booking, role=role) for booking in page[:limit]],
                "next_cursor": None if last is None else cursor_of(Place(last.starts_at, last.id)),
            },
            headers=HEADERS,
        )


def _booking(request: Request, booking_id: str, action: Action) -> tuple[Booking, Role]:
    return access_booking(account_of(request), parse_uuid(booking_id, parameter="booking_id"), action)


def _data(booking_id: UUID, role: Role) -> dict[str, Any]:
    return booking_data(_in_full(Booking.objects.all()).get(id=booking_id), role=role)


class BranchBooking(AccountView):
    @extend_schema(
        operation_id="branch_booking",
        summary="One booking at a branch of yours.",
        tags=["offering"],
        parameters=[BOOKING],
        responses=schema.BranchBookingShape,
    )
    def get(self, request: Request, booking_id: str) -> Response:
        read_query(request, known=())
        booking, role = _booking(request, booking_id, Action.HANDLE_BOOKINGS)
        return Response(_data(booking.id, role), headers=HEADERS)


class Fulfil(AccountView):
    @extend_schema(
        operation_id="booking_fulfil",
        summary="The customer came.",
        tags=["offering"],
        parameters=[BOOKING, KEY],
        request=EmptyRequest,
        responses={200: schema.BranchBookingShape},
    )
    def post(self, request: Request, booking_id: str) -> HttpResponse:
        read_query(request, known=())
        booking, role = _booking(request, booking_id, Action.HANDLE_BOOKINGS)  # also before a kept answer is told
        return self.done(request, id=booking.id, role=role)

    @idempotent("booking_fulfil")
    def done(self, request: Request, id: UUID, role: Role) -> Answer:  # noqa: A002 - the name in the path
        read_object(request.data, known=())
        attendance.fulfil(booking_id=id, by=account_of(request), now=timezone.now())
        return Answer(200, _data(id, role))


class NoShow(AccountView):
    @extend_schema(
        operation_id="booking_no_show",
        summary="The customer did not come: the agreed fee is kept, the rest goes back. Once it has begun.",
        tags=["offering"],
        parameters=[BOOKING, KEY],
        request=EmptyRequest,
        responses={200: schema.BranchBookingShape},
    )
    def post(self, request: Request, booking_id: str) -> HttpResponse:
        read_query(request, known=())
        booking, role = _booking(request, booking_id, Action.HANDLE_BOOKINGS)
        return self.done(request, id=booking.id, role=role)

    @idempotent("booking_no_show")
    def done(self, request: Request, id: UUID, role: Role) -> Answer:  # noqa: A002 - the name in the path
        read_object(request.data, known=())
        attendance.miss(booking_id=id, by=account_of(request), now=timezone.now())
        return Answer(200, _data(id, role))


class CallOff(AccountView):
    @extend_schema(
        operation_id="booking_call_off",
        summary="Cancel for the place: all that was paid goes back, and the customer is told.",
        tags=["offering"],
        parameters=[BOOKING, KEY],
        request=CancelRequest,
        responses={200: schema.BranchBookingShape},
    )
    def post(self, request: Request, booking_id: str) -> HttpResponse:
        read_query(request, known=())
        booking, role = _booking(request, booking_id, Action.CANCEL_BOOKINGS)
        return self.done(request, id=booking.id, role=role)

    @idempotent("booking_call_off")
    def done(self, request: Request, id: UUID, role: Role) -> Answer:  # noqa: A002 - the name in the path
        reason = text_of(read_object(request.data, known={"reason"}), "reason", limit=200)
        attendance.call_off(booking_id=id, reason=reason, by=account_of(request), now=timezone.now())
        return Answer(200, _data(id, role))
