"""What django-allauth asks of us."""

from __future__ import annotations

from secrets import randbelow
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """No flash messages: pages here say themselves what happened."""

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Nobody reads them, and they would fill the session."""

    def generate_login_code(self) -> str:
        return self._digits()

    def generate_email_verification_code(self) -> str:
        return self._digits()

    def _digits(self) -> str:
        """Easily typed on a phone; five guesses of a million."""
        return f"{randbelow(1_000_000):06}"
