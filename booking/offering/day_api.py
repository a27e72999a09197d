"""Days out of the ordinary of a service, one by one, under /v1/merchant/. Who may: listings/access.py."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import AccountView, account_of
from booking.offering import days, schema
from booking.offering.api import HEADERS, SERVICE, service_for
from booking.offering.days import DayChanged
from booking.offering.facts import parse_day, parse_spans
from booking.offering.presentation import service_data
from config.api.bodies import read_object
from config.api.parameters import read_query
from config.errors import InvalidParameter
from config.instants import instant_text
from listings.roles import Action

DATE = OpenApiParameter(
    "date", date, OpenApiParameter.PATH, description="A day by the clock of the branch, such as 2026-12-24."
)


def _data(changed: DayChanged) -> dict[str, Any]:
    return {
        "service_id": str(changed.service.id),
        "date": changed.day.isoformat(),
        "spans": changed.spans,
        "etag": service_data(changed.service)["etag"],
        "booked_total": changed.total,
        "booked": [
            {
                "id": str(each.booking.id),
                "state": str(each.booking.state),
                "starts_at": instant_text(each.booking.starts_at) if each.booking.starts_at else None,
                "party": each.booking.party,
                "fits": each.fits,
            }
            for each in changed.booked
        ],
    }


class DayView(AccountView):
    @extend_schema(
        operation_id="service_day_set",
        summary="Other times on one day, or none. What is booked then is told, and stays.",
        tags=["offering"],
        parameters=[SERVICE, DATE],
        request=schema.DayRequest,
        responses=schema.DayShape,
    )
    def put(self, request: Request, service_id: str, date: str) -> Response:
        read_query(request, known=())
        service = service_for(request, service_id, Action.MANAGE_SERVICES)
        day = parse_day(date, "date")
        given = read_object(request.data, known={"spans"})
        if "spans" not in given:
            raise InvalidParameter("spans", "Say when it is open on this day; [] is closed.")
        changed = days.set_day(
            service_id=service.id,
            day=day,
            spans=parse_spans(given["spans"], "spans"),
            by=account_of(request),
            now=timezone.now(),
        )
        return Response(_data(changed), headers=HEADERS)

    @extend_schema(
        operation_id="service_day_forget",
        summary="The times of the week again on this day.",
        tags=["offering"],
        parameters=[SERVICE, DATE],
        request=None,
        responses=schema.DayShape,
    )
    def delete(self, request: Request, service_id: str, date: str) -> Response:
        read_query(request, known=())
        service = service_for(request, service_id, Action.MANAGE_SERVICES)
        changed = days.forget_day(service_id=service.id, day=parse_day(date, "date"), by=account_of(request))
        return Response(_data(changed), headers=HEADERS)
