"""Signing in and out, and tokens of programs, under /v1/auth/."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.headless.constants import Client
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.middleware.csrf import get_token
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import schema, sign_in
from accounts.attempts import CHALLENGE_SECONDS, count_address, count_challenge, count_client
from accounts.authentication import AccountView, account_of
from accounts.models import AccessToken, User, normalised_email
from accounts.tokens import LIFE_DAYS, issue_token, revoke_token
from config.api.bodies import read_object
from config.api.parameters import read_query
from config.api.values import parse_uuid
from config.errors import InvalidParameter, NotFound

CLIENT = OpenApiParameter(
    "client",
    {"type": "string", "enum": ["browser", "app"]},
    OpenApiParameter.PATH,
    description="`browser`: a session cookie, and X-CSRFToken on writes. `app`: a bearer token.",
)
MAX_DAYS = 365


def _text(data: Any, name: str, *, limit: int) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidParameter(name, f"{name} is needed, a text.")
    if len(value) > limit:
        raise InvalidParameter(name, f"At most {limit} characters.", limit=limit)
    return value


def email_of(data: Any) -> str:
    email = normalised_email(_text(data, "email", limit=254))
    try:
        validate_email(email)
    except ValidationError:
        raise InvalidParameter("email", "This is not an e-mail address.") from None
    return email


def account_data(user: User) -> dict[str, Any]:
    return {
        "id": str(user.uuid),
        "email": user.email,
        "name": user.get_full_name(),
        "has_password": user.has_usable_password(),
    }


class StepView(APIView):
    """One step of signing in: counted before anything is looked at."""

    authentication_classes = ()
    throttle_classes = ()

    def perform_authentication(self, request: Request) -> None:
        """Nothing: DRF would put nobody in the place of the session's user, whom allauth asks for."""

    def start(self, request: Request, client: str, *, known: set[str]) -> tuple[Client, Any]:
        if client not in {"browser", "app"}:
            raise NotFound("A client is a browser or an app.")
        count_client(request)
        if client == "browser":
            SessionAuthentication().enforce_csrf(request)
        read_query(request, known=())
        return Client(client), read_object(request.data, known=known)

    def answer(self, outcome: sign_in.Outcome, client: Client, now: datetime) -> Response:
        if outcome.user is None:
            return Response(
                {"challenge": outcome.challenge or None, "expires_in_seconds": CHALLENGE_SECONDS}, status=202
            )
        token, row = issue_token(user=outcome.user, label="app", now=now) if client is Client.APP else (None, None)
        return Response(
            {
                "account": account_data(outcome.user),
                "token": token,
                "expires_at": row.expires_at.isoformat() if row else None,
            }
        )


class PasswordStep(StepView):
    @extend_schema(
        operation_id="sign_in_with_password",
        summary="Sign in with an e-mail address and a password.",
        tags=["accounts"],
        parameters=[CLIENT],
        request=schema.PasswordRequest,
        responses={200: schema.SessionShape, 202: schema.ChallengeShape},
    )
    def post(self, request: Request, client: str) -> Response:
        kind, data = self.start(request, client, known={"email", "password"})
        email, password = email_of(data), _text(data, "password", limit=128)
        count_address(email)
        outcome = sign_in.with_password(request._request, kind, email=email, password=password)
        return self.answer(outcome, kind, timezone.now())


class CodeStep(StepView):
    @extend_schema(
        operation_id="sign_in_ask_for_code",
        summary="Have a code mailed that signs in. The answer does not tell whether there is such an account.",
        tags=["accounts"],
        parameters=[CLIENT],
        request=schema.AddressRequest,
        responses={202: schema.ChallengeShape},
    )
    def post(self, request: Request, client: str) -> Response:
        kind, data = self.start(request, client, known={"email"})
        email = email_of(data)
        count_address(email)
        return self.answer(sign_in.ask_for_code(request._request, kind, email=email), kind, timezone.now())


