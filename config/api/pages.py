"""The few pages that are about the API itself: the entrance, what an error code means, and the reference."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.codes import all_codes
from config.api.problems import require_safe_method
from config.errors import NotFound


class Entrance(APIView):
    """Where to go from here."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        return Response(
            {
                "name": "Vicinity",
                "documentation": "/docs",
                "openapi": "/v1/openapi.json",
                "errors": "/errors",
                "health": "/readyz",
            }
        )


def error_codes(request: HttpRequest) -> HttpResponse:
    """Every error code on one page."""
    require_safe_method(request)
    return render(request, "config/errors.html", {"codes": all_codes()})


def error_code(request: HttpRequest, code: str) -> HttpResponse:
    """What `type` in a problem document points at."""
    require_safe_method(request)
    found = [each for each in all_codes() if each.code == code]
    if not found:
        raise NotFound("There is no such error code.")
    return render(request, "config/errors.html", {"codes": found})


def reference(request: HttpRequest) -> HttpResponse:
    """The API reference, from our own files only."""
    require_safe_method(request)
    return render(request, "config/reference.html")
