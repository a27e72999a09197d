"""Use cases of accounts that no step of signing in makes."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User, normalised_email
from config.errors import InvalidParameter


def account_for(*, email: str, password: str | None) -> User:
    """The account of an address that the operator vouches for, made if there is none.

    A password replaces the one it had; None leaves it, and a new account then signs in by mailed codes.
    """
    email = normalised_email(email)
    try:
        validate_email(email)
        if password is not None:
            validate_password(password)
    except ValidationError as error:
        raise InvalidParameter("email" if password is None else "password", " ".join(error.messages)) from error
    with transaction.atomic():
        user = User.objects.filter(email=email).first() or User.objects.create_user(email)
        if password is not None:
            user.set_password(password)
            user.save(update_fields=["password"])
        EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user
