"""What every page has: its language, its strings, the files it loads, and how long it may be kept."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config.languages import accepted_languages
from web.assets import assets
from web.strings import LANGUAGES, page_language, strings


def language_of(request: HttpRequest) -> str:
    """`lang` of the URL where it is one of ours, else what the browser accepts."""
    wanted = request.GET.get("lang")
    return (
        wanted if wanted in LANGUAGES else page_language(accepted_languages(request.headers.get("Accept-Language", "")))
    )


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = HTTPStatus.OK) -> HttpResponse:
    """The template in the language of the context, else of the request; to be asked for again each time."""
    language = context.setdefault("language", language_of(request))
    response = render(
        request,
        template,
        {"t": strings(language), "assets": assets(), "base_url": settings.BASE_URL, **context},
        status=status,
    )
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Accept-Language"
    return response
