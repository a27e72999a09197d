"""Where staff is reached, under /v1/merchant/."""

from __future__ import annotations

from django.urls import URLPattern, path

from listings.staff import api

urlpatterns: list[URLPattern] = [
    path("merchants", api.MerchantsView.as_view()),
    path("merchants/<str:merchant_id>", api.MerchantView.as_view()),
    path("merchants/<str:merchant_id>/branches", api.BranchesView.as_view()),
    path("merchants/<str:merchant_id>/members", api.MembersView.as_view()),
    path("merchants/<str:merchant_id>/members/<str:member_id>", api.MemberView.as_view()),
    path("merchants/<str:merchant_id>/invitations", api.InvitationsView.as_view()),
    path("merchants/<str:merchant_id>/invitations/<str:invitation_id>", api.InvitationView.as_view()),
    path("merchants/<str:merchant_id>/audit", api.AuditView.as_view()),
    path("branches/<str:branch_id>", api.BranchView.as_view()),
    path("invitations", api.MyInvitationsView.as_view()),
    path("invitations/<str:invitation_id>/accept", api.AcceptView.as_view()),
]
