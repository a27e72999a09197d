"""JSON out, by orjson. A hot read hands over plain dicts (or `orjson.Fragment`) and no serializer runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.metadata import BaseMetadata
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class JSONRenderer(BaseRenderer):
    """UTF-8 JSON. TypeError for what JSON cannot say: a bug in a view, answered as internal_error."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,  # noqa: ARG002 - DRF's signature
        renderer_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - DRF's signature
    ) -> bytes:
        return b"" if data is None else orjson.dumps(data)


class AllowedMethods(BaseMetadata):
    """What OPTIONS answers: the methods, and nothing about how the view is written."""

    def determine_metadata(self, request: Request, view: Any) -> dict[str, Any]:  # noqa: ARG002 - DRF's signature
        return {"methods": view.allowed_methods}
