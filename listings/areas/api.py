"""Service areas of a merchant's branches, under /v1/merchant/. Who may: listings/access.py."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import AccountView, account_of
from config.api.bodies import read_object
from config.api.parameters import read_query
from config.api.preconditions import if_match
from config.api.values import parse_uuid, parse_whole, whole_of
from config.errors import InvalidParameter, NotFound
from geo.datum_view import DATUM, DatumView
from listings.access import access_branch
from listings.areas import schema, selectors, services
from listings.areas.corners import MAX_CORNERS
from listings.areas.drafts import FIELDS, parse_draft, parse_name, parse_position
from listings.areas.presentation import area_data, named_area_data, version_data, version_head
from listings.areas.preview import SCANNED_PLACES, preview_draft, preview_version
from listings.areas.selectors import CurrentArea
from listings.models import Branch, NamedArea, ServiceArea
from listings.roles import Action

BRANCH = OpenApiParameter("branch_id", UUID, OpenApiParameter.PATH, description="`id` of a branch of yours.")
AREA = OpenApiParameter("area_id", UUID, OpenApiParameter.PATH, description="`id` of a service area.")
NUMBER = OpenApiParameter(
    "number", {"type": "integer", "minimum": 1}, OpenApiParameter.PATH, description="`number` of a version of the area."
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag that the area was read with, or `*`."
)
_BOUND = (
    f"It and the branch's other published areas of the mode have at most {MAX_CORNERS} corners together, those of "
    "named areas as often as bands refer to them: `areas_too_detailed` beyond. Places are counted to their cap, and "
    f"looked for among the first {SCANNED_PLACES} in the box."
)
_PUBLISHED_BOUND = (
    f"All that is published of a branch has at most {MAX_CORNERS} corners together, those of named areas as often as "
    "bands refer to them: `areas_too_detailed` beyond."
)
MAX_NUMBER = 1_000_000
MAX_NAMED = 50


def _branch(request: Request, branch_id: str, action: Action) -> Branch:
    return access_branch(account_of(request), parse_uuid(branch_id, parameter="branch_id"), action)


def _area(request: Request, area_id: str, action: Action) -> ServiceArea:
    """The area, if its branch is one that the asker may do this at. What is another's does not exist."""
    area = ServiceArea.objects.filter(id=parse_uuid(area_id, parameter="area_id")).first()
    missing = NotFound("There is no service area of this id.")
    if area is None:
        raise missing
    try:
        access_branch(account_of(request), area.branch_id, action)
    except NotFound:
        raise missing from None
    return area


def _shown(area_id: UUID, *, status: int = 200) -> Response:
    current = selectors.area_of(area_id)
    return Response(
        _data(current), status=status, headers={"ETag": _tag(current), "Cache-Control": "private, no-store"}
    )


def _tag(current: CurrentArea) -> str:
    return services.tag_of(current.draft, current.published)


def _data(current: CurrentArea) -> dict[str, Any]:
    return {**area_data(current.area, draft=current.draft, published=current.published), "etag": _tag(current)}


def _mode(value: Any) -> str:
    if value not in ServiceArea.Mode.values:
        raise InvalidParameter("mode", f"One of {', '.join(ServiceArea.Mode.values)} is expected.")
    return str(value)


class BranchAreasView(DatumView, AccountView):
    @extend_schema(
        operation_id="areas",
        summary="The service areas of a branch: what is drafted and what is published.",
        tags=["service areas"],
        parameters=[BRANCH, DATUM],
        responses=schema.AreasShape,
    )
    def get(self, request: Request, branch_id: str) -> Response:
        self.query_of(request, known=())
        branch = _branch(request, branch_id, Action.SEE)
        return Response({"items": [_data(current) for current in selectors.areas_of(branch.id)]})

    @extend_schema(
        operation_id="area_create",
        summary="A new service area, as a draft that nobody is served by yet.",
        tags=["service areas"],
        parameters=[BRANCH, DATUM],
        request=schema.NewAreaRequest,
        responses={201: schema.AreaShape},
    )
    def post(self, request: Request, branch_id: str) -> Response:
        self.query_of(request, known=())
        branch = _branch(request, branch_id, Action.MANAGE_AREAS)
        data = read_object(self.body_of(request), known={"mode", "name", "position", "draft"})
        area = services.create_area(
            branch_id=branch.id,
            mode=_mode(data.get("mode")),
            name=parse_name(data.get("name")),
            position=parse_position(data.get("position")),
            draft=parse_draft(data.get("draft"), path="draft"),
            by=account_of(request),
            now=timezone.now(),
        )
        return _shown(area.id, status=201)


