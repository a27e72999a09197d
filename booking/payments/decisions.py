"""What is to be done next about a payment, from what we hold and what the provider was seen to hold. Pure.

`decide` is the whole policy. It is asked under the payment's lock, with an observation made before it: that may be old,
so no decision rests on the provider holding *less* than we know. Every state has a decision, whatever is seen, so
nothing waits for something that may never come.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from booking.payments.ports import Charge, ChargeState


class Step(StrEnum):
    WAIT = "wait"
    RECORD_CAPTURED = "record_captured"
    RECORD_VOIDED = "record_voided"
    # These call the provider:
    OPEN = "open"
    CAPTURE = "capture"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Decision:
    step: Step
    reason: str = ""


DIFFERS = "amount_differs"
NOT_WANTED = "booking_not_payable"
"""The customer has paid, and the booking waits for it no more: they are told (booking.letters)."""
ENDED = "booking_ended"
"""Nobody has paid, and nobody need: the booking is over."""
LAPSED = "not_paid_in_time"


def differs(charge: Charge, *, amount_minor: int, currency: str) -> bool:
    """Whether the provider holds another amount or currency than was asked for."""
    return (charge.amount_minor, charge.currency) != (amount_minor, currency)


def decide(
    *, state: str, amount_minor: int, currency: str, is_wanted: bool, is_late: bool, charge: Charge | None
) -> Decision:
    """`state` is Payment.state; `is_wanted`: the booking waits for this money; `is_late`: the customer's time is over.

    - Money that was taken is recorded, wanted or not; whether the booking takes it is asked after.
    - Money that is set aside is taken when it is wanted and of the right amount, late or not; else it is let go.
    - A capture that was decided on is seen through: it may have happened already.
    """
    if state in {"taken", "returned"}:
        return Decision(Step.WAIT)
    if charge is None:
        return Decision(Step.WAIT if state == "voided" else Step.OPEN)
    if charge.state is ChargeState.CAPTURED:
        return Decision(Step.RECORD_CAPTURED)
    if charge.state is ChargeState.CANCELLED:
        return Decision(Step.WAIT) if state == "voided" else Decision(Step.RECORD_VOIDED, LAPSED)
    if state in {"voiding", "voided"}:
        return Decision(Step.CANCEL)
    if differs(charge, amount_minor=amount_minor, currency=currency):
        return Decision(Step.CANCEL, DIFFERS)
    if charge.state is ChargeState.AUTHORISED:
        return Decision(Step.CAPTURE) if is_wanted or state == "capturing" else Decision(Step.CANCEL, NOT_WANTED)
    if not is_wanted:
        return Decision(Step.CANCEL, ENDED)
    return Decision(Step.CANCEL, LAPSED) if is_late else Decision(Step.WAIT)
