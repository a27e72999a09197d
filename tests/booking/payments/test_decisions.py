"""The whole table of decisions: every state of ours with everything that a provider can be seen to hold."""

from __future__ import annotations

import itertools

import pytest

from booking.payments.decisions import DIFFERS, ENDED, LAPSED, NOT_WANTED, Decision, Step, decide
from booking.payments.models import Payment
from booking.payments.ports import Charge, ChargeState
from booking.payments.states import CAPTURED, UNFINISHED


def charge(state, *, amount_minor=1500, currency="EUR"):
    captured = amount_minor if state is ChargeState.CAPTURED else 0
    return Charge("ref", None, state, amount_minor, currency, captured, "https://pay.example/")


def decided(state, seen, *, is_wanted=True, is_late=False):
    return decide(state=state, amount_minor=1500, currency="EUR", is_wanted=is_wanted, is_late=is_late, charge=seen)


@pytest.mark.parametrize(
    ("state", "seen", "how", "expected"),
    [
        ("created", None, {}, Decision(Step.OPEN)),
        ("created", None, {"is_wanted": False}, Decision(Step.OPEN)),  # an open whose answer was lost may stand
        ("open", charge(ChargeState.OPEN), {}, Decision(Step.WAIT)),
        ("open", charge(ChargeState.OPEN), {"is_late": True}, Decision(Step.CANCEL, LAPSED)),
        ("open", charge(ChargeState.OPEN), {"is_wanted": False}, Decision(Step.CANCEL, ENDED)),
        ("open", charge(ChargeState.AUTHORISED), {}, Decision(Step.CAPTURE)),
        ("open", charge(ChargeState.AUTHORISED), {"is_late": True}, Decision(Step.CAPTURE)),
        ("open", charge(ChargeState.AUTHORISED), {"is_wanted": False}, Decision(Step.CANCEL, NOT_WANTED)),
        ("capturing", charge(ChargeState.AUTHORISED), {"is_wanted": False}, Decision(Step.CAPTURE)),
        ("open", charge(ChargeState.AUTHORISED, amount_minor=1499), {}, Decision(Step.CANCEL, DIFFERS)),
        ("open", charge(ChargeState.AUTHORISED, currency="USD"), {}, Decision(Step.CANCEL, DIFFERS)),
        ("open", charge(ChargeState.CANCELLED), {}, Decision(Step.RECORD_VOIDED, LAPSED)),
        ("voided", charge(ChargeState.AUTHORISED), {}, Decision(Step.CANCEL)),
        ("voided", charge(ChargeState.CAPTURED), {}, Decision(Step.RECORD_CAPTURED)),
        ("voided", None, {}, Decision(Step.WAIT)),
    ],
)
def test_a_line_of_the_table(state, seen, how, expected):
    assert decided(state, seen, **how) == expected


SEEN = [None, *map(charge, ChargeState), *(charge(each, amount_minor=9) for each in ChargeState)]
EVERYTHING = list(itertools.product(SEEN, (True, False), (True, False)))


@pytest.mark.parametrize("state", Payment.State.values)
def test_whatever_is_seen_nothing_is_kept_that_should_not_be(state):
    for seen, is_wanted, is_late in EVERYTHING:
        _check(state, seen, is_wanted=is_wanted, is_late=is_late)


def _check(state, seen, *, is_wanted, is_late):
    step = decided(state, seen, is_wanted=is_wanted, is_late=is_late).step
    if state in CAPTURED:
        assert step is Step.WAIT
    elif seen is not None and seen.state is ChargeState.CAPTURED:
        assert step is Step.RECORD_CAPTURED
    if step is Step.CAPTURE:
        assert (seen.state, seen.amount_minor, seen.currency) == (ChargeState.AUTHORISED, 1500, "EUR")
    if seen is not None and seen.state is ChargeState.AUTHORISED and state in UNFINISHED:
        assert step in {Step.CAPTURE, Step.CANCEL}  # money that is set aside is never left lying
    if step is Step.WAIT and state in UNFINISHED:
        assert seen.state is ChargeState.OPEN
        assert is_wanted
        assert not is_late