class AreaCheckView(DatumView, AccountView):
    @extend_schema(
        operation_id="area_check",
        summary="What a version would cover, or the reason and place of its fault. Nothing is stored.",
        description=_BOUND,
        tags=["service areas"],
        parameters=[BRANCH, DATUM],
        request=schema.CheckRequest,
        responses=schema.PreviewShape,
    )
    def post(self, request: Request, branch_id: str) -> Response:
        self.query_of(request, known=())
        branch = _branch(request, branch_id, Action.SEE)
        data = read_object(self.body_of(request), known={"mode", "area_id", "draft"})
        besides = data.get("area_id")
        if besides is not None and not isinstance(besides, str):
            raise InvalidParameter("area_id", "A UUID is expected.")
        return Response(
            preview_draft(
                branch=branch,
                mode=_mode(data.get("mode")),
                draft=parse_draft(data.get("draft"), path="draft"),
                besides=None if besides is None else parse_uuid(besides, parameter="area_id"),
            )
        )


class AreaView(DatumView, AccountView):
    @extend_schema(
        operation_id="area",
        summary="One service area: its draft and what is published. The header ETag is what writes send as If-Match.",
        tags=["service areas"],
        parameters=[AREA, DATUM],
        responses=schema.AreaShape,
    )
    def get(self, request: Request, area_id: str) -> Response:
        self.query_of(request, known=())
        return _shown(_area(request, area_id, Action.SEE).id)


class DraftView(DatumView, AccountView):
    @extend_schema(
        operation_id="area_draft",
        summary="Replace the draft, or begin one beside what is published.",
        tags=["service areas"],
        parameters=[AREA, IF_MATCH, DATUM],
        request=schema.DraftRequest,
        responses=schema.AreaShape,
    )
    def put(self, request: Request, area_id: str) -> Response:
        self.query_of(request, known=())
        area = _area(request, area_id, Action.MANAGE_AREAS)
        services.save_draft(
            area_id=area.id,
            expected=if_match(request),
            draft=parse_draft(read_object(self.body_of(request), known=FIELDS)),
            by=account_of(request),
            now=timezone.now(),
        )
        return _shown(area.id)

    @extend_schema(
        operation_id="area_draft_discard",
        summary="Forget the draft; an area that was never published goes with it.",
        tags=["service areas"],
        parameters=[AREA, IF_MATCH],
        responses={204: None},
    )
    def delete(self, request: Request, area_id: str) -> HttpResponse:
        read_query(request, known=())
        area = _area(request, area_id, Action.MANAGE_AREAS)
        services.discard_draft(area_id=area.id, expected=if_match(request), by=account_of(request))
        return HttpResponse(status=204)


class PreviewView(DatumView, AccountView):
    @extend_schema(
        operation_id="area_preview",
        summary="What the draft would cover; without a draft, what is published covers.",
        description=_BOUND,
        tags=["service areas"],
        parameters=[AREA, DATUM],
        responses=schema.PreviewShape,
    )
    def get(self, request: Request, area_id: str) -> Response:
        self.query_of(request, known=())
        current = selectors.area_of(_area(request, area_id, Action.SEE).id)
        version = current.draft or current.published
        if version is None:
            raise services.AreaStepImpossible("The area has neither a draft nor a published version.")
        return Response(preview_version(area=current.area, version=version))


class PublishView(DatumView, AccountView):
    @extend_schema(
        operation_id="area_publish",
        summary="Serve by the draft from now on; search follows within two seconds.",
        description=_PUBLISHED_BOUND,
        tags=["service areas"],
        parameters=[AREA, IF_MATCH, DATUM],
        request=schema.NothingRequest,
        responses=schema.AreaShape,
    )
    def post(self, request: Request, area_id: str) -> Response:
        self.query_of(request, known=())
        read_object(self.body_of(request), known=())
        area = _area(request, area_id, Action.MANAGE_AREAS)
        services.publish(area_id=area.id, expected=if_match(request), by=account_of(request), now=timezone.now())
        return _shown(area.id)


