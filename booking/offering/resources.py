"""A branch's resources: made, changed, removed. Each is one transaction and writes its entry of the record.

Callers have asked listings/access.py whether they may; `expected` is the tag of the state they have seen. A resource
that is removed stays in the history of the bookings that had it, and is given to nobody any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from booking.models import Occupancy, Resource, Service
from booking.offering.facts import MAX_RESOURCES
from booking.offering.presentation import resource_data
from booking.offering.refusals import ResourceChanged, ResourceInUse, TooManyResources
from booking.offering.services import locked_branch
from config.errors import NotFound
from listings.staff.audit import audit

MAX_NAMED = 20
"""Bookings or services that stand in the way, and are named."""


def create_resource(*, branch_id: UUID, facts: Mapping[str, Any], by: User | str) -> Resource:
    """From `facts.parse_new_resource`. TooManyResources."""
    with transaction.atomic():
        branch = locked_branch(branch_id)
        if branch.resources.filter(removed_at=None).count() >= MAX_RESOURCES:
            raise TooManyResources(f"A branch has at most {MAX_RESOURCES} resources.", limit=MAX_RESOURCES)
        resource = Resource.objects.create(branch=branch, **facts)
        _audit(resource, "resource.created", by, **facts)
    return resource


def change_resource(*, resource_id: int, changes: Mapping[str, Any], expected: str, by: User | str) -> Resource:
    """What is in `changes`. A party that sits there already stays, also where it is larger now than its seats."""
    with transaction.atomic():
        resource = _locked(resource_id, expected)
        before = {name: getattr(resource, name) for name in changes if getattr(resource, name) != changes[name]}
        if not before:
            return resource
        for name in before:
            setattr(resource, name, changes[name])
        resource.save(update_fields=list(before))
        _audit(resource, "resource.changed", by, before=before, after={name: changes[name] for name in before})
    return resource


def remove_resource(*, resource_id: int, expected: str, by: User | str, now: datetime) -> None:
    """Give it to nobody any more. ResourceInUse where bookings to come have it, or a service has no other.

    A hold that is just taking it is waited for, or finds that it is gone: both want its row (booking.taking).
    """
    with transaction.atomic():
        resource = _locked(resource_id, expected)
        busy = Occupancy.objects.filter(resource=resource, during__endswith__gt=now).order_by("during", "id")
        if total := busy.count():
            ids = [str(each) for each in busy.values_list("booking", flat=True)[:MAX_NAMED]]
            raise ResourceInUse("Bookings to come have it.", total=total, booking_ids=ids)
        using = list(Service.objects.filter(resources=resource).prefetch_related("resources").order_by("id"))
        only = [service.id for service in using if len(service.resources.all()) == 1]
        if only:
            detail = "A service has no other: give it one, or say that it uses none."
            raise ResourceInUse(detail, total=len(only), service_ids=[str(each) for each in only[:MAX_NAMED]])
        for service in using:
            service.resources.remove(resource)
        resource.removed_at = now
        resource.save(update_fields=["removed_at"])
        _audit(resource, "resource.removed", by, name=resource.name)


def _locked(resource_id: int, expected: str) -> Resource:
    missing = NotFound("There is no resource of this id.")
    found = Resource.objects.filter(id=resource_id).only("branch_id").first()
    if found is None:
        raise missing
    branch = locked_branch(found.branch_id)
    resource = Resource.objects.select_for_update().filter(id=resource_id, removed_at=None).first()
    if resource is None:
        raise missing
    resource.branch = branch
    tag = resource_data(resource)["etag"]
    if expected not in ("*", tag):
        raise ResourceChanged("Read the resources again, and send its etag in If-Match.", etag=tag)
    return resource


def _audit(resource: Resource, action: str, by: User | str, **data: object) -> None:
    audit(
        merchant_id=resource.branch.merchant_id,
        branch_id=resource.branch_id,
        by=by,
        action=action,
        subject=f"resource:{resource.id}",
        data=data,
    )
