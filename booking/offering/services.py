"""A merchant's services: made, changed, offered no more. Each is one transaction and writes its entry of the record.

Callers have asked listings/access.py whether they may. `expected` is the tag of the state that the caller has seen:
where the service has changed since, ServiceChanged is raised and nothing is written. Steps at one branch come one after
the other, by a lock of its row; bookings do not wait for it. What is booked stays as it was agreed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from booking.models import Resource, Service
from booking.offering.facts import refuse_contradictions
from booking.offering.presentation import service_data
from booking.offering.refusals import ServiceChanged, TooManyServices
from booking.selectors import is_good_at
from config.errors import InvalidParameter, NotFound
from deals.models import Deal
from listings.models import Branch
from listings.staff.audit import audit

MAX_SERVICES = 100
"""Of a branch; those that are offered no more count too, and can be offered again."""


def create_service(*, branch_id: UUID, facts: Mapping[str, Any], by: User | str) -> Service:
    """From `facts.parse_new`. TooManyServices; InvalidParameter for a deal or a resource that is not there."""
    with transaction.atomic():
        branch = locked_branch(branch_id)
        if branch.services.count() >= MAX_SERVICES:
            raise TooManyServices(f"A branch has at most {MAX_SERVICES} services.", limit=MAX_SERVICES)
        service = Service(branch=branch)
        resources = _checked(service, branch, facts, given=facts.keys())
        _write(service, facts)
        service.save(force_insert=True)
        service.refresh_from_db()
        service.resources.set(resources)
        audit_service(service, "service.created", by, name=service.name)
    return service


def change_service(*, service_id: UUID, changes: Mapping[str, Any], expected: str, by: User | str) -> Service:
    """What is in `changes`. Slots to come follow a changed capacity; what is taken above it stays taken."""
    with transaction.atomic():
        service = locked_service(service_id, expected=expected)
        before = facts_of(service)
        facts = {**before, **changes}
        if facts["deal_id"] != before["deal_id"]:
            facts["discount_funder"] = "merchant"  # what the platform agreed to pay for was another price
        refuse_contradictions(facts)
        changed = sorted(name for name in facts if facts[name] != before[name])
        if not changed:
            return service
        resources = _checked(service, service.branch, facts, given=changed)
        _write(service, facts)
        service.save()
        if "resource_ids" in changed:
            service.resources.set(resources)
        audit_service(service, "service.changed", by, **_told(changed, before, facts))
    return service


def facts_of(service: Service) -> dict[str, Any]:
    """As `facts.parse_new` makes them."""
    said = service_data(service)
    return {
        **{name: value for name, value in said.items() if name not in {"id", "branch_id", "etag", "commission_bps"}},
        "deal_id": service.deal_id,
        "currency": service.currency,
        "mode": str(service.mode),
    }


def locked_branch(branch_id: UUID) -> Branch:
    branch = Branch.objects.select_for_update(no_key=True).filter(id=branch_id).first()
    if branch is None:
        raise NotFound("There is no branch of this id.")
    return branch


def locked_service(service_id: UUID, *, expected: str = "*") -> Service:
    """The service as nobody else writes it until the commit. Holds go on: they only read it."""
    found = Service.objects.filter(id=service_id).only("branch_id").first()
    if found is None:
        raise NotFound("There is no service of this id.")
    branch = locked_branch(found.branch_id)
    service = Service.objects.select_for_update(no_key=True).get(id=service_id)
    service.branch = branch
    tag = service_data(service)["etag"]
    if expected not in ("*", tag):
        raise ServiceChanged("Read the service again, and send its ETag in If-Match.", etag=tag)
    return service


def _checked(service: Service, branch: Branch, facts: Mapping[str, Any], *, given: Collection[str]) -> list[Resource]:
    """What only the tables know. The resources that the facts name."""
    if "deal_id" in given and facts["deal_id"] is not None:
        _refuse_deal(service, branch, facts["deal_id"])
    if "resource_ids" not in given:
        return []
    found = {each.id: each for each in branch.resources.filter(removed_at=None, id__in=facts["resource_ids"])}
    for index, resource_id in enumerate(facts["resource_ids"]):
        if resource_id not in found:
            raise InvalidParameter(f"resource_ids[{index}]", f"The branch has no resource {resource_id}.")
    return list(found.values())


def _refuse_deal(service: Service, branch: Branch, deal_id: UUID) -> None:
    deal = Deal.objects.filter(id=deal_id, merchant=branch.merchant_id).first()
    if deal is None or not is_good_at(deal, branch):
        raise InvalidParameter("deal_id", "There is no such deal at this branch.")
    if deal.state == Deal.State.ENDED:
        raise InvalidParameter("deal_id", "This deal has ended.")
    if branch.services.filter(deal=deal).exclude(id=service.id).exists():
        raise InvalidParameter("deal_id", "Another service of the branch has this deal.")


def _write(service: Service, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        if name != "resource_ids":
            setattr(service, name, value)


def _told(changed: Collection[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What changed, and from what to what where that is short."""
    short = [name for name in changed if not isinstance(after[name] or before[name], list | dict)]
    return {
        "changed": list(changed),
        "before": {name: _plain(before[name]) for name in short},
        "after": {name: _plain(after[name]) for name in short},
    }


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def audit_service(service: Service, action: str, by: User | str, **data: object) -> None:
    audit(
        merchant_id=service.branch.merchant_id,
        branch_id=service.branch_id,
        by=by,
        action=action,
        subject=f"service:{service.id}",
        data=data,
    )
