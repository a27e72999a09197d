"""The steps of signing in, taken by django-allauth's headless views; here are their questions and our answers.

Two kinds of client take the same steps. A `browser` has a session cookie, and its challenge is in it. An `app` is told
a challenge and sends it back with the code; once it is signed in it has a bearer token and nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import orjson
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.account import views
from allauth.headless.base.views import APIView as Step
from allauth.headless.constants import Client
from allauth.headless.internal.sessionkit import session_store
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.http import HttpRequest

from accounts.models import User
from config.api.problems import NotAuthenticated
from config.errors import CodedError, InvalidParameter


class ChallengeStrategy(SessionTokenStrategy):
    """The session in which an app's challenge waits is named by the challenge, in the body; no header counts."""

    def get_session_token(self, request: HttpRequest) -> str | None:
        return getattr(request, "challenge", None)


class NoChallenge(CodedError):
    """There is no code to be confirmed: none was asked for, it is too old, or too many guesses were wrong."""

    code = "no_challenge"
    status = 409
    title = "No code is waiting to be confirmed"


class CodeRefused(CodedError):
    """The code is not the one that was sent. After a few wrong ones it is no longer good; ask for another."""

    code = "code_refused"
    status = 400
    title = "The code is not right"


class CredentialsRefused(CodedError):
    """No account has this e-mail address and this password. Which of the two is wrong is not told."""

    code = "credentials_refused"
    status = 401
    title = "E-mail address and password do not match"


class AlreadySignedIn(CodedError):
    """The session belongs to somebody already. Sign out first."""

    code = "already_signed_in"
    status = 409
    title = "Somebody is signed in already"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step: the account that is signed in, or the challenge that a code was mailed for."""

    user: User | None
    challenge: str = ""


def with_password(request: HttpRequest, client: Client, *, email: str, password: str) -> Outcome:
    status, body = _take(request, client, views.LoginView, {"email": email, "password": password})
    if status == 400:
        raise CredentialsRefused
    return _outcome(request, status, body)


def ask_for_code(request: HttpRequest, client: Client, *, email: str) -> Outcome:
    """A code is mailed to the address where it has an account; where not, the answer is the same."""
    return _outcome(request, *_take(request, client, views.RequestLoginCodeView, {"email": email}))


def sign_up(request: HttpRequest, client: Client, *, email: str) -> Outcome:
    """An account without a password. Where there is one already its owner is told by mail; the answer is the same."""
    return _outcome(request, *_take(request, client, views.SignupView, {"email": email}))


def confirm(request: HttpRequest, client: Client, *, code: str, challenge: str) -> Outcome:
    """The code of `ask_for_code`, or that of `sign_up`. `challenge` is the app's; a browser has it in its session."""
    if challenge:
        request.challenge = challenge  # type: ignore[attr-defined]  # read by ChallengeStrategy
    status, body = _take(request, client, views.ConfirmLoginCodeView, {"code": code})
    if status == 409:
        status, body = _take(request, client, views.VerifyEmailView, {"key": code})
    if status in {409, 410}:
        raise NoChallenge
    if status == 400:
        raise CodeRefused
    return _outcome(request, status, body)


def _take(request: HttpRequest, client: Client, step: type[Step], data: dict[str, str]) -> tuple[int, dict[str, Any]]:
    request._body = orjson.dumps(data)  # the views read the body, which is parsed already
    try:
        response = step.as_api_view(client=client)(request)
    except ImmediateHttpResponse as immediate:
        response = immediate.response
    return response.status_code, json.loads(response.content or b"{}")


def _outcome(request: HttpRequest, status: int, body: dict[str, Any]) -> Outcome:
    data, meta = body.get("data", {}), body.get("meta", {})
    if status == 200:
        if token := meta.get("session_token"):
            session_store(token).delete()  # an app acts by its bearer token; this one would only lie about
        return Outcome(User.objects.get(pk=data["user"]["id"]))
    if status == 401 and any(flow.get("is_pending") for flow in data.get("flows", [])):
        return Outcome(None, meta.get("session_token") or getattr(request, "challenge", ""))
    if status == 409:
        raise AlreadySignedIn
    errors = body.get("errors", [])
    if errors:
        raise InvalidParameter(errors[0].get("param", "email"), errors[0]["message"])
    raise NotAuthenticated
