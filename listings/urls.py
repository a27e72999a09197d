"""Where places and categories are reached."""

from __future__ import annotations

from django.urls import URLPattern, path

from listings.api import CategoriesView, DealsAt, PlaceView, Weigh
from listings.areas.tiles import AreaTileView


def routes(*, deals_at: DealsAt, weigh: Weigh) -> list[URLPattern]:
    """Under /v1/. `deals_at` tells a branch's current deals and `weigh` a rating: listings know neither."""
    return [
        path("places/<str:id>", PlaceView.as_view(deals_at=deals_at, weigh=weigh)),
        path("categories", CategoriesView.as_view()),
        path("tiles/areas/<str:branch_id>/<str:z>/<str:x>/<str:y>.mvt", AreaTileView.as_view()),
    ]
