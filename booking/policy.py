"""What a cancellation gives back and what not coming costs. Pure.

A policy is copied onto a booking when it is held, so that a merchant's change of mind never reaches what was agreed.
Shares are rounded to the customer's advantage: what is given back up, what is due or kept down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from config.errors import InvalidParameter

MAX_TIERS = 6
MAX_TIER_MINUTES = 90 * 1440


@dataclass(frozen=True, slots=True)
class Tier:
    """Cancelled at least `minutes_before` the start, `refund_percent` of what was paid is given back."""

    minutes_before: int
    refund_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`tiers`: earliest first. Later than the last one nothing is given back."""

    deposit_percent: int = 100
    no_show_fee_percent: int = 100
    tiers: tuple[Tier, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "deposit_percent": self.deposit_percent,
            "no_show_fee_percent": self.no_show_fee_percent,
            "tiers": [[tier.minutes_before, tier.refund_percent] for tier in self.tiers],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Policy:
        """What `as_json` made."""
        return cls(
            deposit_percent=data.get("deposit_percent", 100),
            no_show_fee_percent=data.get("no_show_fee_percent", 100),
            tiers=tuple(Tier(*tier) for tier in data.get("tiers", ())),
        )


def parse_tiers(tiers: Sequence[Sequence[int]]) -> tuple[Tier, ...]:
    """Tiers as a merchant gives them, earliest first. InvalidParameter where later ones would give back more.

    >>> parse_tiers([[120, 50], [1440, 100]])
    (Tier(minutes_before=1440, refund_percent=100), Tier(minutes_before=120, refund_percent=50))
    """
    if len(tiers) > MAX_TIERS:
        raise InvalidParameter("cancellation", f"At most {MAX_TIERS} tiers.", limit=MAX_TIERS)
    made = []
    for tier in tiers:
        minutes, percent = tier if len(tier) == 2 else (-1, -1)
        if not (0 <= minutes <= MAX_TIER_MINUTES and 0 <= percent <= 100):
            limit = f"0..{MAX_TIER_MINUTES} minutes, 0..100 percent"
            raise InvalidParameter("cancellation", "A tier is [minutes before the start, refund percent].", limit=limit)
        made.append(Tier(minutes, percent))
    made.sort(key=lambda tier: -tier.minutes_before)
    for earlier, later in pairwise(made):
        if earlier.minutes_before == later.minutes_before or later.refund_percent > earlier.refund_percent:
            raise InvalidParameter("cancellation", "Each later tier must give back less than the one before.")
    return tuple(made)


def refund_minor(policy: Policy, *, paid_minor: int, starts_at: datetime | None, now: datetime) -> int:
    """What a customer who cancels now gets back. What has no start can be given back in full until it is used.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    >>> policy = Policy(tiers=(Tier(1440, 100), Tier(120, 50)))
    >>> [refund_minor(policy, paid_minor=999, starts_at=noon, now=noon - timedelta(hours=h)) for h in (24, 23, 2, 1)]
    [999, 500, 500, 0]
    """
    if starts_at is None:
        return paid_minor
    for tier in policy.tiers:
        if now <= starts_at - timedelta(minutes=tier.minutes_before):
            return -(-paid_minor * tier.refund_percent // 100)
    return 0


def deposit_minor(policy: Policy, *, price_minor: int) -> int:
    """What is due when booking.

    >>> deposit_minor(Policy(deposit_percent=33), price_minor=1000)
    330
    """
    return price_minor * policy.deposit_percent // 100


def no_show_fee_minor(policy: Policy, *, price_minor: int) -> int:
    """What is kept from one who does not come, as far as it was paid."""
    return price_minor * policy.no_show_fee_percent // 100


def deadlines(policy: Policy, *, starts_at: datetime) -> list[tuple[datetime, int]]:
    """(until when, percent given back), in order; after the last: nothing."""
    return [(starts_at - timedelta(minutes=tier.minutes_before), tier.refund_percent) for tier in policy.tiers]
