"""What a guest proves an address with: the code that was mailed to it, and the session that the code opened.

Both live for minutes, by the database's clock, and are deleted after (booking.guests.services.forget_lapsed).
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Code(models.Model):
    """The one live code of an address, and the letter that is owed with it. Neither code nor hash is kept (ADR 34)."""

    email = models.CharField(max_length=254, primary_key=True, help_text="In lower case, as it is written to.")
    nonce = models.BinaryField(max_length=32, help_text="The code is made of it with SECRET_KEY.")
    language = models.CharField(max_length=35, blank=True, default="", db_default="")
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    send_at = models.DateTimeField(null=True, db_default=Now(), help_text="When it is mailed next; null: never more.")
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        indexes = [
            models.Index("send_at", name="guest_code_due", condition=models.Q(send_at__isnull=False)),
            models.Index("expires_at", name="guest_code_age"),
        ]

    def __str__(self) -> str:
        return f"until {self.expires_at}"


class Session(models.Model):
    """Whoever has the token has proved the address."""

    token_hash = models.BinaryField(primary_key=True, max_length=32, help_text="SHA-256.")
    email = models.CharField(max_length=254, help_text="In lower case.")
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("expires_at", name="guest_session_age")]

    def __str__(self) -> str:
        return f"until {self.expires_at}"
