"""A mail backend that keeps letters, and refuses the addresses that Django's SMTP backend cannot put on an envelope."""

from __future__ import annotations

from django.core.mail.backends.locmem import EmailBackend
from django.core.mail.message import sanitize_address


class Addressing(EmailBackend):
    def send_messages(self, messages):
        for message in messages:
            for address in message.recipients():
                sanitize_address(address, "utf-8")
        return super().send_messages(messages)
