"""One factory for each model, with dull defaults: a test states what matters to it."""

from __future__ import annotations

from datetime import UTC, datetime

import factory
from django.contrib.gis.geos import Point

from booking.models import Service
from deals.models import Deal
from listings.models import Branch, Brand, Category, Merchant, Standing


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
