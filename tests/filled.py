"""A small filled world: branches and deals with each optional fact set or missing, and the index brought up to it."""

from __future__ import annotations

from uuid import UUID

from django.contrib.gis.geos import Point

from deals.models import Deal, DealBranch
from indexing.relay import drain_all
from search.backends.postgis.backend import PostgisBackend
from tests.factories import BranchFactory, BrandFactory, CategoryFactory, DealFactory, MerchantFactory, StandingFactory

HOURS = ["24/7", "Mo-Fr 09:00-17:00", "Fr-Sa 18:00-04:00", "", "PH off; Mo-Su 10:00-20:00", "not hours at all"]


def fill() -> tuple[list[UUID], list[UUID]]:
    """Ids of the places and of the live deals."""
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
    drain_all(PostgisBackend())
    for row in (*branches, *deals):
        row.refresh_from_db()
    return [branch.id for branch in branches], [deal.id for deal in deals]
