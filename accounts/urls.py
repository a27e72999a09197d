"""Where accounts are reached, under /v1/auth/."""

from __future__ import annotations

from django.urls import URLPattern, path

from accounts import api

urlpatterns: list[URLPattern] = [
    path("session", api.SessionView.as_view()),
    path("tokens", api.TokensView.as_view()),
    path("tokens/<str:id>", api.TokenView.as_view()),
    path("<str:client>/password", api.PasswordStep.as_view()),
    path("<str:client>/code", api.CodeStep.as_view()),
    path("<str:client>/sign-up", api.SignUpStep.as_view()),
    path("<str:client>/confirm", api.ConfirmStep.as_view()),
]
