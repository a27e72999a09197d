"""Resources of a merchant's branches, under /v1/merchant/. Who may: listings/access.py."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import AccountView, account_of
from booking.models import Resource
from booking.offering import resources, schema
from booking.offering.access import access_resource
from booking.offering.api import BRANCH, HEADERS, IF_MATCH, branch_for
from booking.offering.facts import MAX_RESOURCE_ID, parse_new_resource, parse_resource_changes
from booking.offering.presentation import resource_data
from config.api.parameters import read_query
from config.api.preconditions import if_match
from config.api.values import parse_whole
from listings.roles import Action

RESOURCE = OpenApiParameter(
    "resource_id",
    {"type": "integer", "minimum": 1, "maximum": MAX_RESOURCE_ID},
    OpenApiParameter.PATH,
    description="`id` of a resource.",
)


def _resource(request: Request, resource_id: str, action: Action) -> Resource:
    wanted = parse_whole(resource_id, parameter="resource_id", minimum=1, maximum=MAX_RESOURCE_ID)
    return access_resource(account_of(request), wanted, action)


def _shown(resource: Resource, *, status: int = 200) -> Response:
    data = resource_data(resource)
    return Response(data, status=status, headers={**HEADERS, "ETag": data["etag"]})


class ResourcesView(AccountView):
    @extend_schema(
        operation_id="resources",
        summary="Tables, chairs, people: what serves one booking at a time, by name; at most 200.",
        tags=["offering"],
        parameters=[BRANCH],
        responses=schema.ResourcesShape,
    )
    def get(self, request: Request, branch_id: str) -> Response:
        read_query(request, known=())
        branch = branch_for(request, branch_id, Action.SEE)
        found = branch.resources.filter(removed_at=None).order_by("name", "id")
        return Response({"items": [resource_data(resource) for resource in found]}, headers=HEADERS)

    @extend_schema(
        operation_id="resource_create",
        summary="A new resource. A service uses it once it names it.",
        tags=["offering"],
        parameters=[BRANCH],
        request=schema.NewResource,
        responses={201: schema.ResourceShape},
    )
    def post(self, request: Request, branch_id: str) -> Response:
        read_query(request, known=())
        branch = branch_for(request, branch_id, Action.MANAGE_SERVICES)
        facts = parse_new_resource(request.data)
        return _shown(resources.create_resource(branch_id=branch.id, facts=facts, by=account_of(request)), status=201)


class ResourceView(AccountView):
    @extend_schema(
        operation_id="resource_change",
        summary="Change its name or its seats; who is placed there stays.",
        tags=["offering"],
        parameters=[RESOURCE, IF_MATCH],
        request=schema.ResourceChange,
        responses=schema.ResourceShape,
    )
    def patch(self, request: Request, resource_id: str) -> Response:
        read_query(request, known=())
        resource = _resource(request, resource_id, Action.MANAGE_SERVICES)
        changed = resources.change_resource(
            resource_id=resource.id,
            changes=parse_resource_changes(request.data),
            expected=if_match(request),
            by=account_of(request),
        )
        return _shown(changed)

    @extend_schema(
        operation_id="resource_remove",
        summary="Remove it; not while bookings to come have it, or as the only one of a service.",
        tags=["offering"],
        parameters=[RESOURCE, IF_MATCH],
        request=None,
        responses={204: None},
    )
    def delete(self, request: Request, resource_id: str) -> HttpResponse:
        read_query(request, known=())
        resource = _resource(request, resource_id, Action.MANAGE_SERVICES)
        resources.remove_resource(
            resource_id=resource.id, expected=if_match(request), by=account_of(request), now=timezone.now()
        )
        return HttpResponse(status=204)
