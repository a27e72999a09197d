"""Members and what they see, as plain dicts. Field by field: nothing is told because a model has it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel.numbers import get_territory_currencies

from accounts.models import User
from listings.imports.countries import country_of_zone
from listings.mobile.shown import shown_point
from listings.models import AuditEntry, Branch, Invitation, Membership
from listings.roles import ALLOWED, Action, Role


def merchant_data(member: Membership) -> dict[str, Any]:
    allowed = ALLOWED[Role(member.role)]
    return {
        "id": str(member.merchant_id),
        "name": member.merchant.name,
        "role": member.role,
        "all_branches": member.all_branches,
        "may": [action.value for action in Action if action in allowed],
    }


def branch_data(branch: Branch, *, now: datetime) -> dict[str, Any]:
    point = shown_point(branch, now=now)
    return {
        "id": str(branch.id),
        "name": branch.name,
        "street": branch.street,
        "city": branch.city,
        "lat": point.y,
        "lon": point.x,
        "zone": branch.zone,
        "closed_at": branch.closed_at.isoformat() if branch.closed_at else None,
    }


def branch_in_full_data(branch: Branch, member: Membership, *, now: datetime) -> dict[str, Any]:
    """A branch with its merchant and what the asker may do there."""
    return {**branch_data(branch, now=now), "currency": _currency_at(branch), "merchant": merchant_data(member)}


def _currency_at(branch: Branch) -> str | None:
    """The currency that is paid in where the branch is."""
    country = branch.country or country_of_zone(branch.zone)
    return next(iter(get_territory_currencies(country)), None) if country else None


def member_data(member: Membership, *, asker: User) -> dict[str, Any]:
    return {
        "id": str(member.id),
        "email": member.user.email,
        "name": member.user.get_full_name(),
        "role": member.role,
        "branch_ids": _branch_ids(member),
        "is_you": member.user_id == asker.pk,
    }


def invitation_data(invitation: Invitation) -> dict[str, Any]:
    return {
        "id": str(invitation.id),
        "email": invitation.email,
        "role": invitation.role,
        "branch_ids": _branch_ids(invitation),
        "expires_at": invitation.expires_at.isoformat(),
    }


def my_invitation_data(invitation: Invitation) -> dict[str, Any]:
    return {
        "id": str(invitation.id),
        "merchant_id": str(invitation.merchant_id),
        "merchant_name": invitation.merchant.name,
        "role": invitation.role,
        "expires_at": invitation.expires_at.isoformat(),
    }


def audit_data(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "branch_id": str(entry.branch_id) if entry.branch_id else None,
        "data": entry.data,
    }


def _branch_ids(whose: Membership | Invitation) -> list[str] | None:
    return None if whose.all_branches else sorted(str(branch.id) for branch in whose.branches.all())
