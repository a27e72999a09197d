"""A merchant lowers the stock of a deal while guests take from it: it never ends with more taken than there is."""

from __future__ import annotations

import os
import random

import pytest
from django.utils import timezone

from booking import taking
from booking.models import DealStock
from booking.offering.refusals import StockBelowTaken
from booking.offering.stock import change_limits
from booking.refusals import SoldOut
from booking.services import cancel_booking
from booking.upkeep import drifts
from tests.booking.world import held, start_in
from tests.concurrency.test_interleavings import play
from tests.factories import BranchFactory, DealFactory, ServiceFactory

pytestmark = [pytest.mark.django_db(transaction=True)]

ORDERS = int(os.environ.get("VICINITY_INTERLEAVINGS", "15"))
STOCK = 3
BY_THE_DEALS_ROW = """
UPDATE booking_dealstock AS stock SET taken = stock.taken + %(stock_units)s
FROM deals_deal AS deal
WHERE stock.deal_id = %(deal_id)s AND deal.id = stock.deal_id
  AND stock.taken + %(stock_units)s <= deal.stock{after_slot} RETURNING stock.deal_id"""


def raced(seed: int, *, sold: int, cancels: bool = True) -> tuple[dict, DealStock]:
    """Of so many sold one is cancelled, another guest takes one, and the stock is lowered to what is sold."""
    deal = DealFactory(stock=STOCK, fulfilment="reservation")
    service = ServiceFactory(branch=BranchFactory(merchant=deal.merchant), deal=deal)
    guests = [held(service).booking for _ in range(sold)]
    works = {
        "lower": lambda: (
            change_limits(deal_id=deal.id, changes={"stock": max(1, sold)}, expected="*", by="a test").stock
        ),
        "hold": lambda: held(service, starts_at=start_in(hours=1)).booking.id,
        "other": lambda: held(service, starts_at=start_in(hours=2)).booking.id,
    }
    if guests and cancels:
        works["cancel"] = lambda: cancel_booking(booking_id=guests[0].id, by="merchant", now=timezone.now()).booking.id
    results = play(works, random.Random(seed).choices(list(works), k=40))
    return results, DealStock.objects.select_related("deal").get(deal=deal)


@pytest.mark.parametrize("sold", [0, 1, 2])
def test_whatever_the_order_no_more_is_taken_than_there_is(sold):
    for seed in range(ORDERS):
        results, kept = raced(seed, sold=sold)
        assert kept.taken <= kept.stock == kept.deal.stock
        assert isinstance(results["lower"], StockBelowTaken) == (kept.stock == STOCK)
        went = [name for name in ("hold", "other") if not isinstance(results[name], SoldOut)]
        assert None not in results.values()
        assert kept.taken == sold - (sold > 0) + len(went)
        assert drifts() == []


def test_control_judged_by_the_deals_row_more_is_taken_than_there_is(monkeypatch):
    monkeypatch.setattr(taking, "TAKE_STOCK", BY_THE_DEALS_ROW)
    made = {key: taking.statement(slot=key[0], stock=key[1]) for key in taking._STATEMENTS}
    monkeypatch.setattr(taking, "_STATEMENTS", made)
    found = (raced(seed, sold=1, cancels=False)[1] for seed in range(20 * ORDERS))
    assert any(kept.taken > kept.deal.stock for kept in found)
