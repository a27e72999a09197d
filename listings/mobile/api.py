"""Where a mobile branch is, under /v1/merchant/. Who may: listings/access.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from accounts.authentication import AccountView, account_of
from config.api.bodies import read_object
from config.api.parameters import read_query
from config.api.throttling import ClientThrottle, WriteThrottle
from config.api.values import parse_uuid
from config.errors import CodedError, InvalidParameter
from config.instants import instant_text, parse_instant
from geo.datum_view import DATUM, DatumView
from geo.params import point_of
from listings.access import access_branch
from listings.mobile import schema, services
from listings.mobile.shown import is_live
from listings.models import Branch
from listings.roles import Action

BRANCH = OpenApiParameter("branch_id", UUID, OpenApiParameter.PATH, description="`id` of a branch of yours.")
_HEADERS = {"Cache-Control": "private, no-store"}


class ReportThrottle(ClientThrottle):
    """Of one branch by one account, so that a fleet behind one address is not held to the limit of one.

    Who may not report there is counted as any client that writes: ids that they think up give them nothing.
    """

    scope = "position"

    def allow_request(self, request: Request, view: Any) -> bool:
        try:
            branch = _branch(request, view.kwargs["branch_id"], Action.REPORT_POSITION)
        except CodedError:
            return WriteThrottle().take(request)
        return self.take(request, client=f"{account_of(request).pk}:{branch.id}")


def _branch(request: Request, branch_id: str, action: Action) -> Branch:
    return access_branch(account_of(request), parse_uuid(branch_id, parameter="branch_id"), action)


def _data(branch: Branch, *, now: datetime) -> dict[str, Any]:
    live = is_live(branch, now=now)
    return {
        "branch_id": str(branch.id),
        "is_mobile": branch.home_point is not None,
        "is_live": live,
        "lat": round(branch.point.y, 7) if live else None,
        "lon": round(branch.point.x, 7) if live else None,
        "reported_at": instant_text(branch.position_at) if live and branch.position_at else None,
        "stale_at": instant_text(branch.position_until) if live and branch.position_until else None,
    }


class PositionView(DatumView, AccountView):
    def get_throttles(self) -> list[BaseThrottle]:
        return [ReportThrottle()] if self.request.method == "PUT" else super().get_throttles()

    @extend_schema(
        operation_id="position",
        summary="Where a mobile branch is now.",
        tags=["merchant"],
        parameters=[BRANCH, DATUM],
        responses=schema.PositionShape,
    )
    def get(self, request: Request, branch_id: str) -> Response:
        self.query_of(request, known=())
        branch = _branch(request, branch_id, Action.SEE)
        return Response(_data(branch, now=timezone.now()), headers=_HEADERS)

    @extend_schema(
        operation_id="position_report",
        summary="Say where a mobile branch is; it is found there within two seconds, and for five minutes.",
        tags=["merchant"],
        parameters=[BRANCH, DATUM],
        request=schema.PositionRequest,
        responses=schema.ReportedShape,
    )
    def put(self, request: Request, branch_id: str) -> Response:
        self.query_of(request, known=())
        branch = _branch(request, branch_id, Action.REPORT_POSITION)
        data = read_object(self.body_of(request), known={"lat", "lon", "at"})
        point, at, now = point_of(data), data.get("at"), timezone.now()
        if point is None:
            raise InvalidParameter("lat", "Say where the branch is, with lat and lon.")
        if at is not None and not isinstance(at, str):
            raise InvalidParameter("at", "An instant is expected, such as 2026-11-25T18:00:00Z.")
        reported = services.report_position(
            branch_id=branch.id,
            point=point,
            at=now if at is None else parse_instant(at, parameter="at"),
            by=account_of(request),
            now=now,
        )
        return Response({**_data(reported.branch, now=now), "kept": reported.kept}, headers=_HEADERS)

    @extend_schema(
        operation_id="position_withdraw",
        summary="Forget where a mobile branch is: nobody finds it until it reports again.",
        tags=["merchant"],
        parameters=[BRANCH],
        responses={204: None},
    )
    def delete(self, request: Request, branch_id: str) -> HttpResponse:
        read_query(request, known=())
        branch = _branch(request, branch_id, Action.REPORT_POSITION)
        services.withdraw_position(branch_id=branch.id, by=account_of(request), now=timezone.now())
        return HttpResponse(status=204)
