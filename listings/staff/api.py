"""What a merchant's staff see and do about themselves, under /v1/merchant/. Who may: listings/access.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import email_of
from accounts.authentication import AccountView, account_of
from accounts.selectors import verified_emails
from config.api.bodies import read_object
from config.api.parameters import read_query
from config.api.values import parse_uuid, parse_whole, whole_of
from config.errors import InvalidParameter
from geo.datum_view import DATUM, DatumView
from listings.access import access_branch, access_merchant, branches_of, membership_for
from listings.models import AuditEntry, Invitation, Membership
from listings.roles import Action, Role
from listings.staff import schema, services
from listings.staff.presentation import (
    audit_data,
    branch_data,
    branch_in_full_data,
    invitation_data,
    member_data,
    merchant_data,
    my_invitation_data,
)

MERCHANT = OpenApiParameter("merchant_id", UUID, OpenApiParameter.PATH, description="`id` of a merchant of yours.")
BRANCH = OpenApiParameter("branch_id", UUID, OpenApiParameter.PATH, description="`id` of a branch of yours.")
MEMBER = OpenApiParameter("member_id", UUID, OpenApiParameter.PATH, description="`id` of a member.")
INVITATION = OpenApiParameter("invitation_id", UUID, OpenApiParameter.PATH, description="`id` of an invitation.")
MAX_PAGE = 200
MAX_MERCHANTS = 1000


def _role(data: Mapping[str, Any]) -> Role:
    try:
        return Role(data.get("role"))  # type: ignore[arg-type]
    except ValueError:
        raise InvalidParameter("role", f"One of {', '.join(Role)} is expected.") from None


def _branch_ids(data: Mapping[str, Any]) -> list[UUID] | None:
    value = data.get("branch_ids")
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value) or not value:
        raise InvalidParameter("branch_ids", "A list of ids is expected; leave it out for all branches.")
    if len(value) > services.MAX_CHOSEN_BRANCHES:
        limit = services.MAX_CHOSEN_BRANCHES
        raise InvalidParameter("branch_ids", f"At most {limit} branches can be chosen.", limit=limit)
    return [parse_uuid(each, parameter="branch_ids") for each in value]


class MerchantsView(AccountView):
    @extend_schema(
        operation_id="merchants_mine",
        summary="The merchants you belong to, and what you may do there.",
        tags=["merchant"],
        responses=schema.MyMerchantsShape,
    )
    def get(self, request: Request) -> Response:
        read_query(request, known=())
        mine = Membership.objects.select_related("merchant").filter(user=account_of(request))
        return Response(
            {"items": [merchant_data(each) for each in mine.order_by("merchant__name", "id")[:MAX_MERCHANTS]]}
        )


class MerchantView(AccountView):
    @extend_schema(
        operation_id="merchant_mine",
        summary="One merchant of yours.",
        tags=["merchant"],
        parameters=[MERCHANT],
        responses=schema.MyMerchantShape,
    )
    def get(self, request: Request, merchant_id: str) -> Response:
        read_query(request, known=())
        return Response(merchant_data(membership_for(account_of(request), parse_uuid(merchant_id), Action.SEE)))


class BranchesView(DatumView, AccountView):
    @extend_schema(
        operation_id="merchant_branches",
        summary="The branches that you see, by name.",
        tags=["merchant"],
        parameters=[
            MERCHANT,
            OpenApiParameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 50},
                description="Branches of one page.",
            ),
            OpenApiParameter("after", UUID, description="`next_after` of the page before."),
            DATUM,
        ],
        responses=schema.MyBranchesShape,
    )
    def get(self, request: Request, merchant_id: str) -> Response:
        params = self.query_of(request, known={"limit", "after"})
        limit = whole_of(params, "limit", minimum=1, maximum=MAX_PAGE, default=50)
        member = membership_for(account_of(request), parse_uuid(merchant_id), Action.SEE)
        branches = branches_of(member).order_by("name", "id")
        if "after" in params:
            last = branches.filter(id=parse_uuid(params["after"], parameter="after")).first()
            if last is None:
                raise InvalidParameter("after", "There is no such page: the branch it followed is gone.")
            branches = branches.filter(Q(name__gt=last.name) | Q(name=last.name, id__gt=last.id))
        found, now = list(branches[: limit + 1]), timezone.now()
        more = len(found) > limit
        return Response(
            {
                "items": [branch_data(branch, now=now) for branch in found[:limit]],
                "next_after": str(found[limit - 1].id) if more else None,
            }
        )


class BranchView(DatumView, AccountView):
    @extend_schema(
        operation_id="merchant_branch",
        summary="One branch that you see, its merchant, and what you may do there.",
        tags=["merchant"],
        parameters=[BRANCH, DATUM],
        responses=schema.MyBranchInFullShape,
    )
    def get(self, request: Request, branch_id: str) -> Response:
        self.query_of(request, known=())
        asker = account_of(request)
        branch = access_branch(asker, parse_uuid(branch_id, parameter="branch_id"), Action.SEE)
        member = membership_for(asker, branch.merchant_id, Action.SEE)
        return Response(branch_in_full_data(branch, member, now=timezone.now()))


class MembersView(AccountView):
    @extend_schema(
        operation_id="members",
        summary="Who belongs to the merchant, and who is invited; at most 200.",
        tags=["merchant"],
        parameters=[MERCHANT],
        responses=schema.MembersShape,
    )
    def get(self, request: Request, merchant_id: str) -> Response:
        read_query(request, known=())
        asker = account_of(request)
        merchant = access_merchant(asker, parse_uuid(merchant_id), Action.SEE_MEMBERS)
        members = Membership.objects.filter(merchant=merchant).select_related("user").prefetch_related("branches")
        invitations = Invitation.objects.filter(merchant=merchant).prefetch_related("branches")
        return Response(
            {
                "members": [member_data(each, asker=asker) for each in members],
                "invitations": [invitation_data(each) for each in invitations],
            }
        )


class MemberView(AccountView):
    @extend_schema(
        operation_id="member_change",
        summary="Give a member another role, or other branches.",
        tags=["merchant"],
        parameters=[MERCHANT, MEMBER],
        request=schema.ChangeRequest,
        responses=schema.MemberShape,
    )
    def put(self, request: Request, merchant_id: str, member_id: str) -> Response:
        read_query(request, known=())
        asker = account_of(request)
        merchant = access_merchant(asker, parse_uuid(merchant_id), Action.MANAGE_MEMBERS)
        data = read_object(request.data, known={"role", "branch_ids"})
        member = services.change_member(
            merchant_id=merchant.id,
            member_id=parse_uuid(member_id, parameter="member_id"),
            by=asker,
            role=_role(data),
            branch_ids=_branch_ids(data),
        )
        return Response(member_data(member, asker=asker))

    @extend_schema(
        operation_id="member_remove",
        summary="Remove a member.",
        tags=["merchant"],
        parameters=[MERCHANT, MEMBER],
        request=None,
        responses={204: None},
    )
    def delete(self, request: Request, merchant_id: str, member_id: str) -> Response:
        asker = account_of(request)
        merchant = access_merchant(asker, parse_uuid(merchant_id), Action.MANAGE_MEMBERS)
        member = parse_uuid(member_id, parameter="member_id")
        services.remove_member(merchant_id=merchant.id, member_id=member, by=asker)
        return Response(status=204)


class InvitationsView(AccountView):
    @extend_schema(
        operation_id="member_invite",
        summary="Invite somebody by e-mail. Inviting an address again replaces the invitation.",
        tags=["merchant"],
        parameters=[MERCHANT],
        request=schema.InviteRequest,
        responses={201: schema.InvitationShape},
    )
    def post(self, request: Request, merchant_id: str) -> Response:
        read_query(request, known=())
        asker = account_of(request)
        merchant = access_merchant(asker, parse_uuid(merchant_id), Action.MANAGE_MEMBERS)
        data = read_object(request.data, known={"email", "role", "branch_ids"})
        invitation = services.invite(
            merchant_id=merchant.id,
            by=asker,
            email=email_of(data),
            role=_role(data),
            branch_ids=_branch_ids(data),
            now=timezone.now(),
        )
        return Response(invitation_data(invitation), status=201)


class InvitationView(AccountView):
    @extend_schema(
        operation_id="invitation_withdraw",
        summary="Withdraw an invitation.",
        tags=["merchant"],
        parameters=[MERCHANT, INVITATION],
        request=None,
        responses={204: None},
    )
    def delete(self, request: Request, merchant_id: str, invitation_id: str) -> Response:
        asker = account_of(request)
        merchant = access_merchant(asker, parse_uuid(merchant_id), Action.MANAGE_MEMBERS)
        invitation = parse_uuid(invitation_id, parameter="invitation_id")
        services.withdraw_invitation(merchant_id=merchant.id, invitation_id=invitation, by=asker)
        return Response(status=204)


class AuditView(AccountView):
    @extend_schema(
        operation_id="merchant_audit",
        summary="Who did what, newest first.",
        tags=["merchant"],
        parameters=[
            MERCHANT,
            OpenApiParameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 50},
                description="Entries of one page.",
            ),
            OpenApiParameter(
                "before", {"type": "integer", "minimum": 1}, description="`next_before` of the page before."
            ),
        ],
        responses=schema.AuditShape,
    )
    def get(self, request: Request, merchant_id: str) -> Response:
        params = read_query(request, known={"limit", "before"})
        limit = whole_of(params, "limit", minimum=1, maximum=MAX_PAGE, default=50)
        merchant = access_merchant(account_of(request), parse_uuid(merchant_id), Action.SEE_MEMBERS)
        entries = AuditEntry.objects.filter(merchant_id=merchant.id).order_by("-id")
        if "before" in params:
            entries = entries.filter(id__lt=parse_whole(params["before"], parameter="before", minimum=1, maximum=2**62))
        found = list(entries[: limit + 1])
        return Response(
            {
                "items": [audit_data(entry) for entry in found[:limit]],
                "next_before": found[limit - 1].id if len(found) > limit else None,
            }
        )


class MyInvitationsView(AccountView):
    @extend_schema(
        operation_id="invitations_mine",
        summary="Invitations to the e-mail addresses that you have proved to have.",
        tags=["merchant"],
        responses=schema.MyInvitationsShape,
    )
    def get(self, request: Request) -> Response:
        read_query(request, known=())
        mine = Invitation.objects.select_related("merchant").filter(
            email__in=verified_emails(account_of(request)), expires_at__gt=timezone.now()
        )
        return Response({"items": [my_invitation_data(each) for each in mine[:MAX_PAGE]]})


class AcceptView(AccountView):
    @extend_schema(
        operation_id="invitation_accept",
        summary="Become a member.",
        tags=["merchant"],
        parameters=[INVITATION],
        request=None,
        responses=schema.MyMerchantShape,
    )
    def post(self, request: Request, invitation_id: str) -> Response:
        read_query(request, known=())
        read_object(request.data, known=())
        invitation = parse_uuid(invitation_id, parameter="invitation_id")
        member = services.accept_invitation(invitation_id=invitation, user=account_of(request), now=timezone.now())
        return Response(merchant_data(member))
