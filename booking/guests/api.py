"""Proving an address by a mailed code, under /v1/guests/. Counted before anything is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.attempts import count_address, count_client
from booking.contacts import parse_email, parse_language
from booking.credentials import CustomerView, guest_of
from booking.guests import schema, services
from booking.guests.codes import parse_code
from booking.schema import GUEST
from config.api.bodies import read_object
from config.api.parameters import read_query
from config.api.throttling import WriteThrottle
from config.errors import InvalidParameter
from config.instants import instant_text


def _email_of(data: Mapping[str, Any]) -> str:
    email = data.get("email")
    if not isinstance(email, str) or not email.strip():
        raise InvalidParameter("email", "email is needed, a text.")
    return parse_email(email, parameter="email").lower()


def _language_of(data: Mapping[str, Any]) -> str:
    language = data.get("language") or ""
    if not isinstance(language, str):
        raise InvalidParameter("language", "A text is expected.")
    return parse_language(language, parameter="language")


class GuestCodes(APIView):
    throttle_classes = ()

    @extend_schema(
        operation_id="guest_code",
        summary="Have a code mailed that shows the bookings of an address. The answer tells nothing of them.",
        tags=["guests"],
        request=schema.GuestCodeRequest,
        responses={202: schema.GuestCodeSentShape},
    )
    def post(self, request: Request) -> Response:
        count_client(request)
        read_query(request, known=())
        data = read_object(request.data, known={"email", "language"})
        email, language = _email_of(data), _language_of(data)
        count_address(email)
        services.ask_for_code(email=email, language=language)
        return Response({"expires_in_seconds": services.CODE_SECONDS}, status=202)


class GuestSessions(APIView):
    throttle_classes = ()

    @extend_schema(
        operation_id="guest_session",
        summary="A token for the bookings of an address, for who has its code. Five tries, ten minutes.",
        tags=["guests"],
        request=schema.GuestSessionRequest,
        responses={201: schema.GuestSessionShape},
    )
    def post(self, request: Request) -> Response:
        count_client(request)
        read_query(request, known=())
        data = read_object(request.data, known={"email", "code"})
        email, code = _email_of(data), parse_code(data.get("code"))
        token, expires_at = services.open_session(email=email, code=code)
        told = {"email": email, "token": token, "expires_at": instant_text(expires_at)}
        return Response(told, status=201, headers={"Cache-Control": "no-store"})


class GuestSession(CustomerView):
    throttle_classes = (WriteThrottle,)

    @extend_schema(
        operation_id="guest_session_end",
        summary="End the session of the token.",
        tags=["guests"],
        parameters=[GUEST],
        request=None,
        responses={204: None},
    )
    def delete(self, request: Request) -> Response:
        read_query(request, known=())
        services.end_session(token=guest_of(request).token)
        return Response(status=204)
