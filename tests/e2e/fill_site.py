"""Fill an empty database with the demo city; a restaurant of ours in it whose tables can be had at any hour; and, far
away, merchants who write scripts where text belongs.
"""

from __future__ import annotations

import os
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

PAYLOADS = (
    "<script>alert({n})</script>",
    "<img src=x onerror=alert({n})>",
    "<svg onload=alert({n})>",
    '"><script>alert({n})</script>',
    "' onmouseover='alert({n})",
    '" autofocus onfocus=alert({n}) x="',
    "javascript:alert({n})",
    "</title><script>alert({n})</script>",
    "</script><script>alert({n})</script>",
    "{{{{constructor.constructor('alert({n})')()}}}}",
    "${{alert({n})}}",
    "<iframe srcdoc='<script>parent.alert({n})</script>'>",
    "<a href=javascript:alert({n})>x</a>",
    "<details open ontoggle=alert({n})>",
    "<math><mtext></mtext><script>alert({n})</script></math>",
    "<template><script>alert({n})</script></template>",
    "--><img src=x onerror=alert({n})>",
    "]]><script>alert({n})</script>",
    "\u202e<script>alert({n})</script>",
    "<style>*{{background:url(javascript:alert({n}))}}</style>",
)
HOSTILE_MERCHANTS = 200
HOSTILE_LAT, HOSTILE_LON = 61.5, 23.8
STAFF = ("ada@example.org", "eve@example.org")
"""Owners of one merchant each."""
STAFF_PASSWORD = "staff-of-a-demo-merchant"


TABLES_NAME = "Harbour Tables"
TABLES_PLACE = UUID(int=1)
TABLES = {
    "free_till_late": UUID(int=11),
    "for_two": UUID(int=12),
    "never_given_back": UUID(int=13),
    "only_one": UUID(int=14),
    "once_a_day": UUID(int=15),
}
"""Deals there, each booked for a time of its own kind."""
VISIT = UUID(int=16)
"""A deal of the same place that is done at home: within three kilometres, from eight to eight, booked at any hour."""
VISIT_TITLE = "Knives sharpened at your home"
DELIVERY = UUID(int=17)
"""A deal of the same place that is brought to one: within three kilometres, whenever it is."""
DELIVERY_TITLE = "Harbour soup for two, brought to you"


def payload(n: int) -> str:
    return PAYLOADS[n % len(PAYLOADS)].format(n=n)


def add_staff() -> None:
    """Ada and Eve own merchants of the demo city."""
    from accounts.services import account_for
    from listings.models import Branch
    from listings.staff.services import add_owner

    demo = Branch.objects.filter(source="osm-helsinki", closed_at=None)
    merchants = demo.order_by("merchant_id").values_list("merchant_id", flat=True).distinct()
    for email, merchant in zip(STAFF, merchants[: len(STAFF)], strict=True):
        add_owner(merchant_id=merchant, user=account_for(email=email, password=STAFF_PASSWORD), by="tests")


