"""A service, a resource or a booking of a merchant, for who may do something about it. Who may: listings/access.py.

What is another merchant's does not exist: NotFound, as for an id that nobody has.
"""

from __future__ import annotations

from uuid import UUID

from accounts.models import User
from booking.models import Booking, Resource, Service
from config.errors import NotFound
from deals.models import Deal
from listings.access import access_branch, branch_and_role, membership_for
from listings.roles import Action, Role


def access_service(user: User, service_id: UUID, action: Action) -> Service:
    """The service with its branch. NotFound, RoleTooSmall."""
    missing = NotFound("There is no service of this id.")
    service = Service.objects.filter(id=service_id).first()
    if service is None:
        raise missing
    try:
        service.branch = access_branch(user, service.branch_id, action)
    except NotFound:
        raise missing from None
    return service


def access_resource(user: User, resource_id: int, action: Action) -> Resource:
    """One that is not removed, with its branch. NotFound, RoleTooSmall."""
    missing = NotFound("There is no resource of this id.")
    resource = Resource.objects.filter(id=resource_id, removed_at=None).first()
    if resource is None:
        raise missing
    try:
        resource.branch = access_branch(user, resource.branch_id, action)
    except NotFound:
        raise missing from None
    return resource


def access_booking(user: User, booking_id: UUID, action: Action) -> tuple[Booking, Role]:
    """The booking, and the asker's role at its branch. NotFound, RoleTooSmall."""
    missing = NotFound("There is no booking of this id.")
    booking = Booking.objects.filter(id=booking_id).first()
    if booking is None:
        raise missing
    try:
        booking.branch, role = branch_and_role(user, booking.branch_id, action)
    except NotFound:
        raise missing from None
    return booking, role


def access_deal(user: User, deal_id: UUID, action: Action) -> Deal:
    """A deal concerns its merchant as a whole. NotFound, RoleTooSmall."""
    missing = NotFound("There is no deal of this id.")
    deal = Deal.objects.filter(id=deal_id).first()
    if deal is None:
        raise missing
    try:
        membership_for(user, deal.merchant_id, action)
    except NotFound:
        raise missing from None
    return deal