class SignUpStep(StepView):
    @extend_schema(
        operation_id="sign_up",
        summary="Make an account: a code is mailed that proves the address.",
        tags=["accounts"],
        parameters=[CLIENT],
        request=schema.AddressRequest,
        responses={202: schema.ChallengeShape},
    )
    def post(self, request: Request, client: str) -> Response:
        kind, data = self.start(request, client, known={"email"})
        email = email_of(data)
        count_address(email)
        return self.answer(sign_in.sign_up(request._request, kind, email=email), kind, timezone.now())


class ConfirmStep(StepView):
    @extend_schema(
        operation_id="sign_in_confirm",
        summary="Confirm the mailed code. Five guesses, ten minutes.",
        tags=["accounts"],
        parameters=[CLIENT],
        request=schema.CodeRequest,
        responses={200: schema.SessionShape},
    )
    def post(self, request: Request, client: str) -> Response:
        kind, data = self.start(request, client, known={"code", "challenge"})
        code = _text(data, "code", limit=20)
        challenge = _text(data, "challenge", limit=64) if kind is Client.APP else ""
        count_challenge(challenge or request._request.session.session_key or "none")
        outcome = sign_in.confirm(request._request, kind, code=code, challenge=challenge)
        return self.answer(outcome, kind, timezone.now())


class SessionView(AccountView):
    @extend_schema(
        operation_id="session",
        summary="Who is signed in. Sets the CSRF cookie, also where nobody is.",
        tags=["accounts"],
        responses=schema.AccountShape,
    )
    def get(self, request: Request) -> Response:
        read_query(request, known=())
        return Response(account_data(account_of(request)))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        get_token(request._request)
        super().initial(request, *args, **kwargs)

    @extend_schema(
        operation_id="sign_out",
        summary="End the session, or the token that asks.",
        tags=["accounts"],
        request=None,
        responses={204: None},
    )
    def delete(self, request: Request) -> Response:
        if isinstance(request.auth, str):
            revoke_token(user=account_of(request), token=request.auth)
        else:
            logout(request._request)
        return Response(status=204)


def _token_data(row: AccessToken) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "label": row.label,
        "created_at": row.created_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
    }


class TokensView(AccountView):
    @extend_schema(
        operation_id="tokens",
        summary="Your tokens, newest first; at most 50.",
        tags=["accounts"],
        responses=schema.TokensShape,
    )
    def get(self, request: Request) -> Response:
        read_query(request, known=())
        return Response({"items": [_token_data(row) for row in account_of(request).access_tokens.all()]})

    @extend_schema(
        operation_id="token_new",
        summary="A bearer token for a program.",
        tags=["accounts"],
        request=schema.NewTokenRequest,
        responses={201: schema.NewTokenShape},
    )
    def post(self, request: Request) -> Response:
        read_query(request, known=())
        data = read_object(request.data, known={"label", "days"})
        days = data.get("days", LIFE_DAYS)
        if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MAX_DAYS:
            raise InvalidParameter("days", f"A whole number is expected, 1..{MAX_DAYS}.", limit=f"1..{MAX_DAYS}")
        label = _text(data, "label", limit=100)
        token, row = issue_token(user=account_of(request), label=label, days=days, now=timezone.now())
        row.refresh_from_db()
        return Response({**_token_data(row), "token": token}, status=201)


class TokenView(AccountView):
    @extend_schema(
        operation_id="token_end",
        summary="End one of your tokens.",
        tags=["accounts"],
        parameters=[OpenApiParameter("id", UUID, OpenApiParameter.PATH, description="`id` of a token of yours.")],
        request=None,
        responses={204: None},
    )
    def delete(self, request: Request, id: str) -> Response:  # noqa: A002 - the name in the path
        ended, _ = account_of(request).access_tokens.filter(id=parse_uuid(id)).delete()
        if not ended:
            raise NotFound("There is no token of this id.")
        return Response(status=204)
