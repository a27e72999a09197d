"""Where search is reached."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.urls import URLPattern, path

from search.api import ClustersView, OfferTileView, SearchView
from search.suggest_api import SuggestView


def routes(*, known_categories: Callable[[], Collection[str]]) -> list[URLPattern]:
    """Under /v1/. `known_categories` tells the slugs there are: search itself knows no listings."""
    return [
        path("search", SearchView.as_view(known_categories=known_categories)),
        path("suggest", SuggestView.as_view()),
        path("tiles/offers/<str:z>/<str:x>/<str:y>.mvt", OfferTileView.as_view(known_categories=known_categories)),
        path("clusters", ClustersView.as_view(known_categories=known_categories)),
    ]
