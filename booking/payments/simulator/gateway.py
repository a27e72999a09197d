"""The port's verbs on the simulated provider. Answers get lost here, as they do on a network: after the effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import UUID

import orjson
from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from booking.payments.ports import (
    Charge,
    ChargeState,
    Notification,
    NotificationRefused,
    Order,
    ProviderRefused,
    ProviderUnavailable,
    RefundSeen,
    RefundState,
)
from booking.payments.simulator import books, signing
from booking.payments.simulator.models import SimulatedCharge, SimulatedRefund

NAME = "simulator"
Fault = Callable[[str, str], None]
"""Called with a verb and `before` or `after` its effect; raises ProviderUnavailable where the network is to fail."""


def notification_secret() -> str:
    return salted_hmac("payments.simulator.notifications", "v1", algorithm="sha256").hexdigest()


def checkout_url(charge: SimulatedCharge) -> str:
    return f"{settings.BASE_URL}/pay/{charge.reference}?token={charge.token}"


class SimulatorGateway:
    """`fault` lets tests lose answers by their own dice, beside what the cards' scripts do."""

    name = NAME

    def __init__(
        self, *, fault: Fault = lambda _verb, _moment: None, clock: Callable[[], datetime] = timezone.now
    ) -> None:
        self._fault = fault
        self._clock = clock

    def open(self, order: Order, *, key: str) -> Charge:
        return self.observe(self._call("open", lambda: books.open_charge(order, key=key)))

    def observe(self, reference: str) -> Charge:
        self._fault("observe", "before")
        charge = SimulatedCharge.objects.prefetch_related("refunds").filter(reference=reference).first()
        if charge is None:
            raise ProviderRefused("unknown")
        return _charge(charge, now=self._clock())

    def capture(self, reference: str, *, amount_minor: int, key: str) -> Charge:
        now = self._clock()
        return self.observe(
            self._call("capture", lambda: books.capture(reference, amount_minor=amount_minor, key=key, now=now))
        )

    def cancel(self, reference: str, *, key: str) -> Charge:
        now = self._clock()
        return self.observe(self._call("cancel", lambda: books.cancel(reference, key=key, now=now)))

    def refund(self, reference: str, *, refund_id: UUID, amount_minor: int, key: str) -> RefundSeen:
        now = self._clock()
        made = self._call(
            "refund",
            lambda: books.refund(reference, refund_id=refund_id, amount_minor=amount_minor, key=key, now=now),
        )
        return _refund(SimulatedRefund.objects.get(reference=made))

    def read_notification(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Notification:
        header = headers.get(signing.HEADER, "")
        if not signing.is_signed(body, header, secret=notification_secret(), now_epoch_seconds=int(now.timestamp())):
            raise NotificationRefused("The signature is not the simulator's, or older than five minutes.")
        try:
            told = orjson.loads(body)
            return Notification(
                event_id=told["id"],
                kind=told["type"],
                reference=told["reference"],
                payment_id=UUID(told["payment_id"]),
                amount_minor=told["amount_minor"],
                currency=told["currency"],
                occurred_at=datetime.fromtimestamp(told["created"], tz=UTC),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise NotificationRefused("The body is not in the form of the simulator's notifications.") from error

    def _call(self, verb: str, act: Callable[[], books.Effect]) -> str:
        self._fault(verb, "before")
        effect = act()
        if effect.answer_is_lost:
            raise ProviderUnavailable(f"{verb}: no answer within the time limit.")
        self._fault(verb, "after")
        return effect.reference


def _charge(row: SimulatedCharge, *, now: datetime) -> Charge:
    state = ChargeState.OPEN if row.state == SimulatedCharge.State.CHALLENGED else ChargeState(row.state)
    if state is ChargeState.OPEN and row.expires_at <= now:
        state = ChargeState.CANCELLED  # nobody can pay it any more: `books.pay` refuses
    return Charge(
        reference=row.reference,
        payment_id=row.payment_id,
        state=state,
        amount_minor=row.amount_minor,
        currency=row.currency,
        captured_minor=row.captured_minor,
        checkout_url=checkout_url(row),
        decline_code=row.decline_code,
        refunds=tuple(_refund(each) for each in sorted(row.refunds.all(), key=lambda each: each.created_at)),
    )


def _refund(row: SimulatedRefund) -> RefundSeen:
    return RefundSeen(row.reference, row.refund_id, row.amount_minor, RefundState(row.state))
