"""A small world of branches and deals, and seeded random changes of it, as any writer might make them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from deals.models import Deal, DealBranch
from indexing.drift import compare_all
from indexing.engines import engine
from listings.models import Branch, Brand, Standing
from tests.factories import (
    BranchFactory,
    BrandFactory,
    CategoryFactory,
    DealFactory,
    MerchantFactory,
    ServiceAreaFactory,
    area_version,
)

HOURS = ("", "24/7", "Mo-Fr 08:00-20:00", "Fr,Sa 22:00-04:00", "not hours at all")


def found(*, merchants: int = 2, branches: int = 6) -> None:
    """Set up merchants with branches."""
    root = CategoryFactory(slug="food")
    CategoryFactory(slug="cafe", parent=root, path=["food", "cafe"])
    BrandFactory(name="Bean", key="bean")
    for _ in range(merchants):
        merchant = MerchantFactory()
        for _ in range(branches // merchants):
            BranchFactory(merchant=merchant)


def change(seed: random.Random) -> None:
    """One change; its own transaction where none is open."""
    seed.choice(CHANGES)(seed)


def _any(seed, queryset):
    rows = list(queryset.order_by("pk"))
    return seed.choice(rows) if rows else None


def _add_branch(seed):
    BranchFactory(merchant=_any(seed, Branch.objects.all()).merchant, opening_hours=seed.choice(HOURS))


def _rename(seed):
    Branch.objects.filter(pk=_any(seed, Branch.objects.all()).pk).update(name=f"Name {seed.random()}")


def _rehour(seed):
    Branch.objects.filter(pk=_any(seed, Branch.objects.all()).pk).update(opening_hours=seed.choice(HOURS))


def _close_or_open(seed):
    branch = _any(seed, Branch.objects.all())
    Branch.objects.filter(pk=branch.pk).update(closed_at=None if branch.closed_at else datetime(2026, 1, 1, tzinfo=UTC))


def _delete_branch(seed):
    if Branch.objects.count() > 3:
        _any(seed, Branch.objects.all()).delete()


def _rate(seed):
    Standing.objects.update_or_create(
        branch=_any(seed, Branch.objects.all()), defaults={"rating_count": 2, "rating_sum": seed.randint(2, 10)}
    )


def _brand(seed):
    Brand.objects.update(name=f"Bean {seed.random()}")
    Branch.objects.filter(pk=_any(seed, Branch.objects.all()).pk).update(brand=seed.choice([None, Brand.objects.get()]))


def _offer(seed):
    branch, now = _any(seed, Branch.objects.all()), datetime.now(UTC)
    deal = DealFactory(
        merchant=branch.merchant,
        all_branches=seed.random() < 0.5,
        valid_from=now + timedelta(seconds=seed.choice([-9, -9, 3600])),
        valid_until=now + timedelta(days=30),
    )
    if not deal.all_branches:
        DealBranch.objects.create(deal=deal, branch=branch)


def _reprice(seed):
    if deal := _any(seed, Deal.objects.all()):
        Deal.objects.filter(pk=deal.pk).update(price_minor=seed.randint(1, 2000))


def _widen_or_narrow(seed):
    if deal := _any(seed, Deal.objects.all()):
        Deal.objects.filter(pk=deal.pk).update(all_branches=not deal.all_branches)


def _end_or_delete(seed):
    if deal := _any(seed, Deal.objects.filter(state="live")):
        if seed.random() < 0.5:
            Deal.objects.filter(pk=deal.pk).update(state="ended")
        else:
            deal.delete()


def _serve(seed):
    """Publish an area, or another version of one that there is."""
    branch = _any(seed, Branch.objects.all())
    bands = [{"radius_metres": seed.randint(100, 900), "fee_minor": 0}, {"radius_metres": seed.randint(1000, 9000)}]
    if area := _any(seed, branch.service_areas.all()):
        area_version(area, bands, hours=seed.choice(HOURS[:4]))
    else:
        ServiceAreaFactory(branch=branch, bands=bands)


CHANGES = (
    _add_branch,
    _rename,
    _rehour,
    _close_or_open,
    _delete_branch,
    _rate,
    _brand,
    _offer,
    _offer,
    _reprice,
    _widen_or_narrow,
    _end_or_delete,
    _serve,
)


def differences() -> list[str]:
    """Where index and database disagree, in-flight branches among them as `in flight`."""
    return [
        line
        for compared in compare_all(engine())
        for line in [*map(str, compared.differences), *(["in flight"] * compared.in_flight)]
    ]
