"""What bodies and answers look like, for the OpenAPI document alone: none passes through these."""

from __future__ import annotations

from rest_framework import serializers

from booking.guests.codes import LENGTH, LETTERS
from booking.guests.services import CODE_SECONDS, SESSION_SECONDS
from booking.schema import Shape


class GuestCodeRequest(Shape):
    email = serializers.EmailField(max_length=254, help_text="Case does not count.")
    language = serializers.CharField(
        required=False, allow_blank=True, max_length=35, help_text="Of the letter: a tag such as fi or zh-Hans."
    )


class GuestCodeSentShape(Shape):
    expires_in_seconds = serializers.IntegerField(
        min_value=1, help_text=f"{CODE_SECONDS}. The same whether or not there are bookings of the address."
    )


class GuestSessionRequest(Shape):
    email = serializers.EmailField(max_length=254, help_text="As the code was asked for.")
    code = serializers.CharField(
        max_length=20, help_text=f"From the letter: {LENGTH} of {LETTERS}; case, blanks and hyphens do not count."
    )


class GuestSessionShape(Shape):
    email = serializers.CharField(help_text="In lower case.")
    token = serializers.CharField(
        help_text="`vig_…`, told once: `Authorization: Bearer` for the bookings of the address."
    )
    expires_at = serializers.DateTimeField(help_text=f"{SESSION_SECONDS} seconds from now, by our clock.")