def fill() -> None:
    from datetime import UTC, datetime
    from pathlib import Path

    from django.contrib.gis.geos import Point
    from django.core.management import call_command

    from deals.models import Deal
    from listings.models import Branch, Merchant, Standing

    call_command("load_demo", verbosity=0)
    add_staff()
    for n in range(HOSTILE_MERCHANTS):
        text = payload(n)
        merchant = Merchant.objects.create(name=text)
        branch = Branch.objects.create(
            merchant=merchant,
            category_id="cafe",
            name=text,
            names={"en": text, "zh-Hans": text},
            description=text,
            street=text,
            postcode=text[:16],
            city=text,
            phone=text[:40],
            website=f"javascript:alert({n})" if n % 2 else f"https://example.org/{n}",
            photos=[f"https://example.org/{n}.jpg"],
            attributes={"wheelchair": "yes"},
            point=Point(HOSTILE_LON + (n % 20) / 2000, HOSTILE_LAT + (n // 20) / 4000, srid=4326),
            country="FI",
            zone="Europe/Helsinki",
            opening_hours=f'Mo-Fr 08:00-18:00 "{text.replace(chr(34), "")[:60]}"' if n % 2 else "24/7",
        )
        Standing.objects.create(branch=branch, rating_sum=40, rating_count=10)
        Deal.objects.create(
            merchant=merchant,
            state=Deal.State.LIVE,
            title=text,
            titles={"en": text, "zh-Hans": text},
            terms=text,
            list_price_minor=2000,
            price_minor=1000,
            currency="EUR",
            valid_from=datetime(2026, 1, 1, tzinfo=UTC),
            valid_until=datetime(2036, 1, 1, tzinfo=UTC),
            all_branches=True,
        )
    set_tables()
    call_command("rebuild_index", verbosity=0)
    assert Path("web/dist/manifest.json").exists(), "the pages are not built: make test builds them"


def set_tables() -> None:
    from datetime import timedelta

    from django.contrib.gis.geos import Point
    from django.utils import timezone

    from booking.models import Service
    from deals.models import Deal
    from listings.models import Branch, Merchant

    merchant = Merchant.objects.create(name=TABLES_NAME)
    branch = Branch.objects.create(
        id=TABLES_PLACE,
        merchant=merchant,
        category_id="restaurant",
        name=TABLES_NAME,
        point=Point(24.9530, 60.1672, srid=4326),
        country="FI",
        zone="Europe/Helsinki",
        opening_hours="24/7",
    )
    now = timezone.now()
    at_any_hour = {
        "step_minutes": 30,
        "duration_minutes": 90,
        "weekly": [[day, 0, 1440] for day in range(1, 8)],
        "horizon_days": 30,
        "capacity": 8,
        "party_max": 6,
        "cancellation": [[60, 100]],
    }
    of_its_own: dict[str, tuple[str, int, dict[str, object]]] = {
        "free_till_late": ("Tasting menu by the harbour", 4_100, {}),
        "for_two": ("Harbour dinner for two", 6_400, {"party_min": 2, "party_max": 2}),
        "never_given_back": ("Last table of the night", 2_500, {"cancellation": []}),
        "only_one": ("The cook's own table", 9_000, {"capacity": 1}),
        "once_a_day": (
            "Supper at the counter",
            5_200,
            {"capacity": 1, "weekly": [[day, 1_080, 1_170] for day in range(1, 8)]},
        ),
    }
    for key, (title, price_minor, facts) in of_its_own.items():
        deal = Deal.objects.create(
            id=TABLES[key],
            merchant=merchant,
            state=Deal.State.LIVE,
            title=title,
            titles={"en": title},
            fulfilment=Deal.Fulfilment.RESERVATION,
            list_price_minor=price_minor + 1_000,
            price_minor=price_minor,
            currency="EUR",
            valid_from=now - timedelta(days=1),
            valid_until=now + timedelta(days=60),
            all_branches=True,
        )
        Service.objects.create(branch=branch, deal=deal, **(at_any_hour | facts))
    set_what_comes(branch, at_any_hour)


def set_what_comes(branch, at_any_hour: dict[str, object]) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from booking.models import Service
    from deals.models import Deal
    from tests.factories import ServiceAreaFactory

    now = timezone.now()
    visit, _ = (
        Deal.objects.create(
            id=id_,
            merchant=branch.merchant,
            state=Deal.State.LIVE,
            title=title,
            titles={"en": title},
            fulfilment=fulfilment,
            list_price_minor=5_000,
            price_minor=3_900,
            currency="EUR",
            valid_from=now - timedelta(days=1),
            valid_until=now + timedelta(days=60),
            all_branches=True,
        )
        for id_, title, fulfilment in (
            (VISIT, VISIT_TITLE, Deal.Fulfilment.AT_HOME),
            (DELIVERY, DELIVERY_TITLE, Deal.Fulfilment.DELIVERY),
        )
    )
    Service.objects.create(branch=branch, deal=visit, mode=Service.Mode.AT_HOME, **at_any_hour)
    ServiceAreaFactory(branch=branch, mode="at_home", bands=[{"radius_metres": 3000}], bands__hours="Mo-Su 08:00-20:00")
    ServiceAreaFactory(branch=branch, mode="delivery", bands=[{"radius_metres": 3000}])


if __name__ == "__main__":
    django.setup()
    fill()
