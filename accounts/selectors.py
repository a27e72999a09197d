"""Reads of accounts."""

from __future__ import annotations

from allauth.account.models import EmailAddress

from accounts.models import User


def verified_emails(user: User) -> set[str]:
    """The addresses that the person has proved to have, in lower case."""
    return set(EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True))
