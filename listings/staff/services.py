"""Membership of a merchant: invite, accept, change, remove. Each is one transaction and writes its audit entry.

Callers have asked listings/access.py whether they may. All changes of one merchant's members come one after the other,
by a lock of the merchant's row; that an owner stays is held by PostgreSQL too.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from accounts.models import User, normalised_email
from accounts.selectors import verified_emails
from config.errors import CodedError, InvalidParameter, NotFound
from listings.models import Branch, Invitation, Membership, Merchant
from listings.roles import Role
from listings.staff.audit import audit

INVITATION_DAYS = 14
MAX_MEMBERS = 200
MAX_CHOSEN_BRANCHES = 500


class LastOwner(CodedError):
    """The merchant would be without an owner. Make somebody else one first."""

    code = "last_owner"
    status = 409
    title = "The last owner of a merchant stays"


class AlreadyMember(CodedError):
    """The account of this address belongs to the merchant already."""

    code = "already_member"
    status = 409
    title = "This person is a member already"


class InvitationExpired(CodedError):
    """The invitation is too old. Ask for a new one."""

    code = "invitation_expired"
    status = 409
    title = "The invitation has expired"


def add_owner(*, merchant_id: UUID, user: User, by: User | str) -> Membership:
    """Make `user` an owner, whatever they were. For the operator's command: nobody needs to be an owner before."""
    with transaction.atomic():
        merchant = _locked(merchant_id)
        member, _ = Membership.objects.update_or_create(
            user=user, merchant=merchant, defaults={"role": Role.OWNER, "all_branches": True}
        )
        audit(merchant_id=merchant.id, by=by, action="member.made_owner", subject=f"member:{member.id}")
    return member


def invite(
    *, merchant_id: UUID, by: User, email: str, role: Role, branch_ids: Collection[UUID] | None, now: datetime
) -> Invitation:
    """Ask somebody by e-mail; `branch_ids` None: for all. Inviting an address again replaces it."""
    email = normalised_email(email)
    with transaction.atomic():
        merchant = _locked(merchant_id)
        if Membership.objects.filter(merchant=merchant, user__email=email).exists():
            raise AlreadyMember
        members = Membership.objects.filter(merchant=merchant).count()
        invited = Invitation.objects.filter(merchant=merchant).exclude(email=email).count()
        if members + invited >= MAX_MEMBERS:
            raise InvalidParameter("email", f"A merchant has at most {MAX_MEMBERS} members.", limit=MAX_MEMBERS)
        branches = _branches(merchant, role, branch_ids)
        Invitation.objects.filter(merchant=merchant, email=email).delete()
        invitation = Invitation.objects.create(
            merchant=merchant,
            email=email,
            role=role,
            all_branches=branches is None,
            invited_by=by,
            expires_at=now + timedelta(days=INVITATION_DAYS),
        )
        invitation.branches.set(branches or [])
        audit(
            merchant_id=merchant.id,
            by=by,
            action="member.invited",
            subject=f"invitation:{invitation.id}",
            data={"email": email, "role": role, "branches": None if branches is None else len(branches)},
        )
        transaction.on_commit(lambda: _tell(invitation, merchant), robust=True)
    return invitation


def withdraw_invitation(*, merchant_id: UUID, invitation_id: UUID, by: User) -> None:
    with transaction.atomic():
        merchant = _locked(merchant_id)
        invitation = Invitation.objects.filter(merchant=merchant, id=invitation_id).first()
        if invitation is None:
            raise NotFound("There is no invitation of this id.")
        audit(
            merchant_id=merchant.id,
            by=by,
            action="invitation.withdrawn",
            subject=f"invitation:{invitation.id}",
            data={"email": invitation.email},
        )
        invitation.delete()


