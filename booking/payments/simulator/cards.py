"""The simulator's cards: which number stands for which script of events. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

from config.errors import InvalidParameter


class Script(StrEnum):
    """What happens when the card is used, and after it."""

    APPROVE = "approve"
    DECLINE = "decline"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    THREE_D_SECURE = "three_d_secure"
    CAPTURE_TIMES_OUT = "capture_times_out"
    REFUND_TIMES_OUT = "refund_times_out"
    REFUND_FAILS = "refund_fails"
    DUPLICATE = "duplicate"
    LATE = "late"
    REORDERED = "reordered"
    FORGED = "forged"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_CURRENCY = "wrong_currency"
    SILENCE = "silence"
    CAPTURE_REFUSED = "capture_refused"


CARDS: dict[str, Script] = {
    "4242424242424242": Script.APPROVE,
    "4000000000000002": Script.DECLINE,
    "4000000000009995": Script.INSUFFICIENT_FUNDS,
    "4000000000003220": Script.THREE_D_SECURE,
    "4000000000001000": Script.CAPTURE_TIMES_OUT,
    "4000000000002008": Script.REFUND_TIMES_OUT,
    "4000000000003006": Script.REFUND_FAILS,
    "4000000000004004": Script.DUPLICATE,
    "4000000000005001": Script.LATE,
    "4000000000006009": Script.REORDERED,
    "4000000000007007": Script.FORGED,
    "4000000000008005": Script.WRONG_AMOUNT,
    "4000000000009003": Script.WRONG_CURRENCY,
    "4000000000010001": Script.SILENCE,
    "4000000000011009": Script.CAPTURE_REFUSED,
}

DECLINES = {Script.DECLINE: "card_declined", Script.INSUFFICIENT_FUNDS: "insufficient_funds"}


def script_of(card_number: str) -> Script:
    """The script of a card number as a person types it. InvalidParameter for any number that is not in the table."""
    digits = re.sub(r"[ -]", "", card_number[:40])
    script = CARDS.get(digits)
    if script is None:
        raise InvalidParameter("card_number", "This provider is simulated and knows test cards only.")
    return script
