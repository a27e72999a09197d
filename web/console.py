"""The merchant console's page. What it shows its script asks of the API; the page itself holds nothing of anybody."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token

from accounts.models import User
from config.api.problems import require_safe_method
from config.api.values import parse_uuid
from config.errors import InvalidParameter, NotFound
from listings.access import access_branch
from listings.models import ServiceArea
from listings.roles import Action
from web.assets import assets
from web.frame import language_of, page
from web.policies import page_policy
from web.strings import console_strings

NEW = "new"
"""In the place of an area's id: one that is to be made."""


@page_policy
def console_page(request: HttpRequest, branch_id: str | None = None, area_id: str | None = None) -> HttpResponse:
    """The console at one of its addresses: 404 for who is signed in and may not see what the address names.

    Whoever is not signed in gets the form to sign in at any address: it does not tell whether there is such a branch.
    """
    require_safe_method(request)
    get_token(request)  # sets the cookie that the script's writes need
    user = request.user if isinstance(request.user, User) else None
    missing = user is not None and not _may_see(user, branch_id, area_id)
    language = language_of(request)
    context = {
        "language": language,
        "t": console_strings(language),
        "signed_in": user is not None,
        "missing": missing,
        "preload": assets()["console_preload"][language],
        "base_tiles": settings.MAP_BASE_TILES,
    }
    status = HTTPStatus.NOT_FOUND if missing else HTTPStatus.OK
    response = page(request, "web/console.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    response["Vary"] = "Accept-Language, Cookie"
    return response


def _may_see(user: User, branch_id: str | None, area_id: str | None) -> bool:
    if branch_id is None:
        return True
    try:
        branch = access_branch(user, parse_uuid(branch_id), Action.SEE)
        wanted = None if area_id is None or area_id == NEW else parse_uuid(area_id)
    except (NotFound, InvalidParameter):
        return False
    return wanted is None or _has_area(branch.id, wanted)


def _has_area(branch_id: UUID, area_id: UUID) -> bool:
    return ServiceArea.objects.filter(id=area_id, branch_id=branch_id).exists()