def accept_invitation(*, invitation_id: UUID, user: User, now: datetime) -> Membership:
    """Become a member. Only for who has proved to have the address; for others it does not exist."""
    mine = Invitation.objects.filter(id=invitation_id, email__in=verified_emails(user)).first()
    if mine is None:
        raise NotFound("There is no invitation of this id.")
    with transaction.atomic():
        merchant = _locked(mine.merchant_id)
        invitation = Invitation.objects.filter(id=mine.id).first()
        if invitation is None:
            raise NotFound("There is no invitation of this id.")
        if invitation.expires_at <= now:
            raise InvitationExpired
        if Membership.objects.filter(merchant=merchant, user=user).exists():
            raise AlreadyMember
        member = Membership.objects.create(
            user=user, merchant=merchant, role=invitation.role, all_branches=invitation.all_branches
        )
        member.branches.set(invitation.branches.all())
        invitation.delete()
        audit(
            merchant_id=merchant.id,
            by=user,
            action="member.joined",
            subject=f"member:{member.id}",
            data={"role": member.role},
        )
    return member


def change_member(
    *, merchant_id: UUID, member_id: UUID, by: User, role: Role, branch_ids: Collection[UUID] | None
) -> Membership:
    """Another role, or other branches (None: all of them)."""
    with transaction.atomic():
        merchant = _locked(merchant_id)
        member = _member(merchant, member_id)
        branches = _branches(merchant, role, branch_ids)
        if role != Role.OWNER:
            _keep_an_owner(member)
        before = member.role
        member.role, member.all_branches = role, branches is None
        member.save(update_fields=["role", "all_branches"])
        member.branches.set(branches or [])
        audit(
            merchant_id=merchant.id,
            by=by,
            action="member.changed",
            subject=f"member:{member.id}",
            data={"from": before, "to": role, "branches": None if branches is None else len(branches)},
        )
    return member


def remove_member(*, merchant_id: UUID, member_id: UUID, by: User) -> None:
    with transaction.atomic():
        merchant = _locked(merchant_id)
        member = _member(merchant, member_id)
        _keep_an_owner(member)
        audit(
            merchant_id=merchant.id,
            by=by,
            action="member.removed",
            subject=f"member:{member.id}",
            data={"email": member.user.email, "role": member.role},
        )
        member.delete()


def _locked(merchant_id: UUID) -> Merchant:
    merchant = Merchant.objects.select_for_update(no_key=True).filter(id=merchant_id).first()
    if merchant is None:
        raise NotFound("There is no merchant of this id.")
    return merchant


def _member(merchant: Merchant, member_id: UUID) -> Membership:
    member = Membership.objects.select_related("user").filter(merchant=merchant, id=member_id).first()
    if member is None:
        raise NotFound("There is no member of this id.")
    return member


def _keep_an_owner(member: Membership) -> None:
    others = Membership.objects.filter(merchant_id=member.merchant_id, role=Role.OWNER).exclude(id=member.id)
    if member.role == Role.OWNER and not others.exists():
        raise LastOwner


def _branches(merchant: Merchant, role: Role, branch_ids: Collection[UUID] | None) -> list[Branch] | None:
    """None: all of them. InvalidParameter for a branch that is not the merchant's."""
    if branch_ids is None:
        return None
    if role == Role.OWNER:
        raise InvalidParameter("branch_ids", "An owner is one of all branches: leave it out.")
    wanted = set(branch_ids)
    found = list(Branch.objects.filter(merchant=merchant, id__in=wanted))
    if len(found) != len(wanted):
        raise InvalidParameter("branch_ids", "One of these is no branch of this merchant.")
    return found


def _tell(invitation: Invitation, merchant: Merchant) -> None:
    send_mail(
        f"You are invited to {merchant.name}"[:150].replace("\n", " "),
        f"You are invited to work for {merchant.name} as {invitation.role}.\n\n"
        f"Sign in with this e-mail address to accept: {settings.BASE_URL}/console/\n\n"
        f"The invitation ends on {invitation.expires_at:%Y-%m-%d}. If you do not know them, do nothing.\n",
        None,
        [invitation.email],
    )
