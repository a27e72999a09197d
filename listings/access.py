"""The one door to what belongs to a merchant: who may do what, and the thing itself.

What is another merchant's does not exist for the asker: NotFound, like an id that nobody has. What is the asker's own
merchant's but not for their role is RoleTooSmall. A member of chosen branches sees those, and no other exists.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from config.errors import CodedError, NotFound
from listings.models import Branch, Membership, Merchant
from listings.roles import Action, Role, may


class RoleTooSmall(CodedError):
    """It belongs to a merchant of yours, but your role there does not allow this; `role` is the one you have."""

    code = "role_too_small"
    status = 403
    title = "Your role does not allow this"


def access_merchant(user: User, merchant_id: UUID, action: Action) -> Merchant:
    """The merchant, for something that concerns it as a whole. NotFound, RoleTooSmall."""
    return membership_for(user, merchant_id, action).merchant


def membership_for(user: User, merchant_id: UUID, action: Action) -> Membership:
    """The asker's membership, with its merchant. NotFound, RoleTooSmall.

    A member of chosen branches may see the merchant, and do nothing that concerns it as a whole.
    """
    found = Membership.objects.select_related("merchant").filter(user=user, merchant_id=merchant_id).first()
    if found is None:
        raise NotFound("There is no merchant of this id.")
    _require(found, action, whole=action is not Action.SEE)
    return found


def access_branch(user: User, branch_id: UUID, action: Action) -> Branch:
    """The branch, with its merchant. NotFound, RoleTooSmall."""
    return branch_and_role(user, branch_id, action)[0]


def branch_and_role(user: User, branch_id: UUID, action: Action) -> tuple[Branch, Role]:
    """The branch, with its merchant, and the asker's role there, where more depends on it. NotFound, RoleTooSmall."""
    branch = Branch.objects.select_related("merchant").filter(id=branch_id).first()
    found = None if branch is None else _memberships_at(user, branch).first()
    if branch is None or found is None:
        raise NotFound("There is no branch of this id.")
    _require(found, action, whole=False)
    return branch, Role(found.role)


def branches_of(membership: Membership) -> QuerySet[Branch]:
    """Those that the member sees."""
    branches = Branch.objects.filter(merchant_id=membership.merchant_id)
    return branches if membership.all_branches else branches.filter(memberships=membership)


def _memberships_at(user: User, branch: Branch) -> QuerySet[Membership]:
    return Membership.objects.filter(
        Q(all_branches=True) | Q(branches=branch), user=user, merchant_id=branch.merchant_id
    ).distinct()


def _require(membership: Membership, action: Action, *, whole: bool) -> None:
    if not may(membership.role, action):
        needed = " or ".join(role for role in Role if may(role, action))
        raise RoleTooSmall(f"This needs the role {needed}; yours is {membership.role}.", role=membership.role)
    if whole and not membership.all_branches:
        raise RoleTooSmall(
            "This concerns the whole merchant; you belong to some of its branches.", role=membership.role
        )
