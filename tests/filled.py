"""A small filled world: branches and deals with each optional fact set or missing, and the index brought up to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.gis.geos import Point
from django.utils import timezone

from config.instants import instant_text
from deals.models import Deal, DealBranch
from indexing.relay import drain_all
from search.backends.postgis.backend import PostgisBackend
from tests.factories import (
    BranchFactory,
    BrandFactory,
    CategoryFactory,
    DealFactory,
    MerchantFactory,
    ServiceFactory,
    StandingFactory,
)

HOURS = ["24/7", "Mo-Fr 09:00-17:00", "Fr-Sa 18:00-04:00", "", "PH off; Mo-Su 10:00-20:00", "not hours at all"]


@dataclass(frozen=True, slots=True)
class Filled:
    """Ids of the places, of the live deals, and of those that are booked for a time at each of `bookable_places`."""

    places: list[UUID]
    deals: list[UUID]
    bookable_deals: list[UUID]
    bookable_places: list[UUID]

    def plausible(self) -> dict[str, list[str]]:
        """Values by parameter that only this world makes plausible."""
        offers = [f"{deal}:{place}" for deal in self.bookable_deals for place in self.bookable_places]
        soon, later = (instant_text(_midnight_in(days=days)) for days in (2, 9))
        return {
            "place_id": [str(place) for place in self.bookable_places],
            "offers": [offers[0], f"deal:{offers[1]}", ",".join(offers), f"{UUID(int=7)}:{UUID(int=8)}"],
            "bookable_at": [soon, later],
            "from": [soon],
            "until": [later],
        }


def _midnight_in(*, days: int) -> datetime:
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)


def fill() -> Filled:
    categories = [CategoryFactory(slug=slug) for slug in ("cafe", "restaurant", "hairdresser")]
    brand, merchant, bare = BrandFactory(names={"fi": "Ketju"}), MerchantFactory(), MerchantFactory()
    branches = [
        BranchFactory(
            merchant=merchant if number % 2 else bare,
            brand=brand if number % 3 == 0 else None,
            category=categories[number % 3],
            name=f"Branch {number}",
            names={"fi": f"Kahvila {number}", "zh-Hans": f"咖啡馆{number}"} if number % 2 else {},
            description="Small, by the sea." if number % 4 else "",
            point=Point(24.9384 + number / 1000, 60.1699 - number / 2000, srid=4326),
            street=f"Street {number}" if number % 2 else "",
            opening_hours=HOURS[number % len(HOURS)],
            phone="+358 9 1234567" if number % 3 else "",
            website="https://example.com/" if number % 3 else "",
            photos=["https://example.com/a.jpg"] if number % 5 == 0 else [],
            attributes={"wheelchair": "yes", "outdoor_seating": "no"} if number % 2 else {},
            source="osm" if number % 4 else "",
            external_id=f"node/{number}" if number % 4 else "",
        )
        for number in range(12)
    ]
    for number, branch in enumerate(branches[:8]):
        StandingFactory(branch=branch, rating_count=number, rating_sum=4 * number, visits_30d=number, generated=True)
    deals = [
        DealFactory(merchant=merchant, titles={"fi": "Tarjous"}, terms="Once each.", stock=5, generated=True),
        DealFactory(merchant=merchant, price_minor=0, weekdays=[1, 2], daily_from="18:00", daily_until="02:00"),
        DealFactory(merchant=bare, all_branches=False, list_price_minor=1500, fulfilment=Deal.Fulfilment.AT_HOME),
        DealFactory(merchant=bare, currency="JPY", new_customers_only=True, per_customer_cap=1),
    ]
    DealBranch.objects.create(deal=deals[2], branch=branches[2])
    of_merchant = [branch for branch in branches if branch.merchant_id == merchant.id]
    for branch in of_merchant:
        for deal in deals[:2]:
            ServiceFactory(branch=branch, deal=deal, name="", price_minor=None, currency="")
    drain_all(PostgisBackend())
    for row in (*branches, *deals):
        row.refresh_from_db()
    return Filled(
        places=[branch.id for branch in branches],
        deals=[deal.id for deal in deals],
        bookable_deals=[deal.id for deal in deals[:2]],
        bookable_places=[branch.id for branch in of_merchant],
    )
