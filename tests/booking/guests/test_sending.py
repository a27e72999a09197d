"""The letter with a code: sent once, soon, not when it is too late, and to nobody but the address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from booking.guests.models import Code
from booking.guests.sending import RETRY_SECONDS, send_codes
from booking.guests.services import CODE_SECONDS, ask_for_code
from booking.guests.texts import BODIES, SUBJECTS
from config.failpoints import FailPointReached, action_of, arm
from tests.booking.guests.world import EMAIL, mailed_code

pytestmark = pytest.mark.django_db


def test_every_language_has_the_letter():
    assert set(SUBJECTS) == set(BODIES) == {"en", "zh-Hans"}


def test_the_letter_says_whose_bookings_where_and_for_how_long(settings):
    code = mailed_code()
    (letter,) = mail.outbox
    assert letter.to == [EMAIL]
    assert letter.subject == f"{code[:4]}-{code[4:]} is your code"
    assert f"bookings of {EMAIL}" in letter.body
    assert "10 minutes" in letter.body
    assert f"{settings.BASE_URL}/bookings\n" in letter.body


def test_each_is_sent_once():
    mailed_code()
    assert send_codes(now=timezone.now() + timedelta(minutes=5)) == 0
    assert len(mail.outbox) == 1


def test_asking_again_before_it_is_sent_sends_the_last_alone():
    ask_for_code(email=EMAIL, language="en")
    mailed_code()
    assert len(mail.outbox) == 1


def test_what_cannot_be_sent_is_tried_again_soon_and_given_up_in_the_end(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1  # nobody listens there
    ask_for_code(email=EMAIL, language="en")
    now = timezone.now()
    for seconds in RETRY_SECONDS:
        assert send_codes(now=now) == 1
        assert send_codes(now=now + timedelta(seconds=seconds - 1)) == 0
        now += timedelta(seconds=seconds)
    assert send_codes(now=now) == 1
    assert Code.objects.get().send_at is None


def test_as_many_at_a_time_as_asked_for():
    for number in range(3):
        ask_for_code(email=f"guest{number}@example.com", language="en")
    now = timezone.now()
    assert [send_codes(now=now, limit=2) for _ in range(3)] == [2, 1, 0]


def test_one_that_no_mail_can_be_addressed_to_stops_no_other(settings):
    settings.EMAIL_BACKEND = "tests.booking.envelopes.Addressing"
    ask_for_code(email="a@b..com", language="en")
    ask_for_code(email=EMAIL, language="en")
    now = timezone.now()
    for seconds in (0, *RETRY_SECONDS):
        now += timedelta(seconds=seconds)
        send_codes(now=now)
    assert [letter.to for letter in mail.outbox] == [[EMAIL]]
    assert list(Code.objects.values_list("send_at", flat=True)) == [None, None]


def test_a_code_that_is_too_old_is_not_sent():
    ask_for_code(email=EMAIL, language="en")
    assert send_codes(now=timezone.now() + timedelta(seconds=CODE_SECONDS)) == 0
    assert mail.outbox == []


def test_a_death_after_sending_sends_again_rather_than_never():
    ask_for_code(email=EMAIL, language="en")
    arm(action_of("after_guest_code_is_sent=raise"))
    try:
        with pytest.raises(FailPointReached):
            send_codes(now=timezone.now())
    finally:
        arm(None)
    assert send_codes(now=timezone.now() + timedelta(minutes=2)) == 1
    first, second = mail.outbox
    assert first.body == second.body
    assert Code.objects.get().send_at is None


def test_a_code_asked_for_while_another_is_being_sent_is_sent_too():
    ask_for_code(email=EMAIL, language="en")
    arm(lambda name: ask_for_code(email=EMAIL, language="en") if name == "after_guest_code_is_sent" else None)
    try:
        assert send_codes(now=timezone.now()) == 1
    finally:
        arm(None)
    assert send_codes(now=timezone.now()) == 1
    assert len({letter.subject for letter in mail.outbox}) == 2
