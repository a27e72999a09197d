"""What bodies and answers look like, for the OpenAPI document alone: none passes through these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from geo.areas import MAX_VERTICES
from listings.areas.drafts import (
    MAX_BANDS,
    MAX_ETA_MINUTES,
    MAX_HOURS_CHARACTERS,
    MAX_MINOR,
    MAX_NAME_CHARACTERS,
    MAX_POSITION,
    MAX_RADIUS_METRES,
)
from listings.models import ServiceArea, ServiceAreaVersion

if TYPE_CHECKING:
    Shape = serializers.Serializer[Any]
else:
    Shape = serializers.Serializer

MODES, VERSION_STATES = ServiceArea.Mode.values, ServiceAreaVersion.State.values
_POSITION = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3}
_RING = {"type": "array", "items": _POSITION, "minItems": 4, "maxItems": MAX_VERTICES}
_POLYGON = {"type": "array", "items": _RING, "minItems": 1, "maxItems": 51}
_MULTIPOLYGON = {"type": "array", "items": _POLYGON, "minItems": 1}


def _geometry(kind: str, coordinates: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", "coordinates"],
        "properties": {"type": {"type": "string", "enum": [kind]}, "coordinates": coordinates},
    }


@extend_schema_field(
    {
        "oneOf": [_geometry("Polygon", _POLYGON), _geometry("MultiPolygon", {**_MULTIPOLYGON, "maxItems": 50})],
        "description": "GeoJSON, [lon, lat]. Together over all bands 2,000 positions, 50 parts, 50 holes.",
    }
)
class AreaInField(serializers.JSONField):
    """A drawn area as it is sent."""


@extend_schema_field({**_geometry("MultiPolygon", _MULTIPOLYGON), "description": "GeoJSON, cut at the 180th meridian."})
class AreaOutField(serializers.JSONField):
    """A drawn area as it is answered."""


class NothingRequest(Shape):
    pass


class BandRequest(Shape):
    radius_metres = serializers.IntegerField(
        min_value=1, max_value=MAX_RADIUS_METRES, required=False, allow_null=True, help_text="Round the branch."
    )
    area = AreaInField(required=False, allow_null=True)
    named_area_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="Exactly one of radius_metres, area and named_area_id is given."
    )
    fee_minor = serializers.IntegerField(min_value=0, max_value=MAX_MINOR, required=False, default=0)
    minimum_minor = serializers.IntegerField(min_value=0, max_value=MAX_MINOR, required=False, default=0)
    eta_min_minutes = serializers.IntegerField(
        min_value=0, max_value=MAX_ETA_MINUTES, required=False, allow_null=True, help_text="Both or neither."
    )
    eta_max_minutes = serializers.IntegerField(min_value=0, max_value=MAX_ETA_MINUTES, required=False, allow_null=True)


class DraftRequest(Shape):
    currency = serializers.RegexField(r"^[A-Z]{3}$", help_text="ISO 4217.")
    valid_from = serializers.DateTimeField(required=False, allow_null=True)
    valid_until = serializers.DateTimeField(required=False, allow_null=True)
    hours = serializers.CharField(
        max_length=MAX_HOURS_CHARACTERS,
        required=False,
        allow_blank=True,
        help_text="OSM opening_hours in the branch's zone; empty: whenever the branch is open.",
    )
    bands = serializers.ListField(
        child=BandRequest(),
        min_length=1,
        max_length=MAX_BANDS,
        help_text="Of those that cover an address the first counts.",
    )


class NewAreaRequest(Shape):
    mode = serializers.ChoiceField(choices=MODES)
    name = serializers.CharField(max_length=MAX_NAME_CHARACTERS)
    position = serializers.IntegerField(
        min_value=0,
        max_value=MAX_POSITION,
        required=False,
        default=0,
        help_text="Where two areas of one mode cover an address, the lower counts.",
    )
    draft = DraftRequest()


class CheckRequest(Shape):
    mode = serializers.ChoiceField(choices=MODES)
    area_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="The area it would be a version of: overlap with it is not told."
    )
    draft = DraftRequest()


class RollBackRequest(Shape):
    number = serializers.IntegerField(min_value=1, max_value=1_000_000)


class NamedAreaShape(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField()
    source = serializers.CharField(help_text="The gazetteer.")  # type: ignore[assignment]  # the key's name; the metaclass takes it away


class NamedAreaInFullShape(NamedAreaShape):
    area = AreaOutField()


class NamedAreasShape(Shape):
    items = NamedAreaShape(many=True)


class BandShape(Shape):
    radius_metres = serializers.IntegerField(allow_null=True)
    area = AreaOutField(allow_null=True)
    named_area = NamedAreaShape(allow_null=True)
    fee_minor = serializers.IntegerField()
    minimum_minor = serializers.IntegerField()
    eta_min_minutes = serializers.IntegerField(allow_null=True)
    eta_max_minutes = serializers.IntegerField(allow_null=True)


class VersionHeadShape(Shape):
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=VERSION_STATES)
    valid_from = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True)
    copied_from = serializers.IntegerField(allow_null=True, help_text="The version that a roll-back went back to.")
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField(
        help_text="Who wrote it as it is, at `edited_at`: the account's address then, or the command."
    )
    edited_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    published_by = serializers.CharField(allow_null=True)
    retired_at = serializers.DateTimeField(allow_null=True)
    retired_by = serializers.CharField(allow_null=True)


class VersionShape(VersionHeadShape):
    currency = serializers.CharField(allow_null=True)
    hours = serializers.CharField(allow_blank=True)
    bands = BandShape(many=True)


class VersionsShape(Shape):
    items = VersionHeadShape(many=True)
    next_before = serializers.IntegerField(allow_null=True)


class AreaShape(Shape):
    id = serializers.UUIDField()
    branch_id = serializers.UUIDField()
    mode = serializers.ChoiceField(choices=MODES)
    name = serializers.CharField()
    position = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    draft = VersionShape(allow_null=True)
    published = VersionShape(allow_null=True)
    etag = serializers.CharField(help_text="What the header ETag of the area is: send it as If-Match.")


class AreasShape(Shape):
    items = AreaShape(many=True)


class BoxShape(Shape):
    west = serializers.FloatField(help_text="Greater than east: across the 180th meridian.")
    south = serializers.FloatField()
    east = serializers.FloatField()
    north = serializers.FloatField()


class BandSizeShape(Shape):
    rank = serializers.IntegerField()
    square_kilometres = serializers.FloatField()


class OverlapShape(Shape):
    area_id = serializers.UUIDField()
    name = serializers.CharField()
    percent = serializers.FloatField(help_text="Of the previewed area, to about one percent.")


class PlacesCoveredShape(Shape):
    value = serializers.IntegerField()
    relation = serializers.ChoiceField(choices=["eq", "gte"])
    cap = serializers.IntegerField(help_text="Counting stops here.")


class PreviewShape(Shape):
    square_kilometres = serializers.FloatField(help_text="Of all bands together, to a few percent.")
    bands = BandSizeShape(many=True)
    box = BoxShape()
    overlaps = OverlapShape(many=True, help_text="With other published areas of the branch in the same mode.")
    places = PlacesCoveredShape(help_text="Places known here that it covers.")
