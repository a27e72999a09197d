"""Use cases of listings: one function, one transaction, keyword-only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.contrib.gis.geos import Point as GeometryPoint
from django.db import transaction
from django.db.models.functions import Now

from config.errors import InvalidParameter, NotFound
from geo.areas import SRID
from geo.types import Point
from geo.zones import parse_zone, zone_of
from listings.branch_facts import BranchFacts, checked, checked_point
from listings.category_tree import tree
from listings.imports.duplicates import name_key
from listings.mobile.shown import shown_point
from listings.models import Branch, Brand, Category, Change, Merchant, Standing
from listings.names import validate_names
from listings.texts import plain_text


def sync_categories() -> int:
    """Make the table mirror the tree of this version. Returns how many rows were written; a second run writes none.

    A category that left the tree stays as long as a branch uses it; without branches it goes.
    """
    with transaction.atomic():
        held = {category.slug: category for category in Category.objects.all()}
        wanted = [
            Category(
                slug=node.slug,
                parent_id=node.parent,
                path=list(node.path),
                names=dict(node.names),
                synonyms={language: list(words) for language, words in node.synonyms.items()},
                position=node.position,
            )
            for node in tree().nodes.values()
        ]
        fields = ("parent_id", "path", "names", "synonyms", "position")
        changed = [
            node
            for node in wanted
            if node.slug not in held or any(getattr(node, name) != getattr(held[node.slug], name) for name in fields)
        ]
        Category.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["slug"],
            update_fields=["parent", "path", "names", "synonyms", "position"],
        )
        gone = held.keys() - tree().nodes.keys()
        # Children before parents: what is deeper goes first.
        for slug in sorted(gone, key=lambda slug: -len(held[slug].path)):
            Category.objects.filter(slug=slug, branches=None, children=None).delete()
    return len(changed)


def create_merchant(*, name: str) -> Merchant:
    return Merchant.objects.create(name=plain_text(name, parameter="name", limit=200, required=True))


def save_brand(*, name: str, names: Mapping[str, str] | None = None) -> Brand:
    """The chain of that name, found by its normalised name, else made; `names`, where given, replace what is there."""
    kept = plain_text(name, parameter="name", limit=200, required=True)
    changes = {} if names is None else {"names": validate_names(names)}
    brand, _ = Brand.objects.update_or_create(
        key=name_key(kept)[:200], defaults=changes, create_defaults={"name": kept, **changes}
    )
    return brand


def create_branch(
    *,
    merchant_id: UUID,
    facts: BranchFacts,
    point: Point,
    zone: str | None = None,
    brand_id: UUID | None = None,
) -> Branch:
    """`zone` is the merchant's word; without it, it is found from the point."""
    facts, point = checked(facts), checked_point(point)
    with transaction.atomic():
        if not Merchant.objects.filter(id=merchant_id).exists():
            raise InvalidParameter("merchant_id", "There is no such merchant.")
        branch = Branch(merchant_id=merchant_id, zone_is_overridden=zone is not None)
        _place_at(branch, point, zone)
        _write(branch, facts, brand_id)
        branch.save(force_insert=True)
    branch.refresh_from_db()
    return branch


def update_branch(*, branch_id: UUID, facts: BranchFacts, now: datetime, brand_id: UUID | None) -> Branch:
    """Replace all facts and the brand (None: of no chain). A closed branch can be corrected, and stays closed."""
    facts = checked(facts)
    with transaction.atomic():
        branch = _locked(branch_id)
        _write(branch, facts, brand_id)
        branch.updated_at = now
        branch.save()
    return branch


