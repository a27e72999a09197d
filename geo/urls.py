"""Where the base map is reached, under /v1/."""

from django.urls import path

from geo.api import BaseTileView

urlpatterns = [path("tiles/base/<str:z>/<str:x>/<str:y>.mvt", BaseTileView.as_view())]
