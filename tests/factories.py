"""One factory for each model, with dull defaults: a test states what matters to it."""

from __future__ import annotations

from datetime import UTC, datetime

import factory
from django.contrib.gis.geos import MultiPolygon, Point, Polygon

from accounts.models import User
from booking.models import Service
from deals.models import Deal
from listings.models import (
    AreaBand,
    Branch,
    Brand,
    Category,
    Membership,
    Merchant,
    NamedArea,
    ServiceArea,
    ServiceAreaVersion,
    Standing,
)

AREAS_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""When service areas are drafted and published."""


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Category
        django_get_or_create = ("slug",)

    slug = "cafe"
    path = factory.LazyAttribute(lambda category: [category.slug])
    names = factory.LazyAttribute(lambda category: {"en": category.slug.title()})


class BrandFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Brand

    name = factory.Sequence(lambda n: f"Brand {n}")
    key = factory.LazyAttribute(lambda brand: brand.name.casefold())


class MerchantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Merchant

    name = factory.Sequence(lambda n: f"Merchant {n}")


class BranchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Branch

    merchant = factory.SubFactory(MerchantFactory)
    category = factory.SubFactory(CategoryFactory)
    name = factory.Sequence(lambda n: f"Branch {n}")
    point = Point(24.9384, 60.1699, srid=4326)
    country = "FI"
    zone = "Europe/Helsinki"


class StandingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Standing

    branch = factory.SubFactory(BranchFactory)


class DealFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Deal

    merchant = factory.SubFactory(MerchantFactory)
    state = Deal.State.LIVE
    title = factory.Sequence(lambda n: f"Deal {n}")
    list_price_minor = 2000
    price_minor = 1500
    currency = "EUR"
    valid_from = datetime(2026, 1, 1, tzinfo=UTC)
    valid_until = datetime(2027, 1, 1, tzinfo=UTC)


class ServiceFactory(factory.django.DjangoModelFactory):
    """An hour long, every half hour round the clock, ten parties of up to eight at once, 20.00 EUR paid ahead."""

    class Meta:
        model = Service

    branch = factory.SubFactory(BranchFactory)
    name = factory.Sequence(lambda n: f"Service {n}")
    duration_minutes = 60
    weekly = factory.LazyFunction(lambda: [[day, 0, 1440] for day in range(1, 8)])
    horizon_days = 365
    capacity = 10
    party_max = 8
    price_minor = 2000
    currency = "EUR"


class NamedAreaFactory(factory.django.DjangoModelFactory):
    """Centre of Helsinki, 2 km by 2 km."""

    class Meta:
        model = NamedArea

    source = "test"
    external_id = factory.Sequence(str)
    name = factory.Sequence(lambda n: f"Quarter {n}")
    kind = "quarter"
    geometry = factory.LazyFunction(lambda: square(24.92, 60.16, 24.96, 60.18))


class ServiceAreaFactory(factory.django.DjangoModelFactory):
    """With a published version. `bands`: fields of each band; `bands__published=False`: it stays a draft."""

    class Meta:
        model = ServiceArea
        skip_postgeneration_save = True

    branch = factory.SubFactory(BranchFactory)
    mode = "delivery"
    name = factory.Sequence(lambda n: f"Area {n}")

    @factory.post_generation
    def bands(self, _create, bands, **version_fields):
        area_version(self, bands or [{"radius_metres": 3000}], **version_fields)


def area_version(area, bands, *, published=True, **fields):
    """A further version of the area; what was published before it is retired."""
    version = ServiceAreaVersion.objects.create(
        area=area,
        number=area.versions.count() + 1,
        created_at=AREAS_AT,
        edited_at=AREAS_AT,
        created_actor="a test",
        **fields,
    )
    for rank, band in enumerate(bands):
        AreaBand.objects.create(version=version, **{"rank": rank, "fee_minor": 290, "currency": "EUR", **band})
    if published:
        area.versions.filter(state="published").update(state="retired", retired_at=AREAS_AT, retired_actor="a test")
        area.versions.filter(id=version.id).update(state="published", published_at=AREAS_AT, published_actor="a test")
        version.refresh_from_db()
    return version


def square(west, south, east, north):
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person-{n}@example.org")


class MembershipFactory(factory.django.DjangoModelFactory):
    """An owner of a merchant with nobody else. Branches are all of them unless `all_branches` is unset."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    merchant = factory.SubFactory(MerchantFactory)
    role = "owner"