def move_branch(*, branch_id: UUID, point: Point, now: datetime, zone: str | None = None) -> Branch:
    """Put it elsewhere. The zone is the one given, else the one given before, else that of the new point.

    Of a mobile branch that is its home: while it tells where it is, it stays there, with the zone of there.
    """
    point = checked_point(point)
    with transaction.atomic():
        branch = _locked(branch_id)
        if zone is not None:
            branch.zone_is_overridden = True
        if branch.home_point is not None:
            branch.home_point = GeometryPoint(point.lon, point.lat, srid=SRID)
        here = shown_point(branch, now=now)
        given = branch.zone if zone is None and branch.zone_is_overridden else zone
        _place_at(branch, Point(here.x, here.y) if branch.home_point is not None else point, given)
        branch.updated_at = now
        branch.save(update_fields=["point", "home_point", "zone", "zone_is_overridden", "updated_at"])
    return branch


def find_zone_again(*, branch_id: UUID, now: datetime) -> Branch:
    """Forget the zone the merchant gave and take that of the point."""
    with transaction.atomic():
        branch = _locked(branch_id)
        branch.zone_is_overridden = False
        _place_at(branch, Point(branch.point.x, branch.point.y), None)
        branch.updated_at = now
        branch.save(update_fields=["point", "zone", "zone_is_overridden", "updated_at"])
    return branch


def close_branch(*, branch_id: UUID, now: datetime, closed_at: datetime | None = None) -> Branch:
    """Close for good as of `closed_at` (now, if not given; it may be in the future). Closing twice changes nothing."""
    with transaction.atomic():
        branch = _locked(branch_id)
        if branch.closed_at is None or branch.closed_at > now:
            branch.closed_at = closed_at or now
            branch.updated_at = now
            branch.save(update_fields=["closed_at", "updated_at"])
    return branch


def reopen_branch(*, branch_id: UUID, now: datetime) -> Branch:
    with transaction.atomic():
        branch = _locked(branch_id)
        branch.closed_at = None
        branch.updated_at = now
        branch.save(update_fields=["closed_at", "updated_at"])
    return branch


def set_standing(
    *, branch_id: UUID, rating_count: int, rating_sum: int, visits_30d: int, generated: bool = False
) -> Standing:
    """Ratings of 1 to 5 stars each, so the sum is within count and 5 times count."""
    if not (0 <= rating_count <= rating_sum <= 5 * rating_count and visits_30d >= 0):
        raise InvalidParameter("rating_sum", "Each rating is 1 to 5 stars, and counts are not negative.", limit="1..5")
    if not Branch.objects.filter(id=branch_id).exists():
        raise NotFound("There is no branch of this id.")
    standing, _ = Standing.objects.update_or_create(
        branch_id=branch_id,
        defaults={
            "rating_count": rating_count,
            "rating_sum": rating_sum,
            "visits_30d": visits_30d,
            "generated": generated,
        },
    )
    return standing


def retry_changes(*, change_ids: Collection[int]) -> int:
    """Let the relay try parked changes again, at once and with all attempts. How many there were."""
    parked = Change.objects.filter(id__in=change_ids, parked_at__isnull=False)
    return parked.update(parked_at=None, attempts=0, due_at=Now())


def _locked(branch_id: UUID) -> Branch:
    branch = Branch.objects.select_for_update().filter(id=branch_id).first()
    if branch is None:
        raise NotFound("There is no branch of this id.")
    return branch


def _place_at(branch: Branch, point: Point, zone: str | None) -> None:
    branch.point = GeometryPoint(point.lon, point.lat, srid=SRID)
    branch.zone = zone_of(point) if zone is None else parse_zone(zone)


def _write(branch: Branch, facts: BranchFacts, brand_id: UUID | None) -> None:
    if not Category.objects.filter(slug=facts.category).exists():
        raise InvalidParameter("category", "There is no such category; GET /v1/categories lists them.")
    if brand_id is not None and not Brand.objects.filter(id=brand_id).exists():
        raise InvalidParameter("brand_id", "There is no such brand.")
    branch.category_id, branch.brand_id = facts.category, brand_id
    branch.photos, branch.names, branch.attributes = list(facts.photos), dict(facts.names), dict(facts.attributes)
    for name in ("name", "description", "street", "postcode", "city", "country", "opening_hours", "phone", "website"):
        setattr(branch, name, getattr(facts, name))
