"""Under /v1/merchant/."""

from __future__ import annotations

from django.urls import path

from listings.areas import api

urlpatterns = [
    path("branches/<str:branch_id>/areas", api.BranchAreasView.as_view()),
    path("branches/<str:branch_id>/area-check", api.AreaCheckView.as_view()),
    path("areas/<str:area_id>", api.AreaView.as_view()),
    path("areas/<str:area_id>/draft", api.DraftView.as_view()),
    path("areas/<str:area_id>/preview", api.PreviewView.as_view()),
    path("areas/<str:area_id>/publish", api.PublishView.as_view()),
    path("areas/<str:area_id>/roll-back", api.RollBackView.as_view()),
    path("areas/<str:area_id>/retire", api.RetireView.as_view()),
    path("areas/<str:area_id>/versions", api.VersionsView.as_view()),
    path("areas/<str:area_id>/versions/<str:number>", api.VersionView.as_view()),
    path("named-areas", api.NamedAreasView.as_view()),
    path("named-areas/<str:named_area_id>", api.NamedAreaView.as_view()),
]
