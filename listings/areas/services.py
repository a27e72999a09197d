"""Drafting, publishing, rolling back and retiring service areas. Each is one transaction and writes its audit entry.

Callers have asked listings/access.py whether they may. `expected` is the tag (`area_tag`) of the state that the caller
has seen: where the area has changed since, AreaChanged is raised and nothing is written. Steps on one area come one
after the other, by a lock of its row; a first area of a branch by a lock of the branch.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast
from uuid import UUID

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from config.errors import CodedError, InvalidParameter, NotFound
from geo.areas import Area
from listings.areas.corners import refuse_too_many_corners
from listings.areas.drafts import Draft
from listings.models import AreaBand, Branch, NamedArea, ServiceArea, ServiceAreaVersion
from listings.staff.audit import audit

MAX_AREAS = 50
"""Of a branch, in both modes; areas that are not published any more count too, and can be drafted again."""

State = ServiceAreaVersion.State


class AreaChanged(CodedError):
    """Somebody else wrote to the area since you read it. `etag` is its tag now: read it again."""

    code = "area_changed"
    status = 412
    title = "The service area has changed since you read it"


class AreaStepImpossible(CodedError):
    """The area is not in the state for this step; `detail` says what is missing."""

    code = "area_step_impossible"
    status = 409
    title = "The service area is not in the state for this"


class TooManyAreas(CodedError):
    """The branch has `limit` service areas already."""

    code = "too_many_areas"
    status = 409
    title = "The branch has as many service areas as it can have"


def area_tag(area: ServiceArea) -> str:
    """A strong ETag of what is drafted and published. Different for any two states that the area ever has."""
    live = area.versions.exclude(state=State.RETIRED)
    return tag_of(live.filter(state=State.DRAFT).first(), live.filter(state=State.PUBLISHED).first())


def tag_of(draft: ServiceAreaVersion | None, published: ServiceAreaVersion | None) -> str:
    drafted = f"{draft.id.hex}.{draft.revision}" if draft else "0"
    return f'"{drafted}-{published.number if published else 0}"'


def create_area(
    *, branch_id: UUID, mode: str, name: str, position: int, draft: Draft, by: User | str, now: datetime
) -> ServiceArea:
    """A new area with a first draft. TooManyAreas; InvalidParameter for a named area that is not there."""
    with transaction.atomic():
        branch = Branch.objects.select_for_update(no_key=True).filter(id=branch_id).first()
        if branch is None:
            raise NotFound("There is no branch of this id.")
        if branch.service_areas.count() >= MAX_AREAS:
            raise TooManyAreas(f"A branch has at most {MAX_AREAS} service areas.", limit=MAX_AREAS)
        area = ServiceArea.objects.create(branch=branch, mode=mode, name=name, position=position)
        _write_draft(area, draft, by=by, now=now)
        _audit(area, "area.created", by, mode=mode, name=name)
    return area


def save_draft(*, area_id: UUID, draft: Draft, expected: str, by: User | str, now: datetime) -> ServiceArea:
    """Replace the draft, or begin one beside what is published."""
    with transaction.atomic():
        area = _locked(area_id, expected)
        _write_draft(area, draft, by=by, now=now)
        _audit(area, "area.drafted", by)
    return area


def discard_draft(*, area_id: UUID, expected: str, by: User | str) -> ServiceArea | None:
    """Forget the draft. An area that was never published goes with it: then None."""
    with transaction.atomic():
        area = _locked(area_id, expected)
        _draft_of(area).delete()
        _audit(area, "area.draft_discarded", by)
        if area.versions.exists():
            return area
        area.delete()
    return None


def publish(*, area_id: UUID, expected: str, by: User | str, now: datetime) -> ServiceArea:
    """Make the draft what customers are served by; what was published before it is retired. AreasTooDetailed."""
    with transaction.atomic():
        area = _locked(area_id, expected)
        draft = _draft_of(area)
        if draft.valid_until is not None and draft.valid_until <= now:
            raise InvalidParameter("valid_until", "It has passed: nobody would be served.")
        _publish(area, draft, by=by, now=now)
        _audit(area, "area.published", by, number=draft.number)
    return area


def roll_back(*, area_id: UUID, number: int, expected: str, by: User | str, now: datetime) -> ServiceArea:
    """Publish a copy of an earlier version, under a number of its own. A draft stays, numbered after it.

    AreasTooDetailed.
    """
    with transaction.atomic():
        area = _locked(area_id, expected)
        earlier = area.versions.filter(number=number).exclude(state=State.DRAFT).first()
        if earlier is None:
            raise NotFound("The area has no published version of this number.")
        if earlier.state == State.PUBLISHED:
            raise AreaStepImpossible(f"Version {number} is the one that is published.")
        if earlier.valid_until is not None and earlier.valid_until <= now:
            raise AreaStepImpossible(f"Version {number} was valid until {earlier.valid_until:%Y-%m-%d}.")
        aside = area.versions.filter(state=State.DRAFT).first()
        aside_bands = list(aside.bands.all()) if aside else []
        if aside:
            aside.delete()
        copy = _new_version(area, earlier, by=by, now=now, copied_from=number)
        _write_bands(copy, earlier.bands.all())
        _publish(area, copy, by=by, now=now)
        if aside:
            again = _new_version(area, aside, by=by, now=now)
            again.created_by_id, again.created_actor, again.created_at = (
                aside.created_by_id, aside.created_actor, aside.created_at,
            )  # fmt: skip
            again.save(update_fields=["created_by", "created_actor", "created_at"])
            _write_bands(again, aside_bands)
        _audit(area, "area.rolled_back", by, number=copy.number, copied_from=number)
    return area


def retire(*, area_id: UUID, expected: str, by: User | str, now: datetime) -> ServiceArea:
    """Serve nobody by this area from now on. Its history stays, and so does a draft."""
    with transaction.atomic():
        area = _locked(area_id, expected)
        if not _retire_published(area, by=by, now=now):
            raise AreaStepImpossible("Nothing of the area is published.")
        _audit(area, "area.retired", by)
    return area


def _locked(area_id: UUID, expected: str) -> ServiceArea:
    area = ServiceArea.objects.select_for_update(no_key=True).filter(id=area_id).first()
    if area is None:
        raise NotFound("There is no service area of this id.")
    tag = area_tag(area)
    if expected not in ("*", tag):
        raise AreaChanged("Read the area again, and send its ETag in If-Match.", etag=tag)
    return area


def _draft_of(area: ServiceArea) -> ServiceAreaVersion:
    draft = area.versions.filter(state=State.DRAFT).first()
    if draft is None:
        raise AreaStepImpossible("The area has no draft.")
    return draft


def _write_draft(area: ServiceArea, draft: Draft, *, by: User | str, now: datetime) -> None:
    _refuse_unknown_named_areas(draft)
    version = area.versions.filter(state=State.DRAFT).first()
    wanted = ServiceAreaVersion(valid_from=draft.valid_from, valid_until=draft.valid_until, hours=draft.hours)
    if version is None:
        version = _new_version(area, wanted, by=by, now=now)
    else:
        version.bands.all().delete()
        version.valid_from, version.valid_until, version.hours = draft.valid_from, draft.valid_until, draft.hours
        version.revision, version.edited_at = version.revision + 1, now
        version.created_by, version.created_actor = _account(by), _actor(by)
        version.save()
    _write_bands(version, band_rows(draft))


def _new_version(
    area: ServiceArea,
    like: ServiceAreaVersion,
    *,
    by: User | str,
    now: datetime,
    copied_from: int | None = None,
) -> ServiceAreaVersion:
    last = area.versions.order_by("-number").first()
    return ServiceAreaVersion.objects.create(
        area=area,
        number=last.number + 1 if last else 1,
        valid_from=like.valid_from,
        valid_until=like.valid_until,
        hours=like.hours,
        copied_from=copied_from,
        created_at=now,
        created_by=_account(by),
        created_actor=_actor(by),
        edited_at=now,
    )


def _publish(area: ServiceArea, draft: ServiceAreaVersion, *, by: User | str, now: datetime) -> None:
    others = ServiceAreaVersion.objects.filter(area__branch_id=area.branch_id, state=State.PUBLISHED)
    valid = others.exclude(area=area).filter(Q(valid_until__isnull=True) | Q(valid_until__gt=now))
    refuse_too_many_corners(
        "What is published of the branch would have",
        version_ids=[draft.id, *valid.values_list("id", flat=True)],
    )
    _retire_published(area, by=by, now=now)
    ServiceAreaVersion.objects.filter(id=draft.id).update(
        state=State.PUBLISHED, published_at=now, published_by=_account(by), published_actor=_actor(by)
    )


def _retire_published(area: ServiceArea, *, by: User | str, now: datetime) -> int:
    published = area.versions.filter(state=State.PUBLISHED)
    return published.update(state=State.RETIRED, retired_at=now, retired_actor=_actor(by))


def _refuse_unknown_named_areas(draft: Draft) -> None:
    wanted = [band.shape for band in draft.bands]
    there = set(
        NamedArea.objects.filter(id__in=[shape for shape in wanted if isinstance(shape, UUID)]).values_list(
            "id", flat=True
        )
    )
    for index, shape in enumerate(wanted):
        if isinstance(shape, UUID) and shape not in there:
            raise InvalidParameter(f"bands[{index}].named_area_id", "There is no named area of this id.")


def band_rows(draft: Draft) -> Iterable[AreaBand]:
    """Of no version yet."""
    for rank, band in enumerate(draft.bands):
        shape = band.shape
        yield AreaBand(
            rank=rank,
            radius_metres=shape if isinstance(shape, int) else None,
            geometry=cast(MultiPolygon, GEOSGeometry(shape.ewkb_hex())) if isinstance(shape, Area) else None,
            named_area_id=shape if isinstance(shape, UUID) else None,
            fee_minor=band.fee_minor,
            minimum_minor=band.minimum_minor,
            currency=draft.currency,
            eta_min_minutes=band.eta_min_minutes,
            eta_max_minutes=band.eta_max_minutes,
        )


def _write_bands(version: ServiceAreaVersion, bands: Iterable[AreaBand]) -> None:
    """The bands as further rows, of this version."""
    kept = [field.attname for field in AreaBand._meta.concrete_fields if field.name not in ("id", "version")]
    AreaBand.objects.bulk_create(
        [AreaBand(version=version, **{name: getattr(band, name) for name in kept}) for band in bands]
    )


def _account(by: User | str) -> User | None:
    return by if isinstance(by, User) else None


def _actor(by: User | str) -> str:
    return by.email if isinstance(by, User) else by


def _audit(area: ServiceArea, action: str, by: User | str, **data: object) -> None:
    branch = Branch.objects.only("id", "merchant_id").get(id=area.branch_id)
    audit(
        merchant_id=branch.merchant_id, branch_id=branch.id, by=by, action=action, subject=f"area:{area.id}", data=data
    )
