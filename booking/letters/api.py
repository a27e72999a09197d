"""A booking as a calendar file under /v1/."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from booking.api import ID
from booking.credentials import CustomerView, own_booking
from booking.letters.writing import calendar_of
from booking.schema import TOKEN
from config.api.parameters import read_query
from config.errors import NotFound


class BookingCalendar(CustomerView):
    @extend_schema(
        operation_id="booking_calendar",
        summary="The booking as a calendar file (RFC 5545), tentative until confirmed; 404 without a time, or lapsed.",
        tags=["booking"],
        parameters=[ID, TOKEN],
        responses={(200, "text/calendar"): OpenApiTypes.STR},
    )
    def get(self, request: Request, id: str) -> HttpResponse:  # noqa: A002 - the name in the path
        read_query(request, known=())
        text = calendar_of(own_booking(request, id), now=timezone.now())
        if text is None:
            raise NotFound("This booking is for no time, or has lapsed.")
        headers = {"Cache-Control": "private, no-store", "Content-Disposition": 'attachment; filename="booking.ics"'}
        return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)
