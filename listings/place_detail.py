"""One place in full, and the tree of categories, as plain data ready for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from config.attributions import attributions_of
from config.errors import InvalidParameter
from config.instants import instant_text
from config.languages import name_in
from geo.types import Point
from listings.hours import status_at, zone_of
from listings.mobile.shown import is_live, shown_point
from listings.models import Branch, Category, Standing
from listings.week_table import DaySpan, week_table


def place_data(
    branch: Branch,
    *,
    path: Sequence[Category],
    deals: Sequence[dict[str, Any]],
    weighted_rating: float | None,
    languages: Sequence[str],
    now: datetime,
) -> dict[str, Any]:
    """The body of `GET /v1/places/{id}`."""
    return {
        "id": str(branch.id),
        "name": name_in(branch.names, languages, fallback=branch.name),
        "names": branch.names,
        "merchant": {"id": str(branch.merchant.id), "name": branch.merchant.name},
        "brand": None
        if branch.brand is None
        else {
            "id": str(branch.brand.id),
            "name": name_in(branch.brand.names, languages, fallback=branch.brand.name),
        },
        "category": category_data(branch.category, languages),
        "category_path": [category_data(each, languages) for each in path],
        "description": branch.description,
        **_position_data(branch, now=now),
        "zone": branch.zone,
        "address": {
            "street": branch.street,
            "postcode": branch.postcode,
            "city": branch.city,
            "country": branch.country,
        },
        "phone": branch.phone or None,
        "website": branch.website or None,
        "photos": branch.photos,
        "attributes": branch.attributes,
        "rating": rating_data(standing_of(branch), weighted_rating),
        "hours": hours_data(branch, now=now),
        "deals": list(deals),
        "source": branch.source or None,
        "external_id": branch.external_id or None,
        "updated_at": instant_text(branch.updated_at),
        "as_of": instant_text(now),
        "attribution": attributions_of([branch.source]),
    }


def _position_data(branch: Branch, *, now: datetime) -> dict[str, Any]:
    """A mobile branch that tells no position is shown at its home."""
    point, told, until = shown_point(branch, now=now), None, branch.position_until
    if branch.home_point is not None:
        live = is_live(branch, now=now)
        told = {"is_live": live, "stale_at": instant_text(until) if live and until is not None else None}
    return {"lat": round(point.y, 7), "lon": round(point.x, 7), "live_position": told}


def standing_of(branch: Branch) -> Standing:
    """An empty one where nobody has rated or come. No query where the selector joined it."""
    try:
        return branch.standing
    except Standing.DoesNotExist:
        return Standing(branch=branch)


def rating_data(standing: Standing, weighted: float | None) -> dict[str, Any]:
    """The plain mean beside the Bayesian one that ranks and filters, with what both were made from."""
    count = standing.rating_count
    return {
        "stars": round(standing.rating_sum / count, 2) if count else None,
        "count": count,
        "generated": standing.generated,
        "weighted": weighted,
    }


def category_data(category: Category, languages: Sequence[str]) -> dict[str, Any]:
    return {
        "slug": category.slug,
        "name": name_in(category.names, (*languages, "en"), fallback=category.slug),
        "names": category.names,
    }


def hours_data(branch: Branch, *, now: datetime) -> dict[str, Any] | None:
    """The hours as written, how it stands now, and this week by local days from today. None: hours not known.

    Text that some writer let through and nobody can read is shown as it is, with `status` and `week` None.
    """
    text = branch.opening_hours
    if not text:
        return None
    shown = shown_point(branch, now=now)
    zone, country, point = branch.zone, branch.country, Point(shown.x, shown.y)
    try:
        today = now.astimezone(zone_of(zone)).date()
        status = status_at(text, zone=zone, country=country, point=point, at=now)
        week = week_table(text, zone=zone, country=country, point=point, first_day=today)
    except InvalidParameter:
        return {"text": text, "status": None, "week": None}
    return {
        "text": text,
        "status": {
            "state": status.state,
            "comment": status.comment,
            "changes_at": None if status.changes_at is None else instant_text(status.changes_at),
            "changes_to": status.changes_to,
        },
        "week": [
            {
                "day": day.day.isoformat(),
                "is_holiday": day.is_holiday,
                "spans": [_span_data(span) for span in day.spans],
            }
            for day in week
        ],
    }


def _span_data(span: DaySpan) -> dict[str, Any]:
    ends_next_day = span.closes_minute > 1440
    return {
        "opens": _clock(span.opens_minute),
        "closes": _clock(span.closes_minute - 1440 if ends_next_day else span.closes_minute),
        "closes_next_day": ends_next_day,
        "state": span.state,
        "comment": span.comment,
    }


def _clock(minute: int) -> str:
    """Hours and minutes of a day.

    >>> _clock(90), _clock(1440)
    ('01:30', '24:00')
    """
    return f"{minute // 60:02}:{minute % 60:02}"


def tree_data(categories: Iterable[Category], languages: Sequence[str]) -> list[dict[str, Any]]:
    """The roots, each with its `children`, in the order given."""
    nodes = {each.slug: {**category_data(each, languages), "children": []} for each in categories}
    roots: list[dict[str, Any]] = []
    for each in categories:
        siblings = roots if each.parent_id is None else nodes[each.parent_id]["children"]
        siblings.append(nodes[each.slug])
    return roots