class RollBackView(DatumView, AccountView):
    @extend_schema(
        operation_id="area_roll_back",
        summary="Publish a copy of an earlier version.",
        description=_PUBLISHED_BOUND,
        tags=["service areas"],
        parameters=[AREA, IF_MATCH, DATUM],
        request=schema.RollBackRequest,
        responses=schema.AreaShape,
    )
    def post(self, request: Request, area_id: str) -> Response:
        self.query_of(request, known=())
        number = read_object(self.body_of(request), known={"number"}).get("number")
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= MAX_NUMBER:
            raise InvalidParameter("number", "The number of an earlier version is expected.", limit=f"1..{MAX_NUMBER}")
        area = _area(request, area_id, Action.MANAGE_AREAS)
        services.roll_back(
            area_id=area.id, number=number, expected=if_match(request), by=account_of(request), now=timezone.now()
        )
        return _shown(area.id)


class RetireView(DatumView, AccountView):
    @extend_schema(
        operation_id="area_retire",
        summary="Serve nobody by this area any more; its history stays.",
        tags=["service areas"],
        parameters=[AREA, IF_MATCH, DATUM],
        request=schema.NothingRequest,
        responses=schema.AreaShape,
    )
    def post(self, request: Request, area_id: str) -> Response:
        self.query_of(request, known=())
        read_object(self.body_of(request), known=())
        area = _area(request, area_id, Action.MANAGE_AREAS)
        services.retire(area_id=area.id, expected=if_match(request), by=account_of(request), now=timezone.now())
        return _shown(area.id)


class VersionsView(AccountView):
    @extend_schema(
        operation_id="area_versions",
        summary="The history, newest first: who drafted, published and retired what, and when.",
        tags=["service areas"],
        parameters=[
            AREA,
            OpenApiParameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": 100, "default": 50},
                description="Versions of one page.",
            ),
            OpenApiParameter(
                "before", {"type": "integer", "minimum": 1}, description="`next_before` of the page before."
            ),
        ],
        responses=schema.VersionsShape,
    )
    def get(self, request: Request, area_id: str) -> Response:
        params = read_query(request, known={"limit", "before"})
        limit = whole_of(params, "limit", minimum=1, maximum=100, default=50)
        before = whole_of(params, "before", minimum=1, maximum=MAX_NUMBER, default=MAX_NUMBER)
        area = _area(request, area_id, Action.SEE)
        found = list(area.versions.filter(number__lt=before).order_by("-number")[: limit + 1])
        return Response(
            {
                "items": [version_head(version) for version in found[:limit]],
                "next_before": found[limit - 1].number if len(found) > limit else None,
            }
        )


class VersionView(DatumView, AccountView):
    @extend_schema(
        operation_id="area_version",
        summary="One version in full.",
        tags=["service areas"],
        parameters=[AREA, NUMBER, DATUM],
        responses=schema.VersionShape,
    )
    def get(self, request: Request, area_id: str, number: str) -> Response:
        self.query_of(request, known=())
        wanted = parse_whole(number, parameter="number", minimum=1, maximum=MAX_NUMBER)
        return Response(version_data(selectors.version_of(_area(request, area_id, Action.SEE), wanted)))


class NamedAreasView(AccountView):
    @extend_schema(
        operation_id="named_areas",
        summary="Districts, postcodes and the like whose name or id begins with `q`, by name.",
        tags=["service areas"],
        parameters=[
            OpenApiParameter(
                "q", {"type": "string", "maxLength": 100}, description="How a name or an id begins; left out: all."
            ),
            OpenApiParameter("kind", {"type": "string", "maxLength": 30}, description="district, postcode, …"),
            OpenApiParameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": MAX_NAMED, "default": 20},
                description="Named areas told; there is no second page: type more of the name.",
            ),
        ],
        responses=schema.NamedAreasShape,
    )
    def get(self, request: Request) -> Response:
        params = read_query(request, known={"q", "kind", "limit"}, max_characters={"q": 100, "kind": 30})
        limit = whole_of(params, "limit", minimum=1, maximum=MAX_NAMED, default=20)
        found = selectors.named_areas(text=params.get("q", "").strip(), kind=params.get("kind", ""), limit=limit)
        return Response({"items": [named_area_data(each) for each in found]})


class NamedAreaView(DatumView, AccountView):
    @extend_schema(
        operation_id="named_area",
        summary="One named area with its shape.",
        tags=["service areas"],
        parameters=[
            OpenApiParameter("named_area_id", UUID, OpenApiParameter.PATH, description="`id` of a named area."),
            DATUM,
        ],
        responses=schema.NamedAreaInFullShape,
    )
    def get(self, request: Request, named_area_id: str) -> Response:
        self.query_of(request, known=())
        found = NamedArea.objects.filter(id=parse_uuid(named_area_id, parameter="named_area_id")).first()
        if found is None:
            raise NotFound("There is no named area of this id.")
        return Response(named_area_data(found, with_shape=True))
