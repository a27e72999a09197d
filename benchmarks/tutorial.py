"""The tutorial way: a GeoDjango model, `distance_lte`, `Distance`, a paginated DRF list view with a serializer.

One module is the whole project: settings, model, view, URLs. `TUTORIAL_LOOKUP=dwithin` takes the lookup that can use
the index, as later chapters of a tutorial may.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import django
from django.conf import settings

_url = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="benchmark",  # noqa: S106 - signs nothing
    ROOT_URLCONF="benchmarks.tutorial",
    INSTALLED_APPS=["django.contrib.gis", "rest_framework"],
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.contrib.gis.db.backends.postgis",
            "NAME": _url.path.removeprefix("/"),
            "HOST": _url.hostname,
            "PORT": _url.port,
            "USER": _url.username,
            "PASSWORD": _url.password or "",
            "CONN_MAX_AGE": 600,
        }
    },
    REST_FRAMEWORK={"UNAUTHENTICATED_USER": None, "DEFAULT_AUTHENTICATION_CLASSES": []},
)
django.setup()

from django.contrib.gis.db import models  # noqa: E402
from django.contrib.gis.db.models.functions import Distance  # noqa: E402
from django.contrib.gis.geos import Point  # noqa: E402
from django.contrib.gis.measure import D  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import generics, pagination, renderers, serializers  # noqa: E402


class Offer(models.Model):
    key = models.TextField()
    kind = models.TextField()
    name = models.TextField()
    category = models.TextField()
    rating = models.FloatField(null=True)
    price_minor = models.BigIntegerField(null=True)
    discount = models.FloatField(null=True)
    location = models.PointField(geography=True)
    card = models.TextField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "rival_offer"


class OfferSerializer(serializers.ModelSerializer):
    distance_metres = serializers.SerializerMethodField()

    class Meta:
        model = Offer
        fields = [
            "key", "kind", "name", "category", "rating", "price_minor", "discount", "card", "distance_metres",
        ]  # fmt: skip

    def get_distance_metres(self, offer):
        return offer.distance.m


class TwentyAPage(pagination.PageNumberPagination):
    page_size = 20


class Nearby(generics.ListAPIView):
    serializer_class = OfferSerializer
    pagination_class = TwentyAPage
    renderer_classes = [renderers.JSONRenderer]

    def get_queryset(self):
        asked = self.request.query_params
        here = Point(float(asked["lon"]), float(asked["lat"]), srid=4326)
        within = {
            f"location__{os.environ.get('TUTORIAL_LOOKUP', 'distance_lte')}": (here, D(m=float(asked["radius_metres"])))
        }
        return Offer.objects.filter(**within).annotate(distance=Distance("location", here)).order_by("distance")


urlpatterns = [path("nearby", Nearby.as_view())]
application = get_wsgi_application()
