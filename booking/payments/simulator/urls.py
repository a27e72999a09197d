"""The simulated provider's own site."""

from __future__ import annotations

from django.urls import URLPattern, path

from booking.payments.simulator import pages

urlpatterns: list[URLPattern] = [path("<str:reference>", pages.pay_page)]
