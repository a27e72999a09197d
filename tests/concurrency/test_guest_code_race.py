"""Many tries of one code at once: five of them get to look, however many come."""

from __future__ import annotations

import time

import pytest

from accounts.sign_in import CodeRefused
from booking.guests import services
from booking.guests.codes import code_of
from booking.guests.models import Code, Session
from booking.guests.refusals import CodeExpired, CodeUsedUp
from booking.guests.services import TRIES, ask_for_code, open_session
from tests.booking.guests.world import EMAIL, another
from tests.concurrency.rivals import all_at_once

pytestmark = [pytest.mark.django_db(transaction=True)]

RIVALS = 20
ROUNDS = 4


def raced(*, right: bool = False) -> list[str]:
    """What became of each try of a new code, all of them wrong or all of them right."""
    ask_for_code(email=EMAIL, language="en")
    code = code_of(bytes(Code.objects.get().nonce))
    typed = code if right else another(code)

    def tries(_number: int) -> str:
        try:
            open_session(email=EMAIL, code=typed)
        except (CodeRefused, CodeUsedUp, CodeExpired) as refused:
            return refused.code
        return "opened"

    return sorted(all_at_once(tries, workers=RIVALS))


def test_five_of_twenty_get_to_look():
    for _ in range(ROUNDS):
        assert raced() == ["code_refused"] * TRIES + ["code_used_up"] * (RIVALS - TRIES)


def test_the_right_code_opens_one_session():
    for _ in range(ROUNDS):
        Session.objects.all().delete()
        assert raced(right=True).count("opened") == 1
        assert Session.objects.count() == 1


def test_without_the_guard_more_get_to_look(monkeypatch):
    """The control: read, look, write."""

    def unguarded(email):
        row = Code.objects.get(email=email)
        if row.tries >= TRIES:
            raise CodeUsedUp
        time.sleep(0.01)
        Code.objects.filter(email=email).update(tries=row.tries + 1)
        return bytes(row.nonce), row.tries + 1

    monkeypatch.setattr(services, "_spend_try", unguarded)
    assert any(raced().count("code_refused") > TRIES for _ in range(4 * ROUNDS))
