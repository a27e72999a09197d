"""What is wrong with how payments are set up, told by `manage.py check --deploy` and when a process starts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register  # noqa: A004  Django's name for it

from booking.payments.simulator.gateway import NAME as SIMULATOR
from config.starting import OPERATOR


@register(OPERATOR, deploy=True)
def no_money_moves(**_: Any) -> list[CheckMessage]:
    """A site that is open to customers and has named no provider confirms bookings for a card that anybody can type."""
    if settings.DEBUG or settings.PAYMENT_PROVIDER != SIMULATOR:
        return []
    return [
        Warning(
            "Payments are simulated: bookings are confirmed for made-up cards, and no money moves.",
            hint="Set PAYMENT_PROVIDER and its keys (docs/payments.md). A demonstration may leave it.",
            id="payments.W001",
        )
    ]
