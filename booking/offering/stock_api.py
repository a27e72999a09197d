"""Stock and cap of a merchant's deals, under /v1/merchant/. Who may: listings/access.py."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import AccountView, account_of
from booking.offering import schema, stock
from booking.offering.access import access_deal
from booking.offering.api import HEADERS, IF_MATCH
from booking.offering.facts import parse_limits
from booking.offering.presentation import limits_data
from config.api.parameters import read_query
from config.api.preconditions import if_match
from config.api.values import parse_uuid
from deals.models import Deal
from listings.roles import Action

DEAL = OpenApiParameter("deal_id", UUID, OpenApiParameter.PATH, description="`id` of a deal of yours.")


def _deal(request: Request, deal_id: str, action: Action) -> Deal:
    return access_deal(account_of(request), parse_uuid(deal_id, parameter="deal_id"), action)


def _shown(deal: Deal) -> Response:
    data = limits_data(deal, taken=stock.taken_of(deal))
    return Response(data, headers={**HEADERS, "ETag": data["etag"]})


class DealLimits(AccountView):
    @extend_schema(
        operation_id="deal_limits",
        summary="How much of a deal may be sold, in all and to one customer, and how much is taken.",
        tags=["offering"],
        parameters=[DEAL],
        responses=schema.LimitsShape,
    )
    def get(self, request: Request, deal_id: str) -> Response:
        read_query(request, known=())
        return _shown(_deal(request, deal_id, Action.SEE))

    @extend_schema(
        operation_id="deal_limits_change",
        summary="Change the stock, not below what is taken, or the cap; null is no limit.",
        tags=["offering"],
        parameters=[DEAL, IF_MATCH],
        request=schema.LimitsChange,
        responses=schema.LimitsShape,
    )
    def patch(self, request: Request, deal_id: str) -> Response:
        read_query(request, known=())
        deal = _deal(request, deal_id, Action.MANAGE_SERVICES)
        changed = stock.change_limits(
            deal_id=deal.id, changes=parse_limits(request.data), expected=if_match(request), by=account_of(request)
        )
        return _shown(changed)
