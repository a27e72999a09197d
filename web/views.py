"""The pages: the map, a place, a deal, bookings, their QR codes, and the components for developers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import timezone

from accounts.models import User
from config.api.problems import require_safe_method
from config.api.values import parse_uuid
from config.errors import NotFound
from deals import selectors as deal_reads
from deals.api import deals_at
from deals.deal_detail import deal_data
from listings import selectors as listing_reads
from listings.place_detail import place_data, standing_of
from listings.selectors import PlaceClosed
from search.ranking import shrunk_rating
from web.addresses import Home, first_search_url
from web.assets import assets
from web.frame import language_of, page
from web.metadata import local_business, offer, script_text
from web.pages import deal_words, place_words
from web.policies import page_policy
from web.qr import qr_svg
from web.strings import strings

DEAL_BRANCHES = 20
QR_MAX_AGE_SECONDS = 86_400


@page_policy
def map_page(request: HttpRequest) -> HttpResponse:
    """The map. Its first answer and its strings are asked for while the script is still loading."""
    require_safe_method(request)
    language = language_of(request)
    home = Home.parse(settings.MAP_HOME)
    return page(
        request,
        "web/map.html",
        {
            "language": language,
            "home": home,
            "first_search": first_search_url(request.GET.dict(), home=home, language=language),
            "preload": assets()["preload"][language],
            "base_tiles": settings.MAP_BASE_TILES,
        },
    )


@page_policy
def components_page(request: HttpRequest) -> HttpResponse:
    """Every component in all its states, for developers."""
    require_safe_method(request)
    return page(request, "web/components.html", {})


@page_policy
def place_page(request: HttpRequest, place_id: str) -> HttpResponse:
    """A place, readable without a script."""
    require_safe_method(request)
    language = language_of(request)
    now = timezone.now()
    try:
        branch = listing_reads.place(parse_uuid(place_id), now=now)
    except (NotFound, PlaceClosed) as error:
        return page(request, "web/gone.html", {"language": language}, status=error.status)
    standing = standing_of(branch)
    place = place_data(
        branch,
        path=listing_reads.category_path(branch.category),
        deals=deals_at(branch, now, [language]),
        weighted_rating=shrunk_rating(standing.rating_sum, standing.rating_count),
        languages=[language],
        now=now,
    )
    url = f"{settings.BASE_URL}/places/{branch.id}"
    context = {
        "language": language,
        "place": place_words(place, strings(language)),
        "metadata": script_text(local_business(place, url=url)),
        "path": f"/places/{branch.id}",
    }
    return page(request, "web/place.html", context)


@page_policy
def deal_page(request: HttpRequest, deal_id: str) -> HttpResponse:
    """A deal, readable without a script."""
    require_safe_method(request)
    language = language_of(request)
    now = timezone.now()
    try:
        found = deal_reads.published_deal(parse_uuid(deal_id))
    except NotFound as error:
        return page(request, "web/gone.html", {"language": language}, status=error.status)
    branches = deal_reads.branches_of(found, near=None, offset=0, limit=DEAL_BRANCHES, now=now)
    deal = deal_data(found, branches, offset=0, languages=[language], now=now)
    url = f"{settings.BASE_URL}/deals/{found.id}"
    context = {
        "language": language,
        "deal": deal_words(deal, strings(language)),
        "metadata": script_text(offer(deal, url=url, base_url=settings.BASE_URL)),
        "path": f"/deals/{found.id}",
    }
    return page(request, "web/deal.html", context)


@page_policy
def booking_page(request: HttpRequest, booking_id: str) -> HttpResponse:
    """A booking, for who has its token. The page holds nothing of it: its script asks the API with the token."""
    require_safe_method(request)
    return _customer_page(request, "web/booking.html", {"booking_id": str(parse_uuid(booking_id))})


@page_policy
def bookings_page(request: HttpRequest) -> HttpResponse:
    """One's own bookings: of who is signed in, else of who types the code that is mailed to their address."""
    require_safe_method(request)
    return _customer_page(request, "web/bookings.html", {})


def _customer_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page whose script asks as who is signed in, if anybody is: then it needs the cookie for its writes."""
    signed_in = isinstance(request.user, User)
    if signed_in:
        get_token(request)
    response = page(request, template, {**context, "signed_in": signed_in})
    response["Cache-Control"] = "private, no-store"
    response["Vary"] = "Accept-Language, Cookie"
    return response


@page_policy
def waiting_page(request: HttpRequest, entry_id: str) -> HttpResponse:
    """A place on a waitlist, for who has its token. As with a booking, the page holds nothing of it."""
    require_safe_method(request)
    return page(request, "web/waiting.html", {"entry_id": str(parse_uuid(entry_id))})


def qr(request: HttpRequest, kind: str, thing_id: str) -> HttpResponse:
    """The QR code of a page. What the id names is not looked up: the code is of the address alone."""
    require_safe_method(request)
    url = f"{settings.BASE_URL}/{kind}/{parse_uuid(thing_id)}"
    headers = {"Cache-Control": f"public, max-age={QR_MAX_AGE_SECONDS}"}
    return HttpResponse(qr_svg(url), content_type="image/svg+xml", headers=headers)
