"""An address that mail cannot be sent to is refused when it is given."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMessage

from booking.contacts import parse_email
from config.errors import InvalidParameter


@pytest.mark.parametrize(
    "email",
    [
        "aino@example.com", "a@b.co", "first.last+tag@sub.example.co.uk", "x" * 64 + "@example.com",
        "aino@" + "d" * 63 + ".com", "aino@bücher.example", "äiti@example.com",
    ],
)  # fmt: skip
def test_what_can_be_mailed_is_taken_and_makes_a_message(email):
    assert parse_email(f" {email} ", parameter="email") == email
    EmailMessage("subject", "body", "a@example.com", [email]).message()


@pytest.mark.parametrize(
    "email",
    [
        "", "aino", "@example.com", "aino@", "aino@localhost", "a@b..com", "a@.b.com", "a@b.com.", ".a@b.com",
        "a.@b.com", "a..b@c.com", "aino@" + "d" * 64 + ".com", "aino@" + "ü" * 60 + ".com", "x" * 65 + "@example.com",
        "a b@c.com", "a@b.com\nBcc: x@y.com", "a@b.com,c@d.com", "a@[127.0.0.1]",
        "a@" + ".".join(["d" * 60] * 5) + ".com",
    ],
)  # fmt: skip
def test_what_cannot_be_mailed_is_refused_by_name(email):
    with pytest.raises(InvalidParameter) as refused:
        parse_email(email, parameter="contact.email")
    assert refused.value.parameter == "contact.email"
