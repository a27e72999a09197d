"""What a payment provider is asked and what it answers: few verbs, values, two kinds of error. Pure.

Amounts are minor units of an ISO 4217 currency. Each verb that moves money takes a `key` made of our own ids
(`keys_of`), so that asking again is asking the same. A provider's answer is what *it* holds, which need not be
what we wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class ProviderError(Exception):
    """Base of what a provider can answer instead of a value."""


class ProviderUnavailable(ProviderError):
    """No answer, or one that says nothing of the effect, which may have happened. Ask again with the same key."""


class ProviderRefused(ProviderError):
    """A final no: asking again is no use. `code` is the provider's word for why."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code


class NotificationRefused(ProviderError):
    """The notification is not signed by the provider, or too old, or not in its form. Nothing of it may be kept."""


class ChargeState(StrEnum):
    OPEN = "open"
    """The customer has yet to pay; a card that was declined leaves it open."""
    AUTHORISED = "authorised"
    """The money is set aside for us. It goes back by itself when we do nothing."""
    CAPTURED = "captured"
    CANCELLED = "cancelled"


class RefundState(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Order:
    """What the customer is to pay. The provider forgets what is not paid at `expires_at`."""

    payment_id: UUID
    booking_id: UUID
    amount_minor: int
    currency: str
    description: str
    language: str
    return_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RefundSeen:
    """One refund in the provider's books. `refund_id` is ours; None for one made by hand at the provider."""

    reference: str
    refund_id: UUID | None
    amount_minor: int
    state: RefundState


@dataclass(frozen=True, slots=True)
class Charge:
    """A payment in the provider's books. `captured_minor` is before refunds; `checkout_url` is where to pay it."""

    reference: str
    payment_id: UUID | None
    state: ChargeState
    amount_minor: int
    currency: str
    captured_minor: int
    checkout_url: str
    decline_code: str = ""
    refunds: tuple[RefundSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class Notification:
    """What a provider says by itself, verified. It is a hint to look: state is only ever taken from `observe`."""

    event_id: str
    kind: str
    reference: str
    payment_id: UUID | None
    amount_minor: int | None
    currency: str | None
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Keys:
    """Idempotency keys of one payment at its provider."""

    open: str
    capture: str
    cancel: str


def keys_of(payment_id: UUID) -> Keys:
    return Keys(
        open=f"vicinity-open-{payment_id}",
        capture=f"vicinity-capture-{payment_id}",
        cancel=f"vicinity-cancel-{payment_id}",
    )


def refund_key(refund_id: UUID) -> str:
    return f"vicinity-refund-{refund_id}"


class PaymentGateway(Protocol):
    """One provider. Every verb but `read_notification` goes over the network and raises ProviderError.

    No database transaction may be open while one is called: booking.payments.gateways holds every caller to it.
    """

    @property
    def name(self) -> str: ...

    def open(self, order: Order, *, key: str) -> Charge:
        """Ask for money. The same key gives the same charge, however often."""
        ...

    def observe(self, reference: str) -> Charge:
        """What the provider's books hold now, with all refunds. ProviderRefused `unknown` where there is none."""
        ...

    def capture(self, reference: str, *, amount_minor: int, key: str) -> Charge:
        """Take what is set aside. ProviderRefused where nothing is (any more)."""
        ...

    def cancel(self, reference: str, *, key: str) -> Charge:
        """Let go of it: nobody can pay it afterwards. ProviderRefused where it is captured."""
        ...

    def refund(self, reference: str, *, refund_id: UUID, amount_minor: int, key: str) -> RefundSeen:
        """Give back. ProviderRefused where the sum of refunds would pass what was captured."""
        ...

    def read_notification(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Notification:
        """The verified notification in a request's body. Raises NotificationRefused."""
        ...
