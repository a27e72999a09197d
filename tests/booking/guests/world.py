"""A guest who has asked for a code, read the letter, and typed it."""

from __future__ import annotations

import re

from django.core import mail
from django.utils import timezone

from booking.guests.sending import send_codes
from booking.guests.services import ask_for_code, open_session

EMAIL = "aino@example.com"


def code_in_letter() -> str:
    found = re.search(r"^([A-Z]{4}-[A-Z]{4})$", mail.outbox[-1].body, re.MULTILINE)
    assert found is not None, mail.outbox[-1].body
    return found[1]


def mailed_code(email: str = EMAIL) -> str:
    ask_for_code(email=email, language="en")
    assert send_codes(now=timezone.now()) == 1
    return code_in_letter().replace("-", "")


def session_token(email: str = EMAIL) -> str:
    return open_session(email=email, code=mailed_code(email))[0]


def another(code: str) -> str:
    """A code that is wrong in its first letter."""
    return ("C" if code.startswith("B") else "B") + code[1:]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
