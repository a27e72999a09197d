"""Who asks about bookings, and the one place where it is judged whether a booking is theirs.

Four ways lead to a booking: its own token (of the hold, or of the link in our letters), a guest's session that has
proved its e-mail address, a program's token of an account, and a page's session of an account with its CSRF token.
"""

from __future__ import annotations

from dataclasses import dataclass

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.authentication import BearerAuthentication
from accounts.models import User
from accounts.selectors import verified_emails
from accounts.tokens import PREFIX as ACCOUNT_PREFIX
from booking import selectors
from booking.guests.services import PREFIX as GUEST_PREFIX
from booking.guests.services import address_of
from booking.models import Booking
from booking.selectors import Claim
from config.api.problems import NotAuthenticated
from config.api.values import parse_uuid


@dataclass(frozen=True, slots=True)
class Guest:
    """Who has proved an address, and has no account."""

    email: str
    token: str


class CustomerAuthentication(BaseAuthentication):
    """Accounts and guests that the header or the session names; anything else in the header may be a booking's token.

    A guest's or an account's token that is no good is refused. A session without its CSRF token is nobody's: pages
    where somebody is signed in for another reason book as guests.
    """

    def authenticate(self, request: Request) -> tuple[User | Guest, str | None] | None:
        header = request.headers.get("Authorization", "")
        if not header:
            try:
                found: tuple[User, None] | None = SessionAuthentication().authenticate(request)
            except PermissionDenied:
                return None
            return found
        token = _bearer(header)
        if token.startswith(ACCOUNT_PREFIX):
            return BearerAuthentication().authenticate(request)
        if not token.startswith(GUEST_PREFIX):
            return None
        email = address_of(token)
        if email is None:
            raise NotAuthenticated("The guest's session is over: ask for a new code.")
        return Guest(email, token), token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        return "Bearer"


class CustomerScheme(OpenApiAuthenticationExtension):
    target_class = "booking.credentials.CustomerAuthentication"
    name = "customer"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:  # noqa: ARG002 - its signature
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The booking's token, a guest's `vig_…` of /v1/guests/sessions, or an account's `vic_…`.",
        }


class CustomerView(APIView):
    """A view about bookings, for those whose they are."""

    authentication_classes = (CustomerAuthentication,)


def _bearer(header: str) -> str:
    kind, _, token = header.partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def bearer_of(request: Request) -> str:
    """The token in the Authorization header. NotAuthenticated without one."""
    token = _bearer(request.headers.get("Authorization", ""))
    if not token:
        raise NotAuthenticated("Send the booking's token: Authorization: Bearer …")
    return token


def account_id(request: Request) -> int | None:
    """Of the account that asks in a CustomerView; None for a guest."""
    return request.user.pk if isinstance(request.user, User) else None


def guest_of(request: Request) -> Guest:
    """NotAuthenticated where no guest's session asks."""
    guest: object = request.user
    if not isinstance(guest, Guest):
        raise NotAuthenticated("Send a guest's token: Authorization: Bearer vig_…")
    return guest


def claim_of(request: Request) -> Claim:
    """What who asks in a CustomerView may say is theirs. NotAuthenticated where there is nothing."""
    customer: object = request.user
    if isinstance(customer, User):
        return Claim(user_id=customer.pk, addresses=frozenset(verified_emails(customer)))
    if isinstance(customer, Guest):
        return Claim(addresses=frozenset({customer.email}))
    return Claim(token=bearer_of(request))


def own_booking(request: Request, id_text: str) -> Booking:
    """The booking of the id. NotFound alike where there is none and where it is another's."""
    return selectors.booking_of(parse_uuid(id_text), claim_of(request))
