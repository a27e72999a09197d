"""Where search is reached."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.urls import URLPattern, path

from search.api import ClustersView, OfferTileView, SearchView
from search.bookable import BookableOffers
from search.coverage_api import CoverageView
from search.suggest_api import SuggestView


def routes(*, known_categories: Callable[[], Collection[str]], bookable_offers: BookableOffers) -> list[URLPattern]:
    """Under /v1/. `known_categories` tells the slugs there are, `bookable_offers` what can be booked: search itself
    knows neither listings nor bookings.
    """
    wired: dict[str, Any] = {"known_categories": known_categories, "bookable_offers": bookable_offers}
    return [
        path("search", SearchView.as_view(**wired)),
        path("suggest", SuggestView.as_view()),
        path("coverage", CoverageView.as_view()),
        path("tiles/offers/<str:z>/<str:x>/<str:y>.mvt", OfferTileView.as_view(**wired)),
        path("clusters", ClustersView.as_view(**wired)),
    ]
