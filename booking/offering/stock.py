"""How much of a deal may be sold, in all and to one customer: read and changed, in one transaction with its record.

Callers have asked listings/access.py whether they may. What is sold stays sold: a customer who has more than a lowered
cap keeps it, and a stock is not lowered below what is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from accounts.models import User
from booking.models import DealStock
from booking.offering.presentation import limits_data
from booking.offering.refusals import LimitsChanged, StockBelowTaken
from config.errors import NotFound
from deals.models import Deal
from deals.services import DealStateError
from listings.staff.audit import audit


def taken_of(deal: Deal) -> int:
    """By bookings and holds, since it has a stock. What has lapsed counts until it is swept."""
    return DealStock.objects.filter(deal=deal).values_list("taken", flat=True).first() or 0


def change_limits(*, deal_id: UUID, changes: Mapping[str, int | None], expected: str, by: User | str) -> Deal:
    """The stock, the cap, or both. StockBelowTaken, LimitsChanged, DealStateError.

    Whoever is just taking is waited for; who takes next judges by the new stock (booking.triggers.STOCK_FOLLOWS).
    """
    with transaction.atomic():
        deal = Deal.objects.select_for_update(no_key=True).filter(id=deal_id).first()
        if deal is None:
            raise NotFound("There is no deal of this id.")
        kept = DealStock.objects.select_for_update(no_key=True).filter(deal=deal).first()
        taken = 0 if kept is None else kept.taken
        tag = limits_data(deal, taken=taken)["etag"]
        if expected not in ("*", tag):
            raise LimitsChanged("Read them again, and send their ETag in If-Match.", etag=tag)
        before = {name: getattr(deal, name) for name in changes if getattr(deal, name) != changes[name]}
        if not before:
            return deal
        if deal.state == Deal.State.ENDED:
            raise DealStateError("An ended deal is history and stays as it was.", state=deal.state)
        stock = changes.get("stock")
        if "stock" in before and stock is not None and stock < taken:
            raise StockBelowTaken(f"{taken} are taken: that is the least.", taken=taken)
        for name in before:
            setattr(deal, name, changes[name])
        deal.save(update_fields=list(before))
        audit(
            merchant_id=deal.merchant_id,
            by=by,
            action="deal.limits_changed",
            subject=f"deal:{deal.id}",
            data={"before": before, "after": {name: changes[name] for name in before}},
        )
    return deal
