"""Who asks: a program by its bearer token, a page by its session and the CSRF token. Views build on these."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.models import User
from accounts.tokens import PREFIX, user_of_token
from config.api.problems import NotAuthenticated
from config.api.throttling import ReadThrottle, WriteThrottle

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer vic_…`. A header that is there and no good is refused: no session is tried instead."""

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        kind, _, token = header.partition(" ")
        user = None
        if kind.lower() == "bearer" and token.startswith(PREFIX) and len(token) < 100:
            user = user_of_token(token, now=timezone.now())
        if user is None:
            raise NotAuthenticated("The token is unknown, has expired or was ended.")
        return user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        return "Bearer"


class IsSignedIn(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:  # noqa: ARG002 - DRF's signature
        return isinstance(request.user, User)


class AccountView(APIView):
    """A view for people who are signed in, and their programs: closed unless somebody is."""

    authentication_classes = (BearerAuthentication, SessionAuthentication)
    permission_classes = (IsSignedIn,)

    def get_throttles(self) -> list[BaseThrottle]:
        return [ReadThrottle() if self.request.method in SAFE else WriteThrottle()]


def account_of(request: Request) -> User:
    """Who asks. In an AccountView there is somebody."""
    user = request.user
    if not isinstance(user, User):
        raise NotAuthenticated
    return user
