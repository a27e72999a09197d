"""Which provider is asked, and the guard that stands before each: no transaction is open while one is called.

A provider may take its time to answer. A transaction that waits for it holds its locks for as long, and rolls back
our memory of money that moved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from booking.payments import stripe
from booking.payments.ports import Charge, Notification, Order, PaymentGateway, RefundSeen
from booking.payments.simulator import gateway as simulator


class TransactionOpen(RuntimeError):
    """A bug of ours: a provider was about to be called inside a transaction."""


def refuse_open_transaction() -> None:
    """Raises TransactionOpen. The transaction that a test case wraps itself in does not count."""
    for connection in connections.all(initialized_only=True):
        blocks = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
        if blocks or not (connection.get_autocommit() or connection.in_atomic_block):
            raise TransactionOpen("A payment provider is called inside a database transaction.")


class Guarded:
    """A gateway whose every call over the network is refused while a transaction is open."""

    def __init__(self, inner: PaymentGateway, *, guard: Callable[[], None] = refuse_open_transaction) -> None:
        self._inner = inner
        self._guard = guard
        self.name = inner.name

    def open(self, order: Order, *, key: str) -> Charge:
        self._guard()
        return self._inner.open(order, key=key)

    def observe(self, reference: str) -> Charge:
        self._guard()
        return self._inner.observe(reference)

    def capture(self, reference: str, *, amount_minor: int, key: str) -> Charge:
        self._guard()
        return self._inner.capture(reference, amount_minor=amount_minor, key=key)

    def cancel(self, reference: str, *, key: str) -> Charge:
        self._guard()
        return self._inner.cancel(reference, key=key)

    def refund(self, reference: str, *, refund_id: UUID, amount_minor: int, key: str) -> RefundSeen:
        self._guard()
        return self._inner.refund(reference, refund_id=refund_id, amount_minor=amount_minor, key=key)

    def read_notification(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Notification:
        return self._inner.read_notification(body, headers, now=now)


Gateways = Callable[[str], PaymentGateway]
"""From a provider's name. KeyError for one that is not set up."""


PATIENCE_SECONDS = 10.0
"""How long a provider is waited for where nobody waits for us: in the worker."""
BRIEF_SECONDS = 3.0
"""How long inside a request. What was not answered then is asked again by the worker, with the same key."""


def gateway_of(name: str, *, timeout_seconds: float = PATIENCE_SECONDS) -> PaymentGateway:
    """The gateway of a payment's provider, guarded. A payment stays with the provider that it began with."""
    if name == simulator.NAME:
        return Guarded(simulator.SimulatorGateway())
    if name == stripe.NAME and settings.STRIPE_SECRET_KEY:
        secrets = tuple(settings.STRIPE_WEBHOOK_SECRETS)
        return _stripe(settings.STRIPE_SECRET_KEY, secrets, settings.STRIPE_API_BASE, timeout_seconds)
    raise KeyError(name)


def brief_gateway_of(name: str) -> PaymentGateway:
    """The same, for who is in a request."""
    return gateway_of(name, timeout_seconds=BRIEF_SECONDS)


@lru_cache(maxsize=4)
def _stripe(secret_key: str, webhook_secrets: tuple[str, ...], api_base: str, timeout_seconds: float) -> PaymentGateway:
    return Guarded(
        stripe.StripeGateway(
            secret_key=secret_key, webhook_secrets=webhook_secrets, api_base=api_base, timeout_seconds=timeout_seconds
        )
    )


def provider_of_new() -> str:
    """The provider that new payments go to: the setting, checked."""
    name: str = settings.PAYMENT_PROVIDER
    try:
        gateway_of(name)
    except KeyError:
        raise ImproperlyConfigured(f"PAYMENT_PROVIDER={name} needs its keys (docs/settings.md).") from None
    return name
