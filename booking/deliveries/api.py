"""How many deliveries a branch takes on, under /v1/merchant/. Who may: listings/access.py."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import AccountView, account_of
from booking.deliveries import schema
from booking.deliveries.changing import capacity_data, change_capacity, parse_capacity
from booking.offering.api import BRANCH, HEADERS, IF_MATCH
from config.api.parameters import read_query
from config.api.preconditions import if_match
from config.api.values import parse_uuid
from listings.access import access_branch
from listings.roles import Action


def _branch(request: Request, branch_id: str, action: Action) -> UUID:
    branch = access_branch(account_of(request), parse_uuid(branch_id, parameter="branch_id"), action)
    return branch.id


def _shown(branch_id: UUID) -> Response:
    data = capacity_data(branch_id, at=timezone.now())
    return Response(data, headers={**HEADERS, "ETag": data["etag"]})


class DeliveryCapacityView(AccountView):
    @extend_schema(
        operation_id="delivery_capacity",
        summary="How many deliveries the branch takes on at a time, and how many of them it has.",
        tags=["offering"],
        parameters=[BRANCH],
        responses=schema.DeliveryCapacityShape,
    )
    def get(self, request: Request, branch_id: str) -> Response:
        read_query(request, known=())
        return _shown(_branch(request, branch_id, Action.SEE))

    @extend_schema(
        operation_id="delivery_capacity_change",
        summary="Say how many deliveries the branch takes on within so many minutes; null is no limit.",
        tags=["offering"],
        parameters=[BRANCH, IF_MATCH],
        request=schema.DeliveryCapacityChange,
        responses=schema.DeliveryCapacityShape,
    )
    def put(self, request: Request, branch_id: str) -> Response:
        read_query(request, known=())
        branch = _branch(request, branch_id, Action.MANAGE_SERVICES)
        said = parse_capacity(request.data)
        change_capacity(branch_id=branch, said=said, expected=if_match(request), by=account_of(request))
        return _shown(branch)
