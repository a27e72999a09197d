"""The waitlist under /v1/: join, see where one stands, leave."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from booking.api import WANTED_FIELDS, WriteView, holder_of, wanted_of
from booking.bodies import instant_of, text_of
from booking.contacts import parse_contact
from booking.credentials import bearer_of
from booking.idempotency import Answer, idempotent
from booking.schema import KEY, EmptyRequest
from booking.waitlist import schema
from booking.waitlist.joining import join, leave
from booking.waitlist.presentation import entry_data
from booking.waitlist.queue import entry_of, place_of
from config.api.bodies import read_object
from config.api.parameters import read_query
from config.api.throttling import ReadThrottle, WriteThrottle
from config.api.values import parse_uuid
from config.errors import InvalidParameter

ID = OpenApiParameter("id", UUID, OpenApiParameter.PATH, description="`entry.id`.")
_CONTACT = ("name", "email", "language")


class Waitlist(WriteView):
    @extend_schema(
        operation_id="waitlist_join",
        summary="Wait for a start of a service within a window; refused where one is free now.",
        tags=["booking"],
        auth=[{}, {"customer": []}],  # type: ignore[list-item]  # its own type knows no choice
        parameters=[KEY],
        request=schema.WaitRequest,
        responses={201: schema.JoinedShape},
    )
    @idempotent("waitlist_join")
    def post(self, request: Request) -> Answer:
        read_query(request, known=())
        data = read_object(request.data, known=WANTED_FIELDS | {"starts_from", "starts_until", "contact"})
        starts_from, starts_until = instant_of(data, "starts_from"), instant_of(data, "starts_until")
        if starts_from is None or starts_until is None:
            missing = "starts_from" if starts_from is None else "starts_until"
            raise InvalidParameter(missing, "Say from when until when a start will do.")
        given = read_object(data.get("contact"), known=_CONTACT, path="contact")
        contact = parse_contact(**{name: text_of(given, name, limit=500, path="contact") for name in _CONTACT})
        now = timezone.now()
        joined = join(
            wanted=wanted_of(data),
            starts_from=starts_from,
            starts_until=starts_until,
            contact=contact,
            holder=holder_of(request, data),
            now=now,
        )
        entry = joined.entry
        return Answer(201, {"entry": entry_data(entry, place=place_of(entry), now=now), "token": joined.token})


class WaitlistEntry(APIView):
    throttle_classes = (ReadThrottle,)

    @extend_schema(
        operation_id="waitlist_entry",
        summary="Where one stands: the place in the queue, or what is offered and until when.",
        tags=["booking"],
        parameters=[ID, schema.TOKEN],
        responses={200: schema.EntryShape},
    )
    def get(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        read_query(request, known=())
        entry = entry_of(parse_uuid(id), bearer_of(request))
        data = entry_data(entry, place=place_of(entry), now=timezone.now())
        return Response(data, headers={"Cache-Control": "private, no-store"})


class Leave(APIView):
    throttle_classes = (WriteThrottle,)

    @extend_schema(
        operation_id="waitlist_leave",
        summary="Off the list; what is just offered is given back.",
        tags=["booking"],
        parameters=[ID, KEY, schema.TOKEN],
        request=EmptyRequest,
        responses={200: schema.EntryShape},
    )
    @idempotent("waitlist_leave")
    def post(self, request: Request, id: str) -> Answer:  # noqa: A002 - the name in the path
        read_object(request.data, known=())
        entry_id, token = parse_uuid(id), bearer_of(request)
        entry_of(entry_id, token)
        now = timezone.now()
        leave(entry_id=entry_id, now=now)
        return Answer(200, entry_data(entry_of(entry_id, token), place=None, now=now))
