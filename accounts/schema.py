"""What bodies and answers look like, for the OpenAPI document alone: none passes through these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import serializers

if TYPE_CHECKING:
    Shape = serializers.Serializer[Any]
else:
    Shape = serializers.Serializer


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - its signature
        return {"type": "http", "scheme": "bearer", "description": "`vic_…`, from /v1/auth/app/ or /v1/auth/tokens."}


class PasswordRequest(Shape):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=128)


class AddressRequest(Shape):
    email = serializers.EmailField(max_length=254)


class CodeRequest(Shape):
    code = serializers.CharField(max_length=20, help_text="From the mail.")
    challenge = serializers.CharField(max_length=64, required=False, help_text="Of an `app`: what it was told.")


class AccountShape(Shape):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField(allow_blank=True)
    has_password = serializers.BooleanField()


class SessionShape(Shape):
    account = AccountShape()
    token = serializers.CharField(allow_null=True, help_text="Of an `app` that signed in; told once.")
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When the token does.")


class ChallengeShape(Shape):
    challenge = serializers.CharField(allow_null=True, help_text="For an `app` to send back with the code.")
    expires_in_seconds = serializers.IntegerField(min_value=1)


class NewTokenRequest(Shape):
    label = serializers.CharField(max_length=100, help_text="What it is for.")  # type: ignore[assignment]  # the key's name
    days = serializers.IntegerField(min_value=1, max_value=365, required=False, help_text="Default: 90.")


class TokenShape(Shape):
    id = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]  # the key's name
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class NewTokenShape(TokenShape):
    token = serializers.CharField(help_text="Told once.")


class TokensShape(Shape):
    items = TokenShape(many=True)
