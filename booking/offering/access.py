"""A service of a merchant, for who may do something about it. Who may: listings/access.py."""

from __future__ import annotations

from uuid import UUID

from accounts.models import User
from booking.models import Service
from config.errors import NotFound
from listings.access import access_branch
from listings.roles import Action


def access_service(user: User, service_id: UUID, action: Action) -> Service:
    """The service with its branch. What is another's does not exist: NotFound. RoleTooSmall."""
    missing = NotFound("There is no service of this id.")
    service = Service.objects.filter(id=service_id).first()
    if service is None:
        raise missing
    try:
        service.branch = access_branch(user, service.branch_id, action)
    except NotFound:
        raise missing from None
    return service
