"""Shared reads of listings: each a constant number of queries."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from config.errors import CodedError, NotFound
from config.instants import instant_text
from listings.models import Branch, Category


class PlaceClosed(CodedError):
    """The place has closed for good. `closed_at` says since when."""

    code = "place_closed"
    status = 410
    title = "This place has closed for good"


def place(place_id: UUID, *, now: datetime) -> Branch:
    """The branch with its merchant, brand, category and standing, in one query. NotFound or PlaceClosed."""
    branch = Branch.objects.select_related("merchant", "brand", "category", "standing").filter(id=place_id).first()
    if branch is None:
        raise NotFound("There is no place of this id.")
    if branch.closed_at is not None and branch.closed_at <= now:
        raise PlaceClosed(
            f"{branch.name} has closed for good.",
            name=branch.name,
            closed_at=instant_text(branch.closed_at),
        )
    return branch


def category_path(category: Category) -> list[Category]:
    """From the root of the tree to the category itself."""
    by_slug = {each.slug: each for each in Category.objects.filter(slug__in=category.path)}
    return [by_slug[slug] for slug in category.path if slug in by_slug]


def categories() -> list[Category]:
    """All of them, in the order in which they are shown."""
    return list(Category.objects.order_by("position", "slug"))
