"""Lists of one's own bookings under /v1/: of the address that a guest has proved, and of an account."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import AccountView
from booking import schema, selectors
from booking.credentials import CustomerView, claim_of, guest_of
from booking.presentation import booking_data
from config.api.parameters import read_query
from config.api.values import parse_uuid, whole_of
from config.errors import InvalidParameter

MAX_PAGE, PAGE = 100, 20
PAGING = [
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": PAGE},
        description="Bookings of one page.",
    ),
    OpenApiParameter("before", UUID, description="`next_before` of the page before."),
]


def _page(request: Request) -> Response:
    params = read_query(request, known={"limit", "before"})
    limit = whole_of(params, "limit", minimum=1, maximum=MAX_PAGE, default=PAGE)
    mine = selectors.bookings_of(claim_of(request))
    if "before" in params:
        last = mine.filter(id=parse_uuid(params["before"], parameter="before")).first()
        if last is None:
            raise InvalidParameter("before", "There is no such page: the booking it followed is not in the list.")
        mine = mine.filter(Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, id__lt=last.id))
    found, now = list(mine[: limit + 1]), timezone.now()
    return Response(
        {
            "items": [booking_data(booking, now=now) for booking in found[:limit]],
            "next_before": str(found[limit - 1].id) if len(found) > limit else None,
        },
        headers={"Cache-Control": "private, no-store"},
    )


class GuestBookings(CustomerView):
    @extend_schema(
        operation_id="guest_bookings",
        summary="The bookings of the address that the guest has proved, newest first.",
        tags=["guests"],
        parameters=[schema.GUEST, *PAGING],
        responses=schema.BookingsShape,
    )
    def get(self, request: Request) -> Response:
        guest_of(request)
        return _page(request)


class MyBookings(AccountView):
    @extend_schema(
        operation_id="my_bookings",
        summary="The bookings of your account and of the e-mail addresses that it has proved, newest first.",
        tags=["booking"],
        parameters=PAGING,
        responses=schema.BookingsShape,
    )
    def get(self, request: Request) -> Response:
        return _page(request)
