"""Services of a merchant's branches, under /v1/merchant/. Who may: listings/access.py."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import AccountView, account_of
from booking import selectors
from booking.models import Service
from booking.offering import schema, services
from booking.offering.access import access_service
from booking.offering.facts import parse_changes, parse_new
from booking.offering.presentation import over_data, service_data
from config.api.parameters import read_query
from config.api.preconditions import if_match
from config.api.values import parse_uuid, whole_of
from config.errors import InvalidParameter
from listings.access import access_branch
from listings.models import Branch
from listings.roles import Action

BRANCH = OpenApiParameter("branch_id", UUID, OpenApiParameter.PATH, description="`id` of a branch of yours.")
SERVICE = OpenApiParameter("service_id", UUID, OpenApiParameter.PATH, description="`id` of a service.")
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag that it was read with, or `*`."
)
HEADERS = {"Cache-Control": "private, no-store"}
MAX_PAGE = 100


def branch_for(request: Request, branch_id: str, action: Action) -> Branch:
    return access_branch(account_of(request), parse_uuid(branch_id, parameter="branch_id"), action)


def service_for(request: Request, service_id: str, action: Action) -> Service:
    return access_service(account_of(request), parse_uuid(service_id, parameter="service_id"), action)


def _shown(service: Service, *, status: int = 200) -> Response:
    total, over = selectors.slots_over(service.id, now=timezone.now())
    data = {**service_data(service), "over_capacity_total": total, "over_capacity": over_data(over)}
    return Response(data, status=status, headers={**HEADERS, "ETag": data["etag"]})


class ServicesView(AccountView):
    @extend_schema(
        operation_id="services",
        summary="What can be booked at a branch, by name, what is offered no more among it.",
        tags=["offering"],
        parameters=[
            BRANCH,
            OpenApiParameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 50},
                description="Services of one page.",
            ),
            OpenApiParameter("after", UUID, description="`next_after` of the page before."),
        ],
        responses=schema.ServicesShape,
    )
    def get(self, request: Request, branch_id: str) -> Response:
        params = read_query(request, known={"limit", "after"})
        limit = whole_of(params, "limit", minimum=1, maximum=MAX_PAGE, default=50)
        branch = branch_for(request, branch_id, Action.SEE)
        found = branch.services.prefetch_related("resources").order_by("name", "id")
        if "after" in params:
            last = branch.services.filter(id=parse_uuid(params["after"], parameter="after")).first()
            if last is None:
                raise InvalidParameter("after", "There is no such page: the branch has no service of this id.")
            found = found.filter(Q(name__gt=last.name) | Q(name=last.name, id__gt=last.id))
        page = list(found[: limit + 1])
        return Response(
            {
                "items": [service_data(service) for service in page[:limit]],
                "next_after": str(page[limit - 1].id) if len(page) > limit else None,
            },
            headers=HEADERS,
        )

    @extend_schema(
        operation_id="service_create",
        summary="A new service. It can be booked at once, unless `is_offered` is false.",
        tags=["offering"],
        parameters=[BRANCH],
        request=schema.NewService,
        responses={201: schema.ServiceInFullShape},
    )
    def post(self, request: Request, branch_id: str) -> Response:
        read_query(request, known=())
        branch = branch_for(request, branch_id, Action.MANAGE_SERVICES)
        facts = parse_new(request.data)
        return _shown(services.create_service(branch_id=branch.id, facts=facts, by=account_of(request)), status=201)


class ServiceView(AccountView):
    @extend_schema(
        operation_id="service",
        summary="One service. The header ETag is what a change sends as If-Match.",
        tags=["offering"],
        parameters=[SERVICE],
        responses=schema.ServiceInFullShape,
    )
    def get(self, request: Request, service_id: str) -> Response:
        read_query(request, known=())
        return _shown(service_for(request, service_id, Action.SEE))

    @extend_schema(
        operation_id="service_change",
        summary="Change what the body names; what is booked stays as it was agreed.",
        tags=["offering"],
        parameters=[SERVICE, IF_MATCH],
        request=schema.ServiceChange,
        responses=schema.ServiceInFullShape,
    )
    def patch(self, request: Request, service_id: str) -> Response:
        read_query(request, known=())
        service = service_for(request, service_id, Action.MANAGE_SERVICES)
        changed = services.change_service(
            service_id=service.id,
            changes=parse_changes(request.data),
            expected=if_match(request),
            by=account_of(request),
        )
        return _shown(changed)
