"""Codes and sessions: one live code an address, five tries, ten minutes, and nothing left after."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db.models import F
from django.utils import timezone

from accounts.sign_in import CodeRefused
from booking.guests.codes import LENGTH, LETTERS, code_of, parse_code, shown_code
from booking.guests.models import Code, Session
from booking.guests.refusals import CodeExpired, CodeUsedUp
from booking.guests.services import (
    CODE_SECONDS,
    SESSION_SECONDS,
    TRIES,
    address_of,
    ask_for_code,
    end_session,
    forget_lapsed,
    open_session,
)
from config.errors import InvalidParameter
from tests.booking.guests.world import EMAIL, another, mailed_code, session_token

pytestmark = pytest.mark.django_db


def age(kind, *, seconds: int) -> None:
    """As if it had been made so much earlier."""
    kind.objects.update(expires_at=F("expires_at") - timedelta(seconds=seconds))


def test_the_code_of_the_letter_opens_a_session_of_its_address_once():
    code = mailed_code()
    token, expires_at = open_session(email=EMAIL, code=code)
    assert address_of(token) == EMAIL
    assert timedelta(0) < timezone.now() + timedelta(seconds=SESSION_SECONDS) - expires_at < timedelta(minutes=1)
    with pytest.raises(CodeExpired):
        open_session(email=EMAIL, code=code)


def test_neither_the_code_nor_the_token_is_kept():
    code = mailed_code()
    assert code not in str(Code.objects.values().get())
    token, _ = open_session(email=EMAIL, code=code)
    assert token not in str(Session.objects.values().get())


def test_a_new_code_replaces_the_one_before_and_its_tries():
    first = mailed_code()
    for _ in range(TRIES):
        with pytest.raises(CodeRefused):
            open_session(email=EMAIL, code=another(first))
    second = mailed_code()
    assert first != second
    with pytest.raises(CodeRefused):
        open_session(email=EMAIL, code=first)
    assert Code.objects.get().tries == 1
    open_session(email=EMAIL, code=second)


def test_after_five_wrong_tries_the_right_code_is_not_taken_either():
    code = mailed_code()
    left = []
    for _ in range(TRIES):
        with pytest.raises(CodeRefused) as refused:
            open_session(email=EMAIL, code=another(code))
        left.append(refused.value.members["tries_left"])
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(CodeUsedUp):
        open_session(email=EMAIL, code=code)
    assert (Code.objects.get().tries, Session.objects.count()) == (TRIES, 0)


def test_the_fifth_try_may_be_the_right_one():
    code = mailed_code()
    for _ in range(TRIES - 1):
        with pytest.raises(CodeRefused):
            open_session(email=EMAIL, code=another(code))
    open_session(email=EMAIL, code=code)


def test_a_code_is_good_for_ten_minutes():
    code = mailed_code()
    age(Code, seconds=CODE_SECONDS)
    with pytest.raises(CodeExpired):
        open_session(email=EMAIL, code=code)
    assert Code.objects.get().tries == 0


def test_the_code_of_one_address_opens_no_other():
    code = mailed_code()
    mailed_code("eve@example.com")
    with pytest.raises(CodeRefused):
        open_session(email="eve@example.com", code=code)
    with pytest.raises(CodeExpired):
        open_session(email="nobody@example.com", code=code)


def test_a_session_ends_by_itself_and_by_who_has_it():
    token, other = session_token(), session_token()
    end_session(token=token)
    assert (address_of(token), address_of(other)) == (None, EMAIL)
    age(Session, seconds=SESSION_SECONDS)
    assert address_of(other) is None


def test_what_is_over_is_forgotten_and_no_more():
    session_token()
    mailed_code()
    assert forget_lapsed() == 0
    age(Code, seconds=CODE_SECONDS)
    age(Session, seconds=SESSION_SECONDS)
    mailed_code("eve@example.com")
    assert forget_lapsed() == 2
    assert (list(Code.objects.values_list("email", flat=True)), Session.objects.count()) == (["eve@example.com"], 0)


def test_codes_differ_by_nonce_and_by_the_secret_key(settings):
    codes = {code_of(bytes([n])) for n in range(200)}
    assert len(codes) == 200
    assert {len(code) for code in codes} == {LENGTH}
    assert set("".join(codes)) == set(LETTERS)
    before = code_of(b"x")
    settings.SECRET_KEY = "another"
    assert code_of(b"x") != before


def test_a_code_is_read_as_it_is_typed():
    code = code_of(b"x")
    assert {parse_code(text) for text in (code, shown_code(code), code.lower(), f" {code[:3]} {code[3:]} ")} == {code}


@pytest.mark.parametrize("text", [None, 1, "", "BCDFGHJ", "BCDFGHJKL", "BCDFGHJA", "BCDFGHJ1", "ＢCDFGHJK"])
def test_what_is_no_code_costs_no_try(text):
    with pytest.raises(InvalidParameter, match="letters"):
        parse_code(text)


def test_a_letter_in_chinese_is_for_who_reads_it():
    from booking.guests.sending import send_codes

    ask_for_code(email=EMAIL, language="zh-CN")
    send_codes(now=timezone.now())
    assert mail.outbox[0].to == [EMAIL]
    assert mail.outbox[0].subject.startswith("您的验证码是 ")
