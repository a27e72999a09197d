"""Views that take and answer positions in the datum that the query parameter `datum` names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.parameters import read_query
from config.errors import CodedError
from geo.datum import Datum
from geo.datum_values import into_wgs84, parse_datum, shown_in

DATUM = OpenApiParameter(
    "datum",
    {"type": "string", "enum": list(Datum), "default": Datum.WGS84.value},
    description="Of all positions asked with and answered: `gcj02` is that of Amap and Tencent, `bd09` of Baidu.",
)


class DatumView(APIView):
    """Read the query by `query_of` and the body by `body_of`; answers and places of faults are turned here."""

    datum = Datum.WGS84

    def query_of(
        self, request: Request, *, known: Collection[str], max_characters: Mapping[str, int] | None = None
    ) -> dict[str, str]:
        """As `read_query`, with `datum` known, taken out and kept."""
        params = read_query(request, known={*known, "datum"}, max_characters=max_characters)
        if "datum" in params:
            self.datum = parse_datum(params.pop("datum"))
        return params

    def body_of(self, request: Request) -> Any:
        """The body, in WGS84. After `query_of`."""
        return into_wgs84(request.data, self.datum)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, CodedError):
            exc.members = shown_in(exc.members, self.datum)
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if isinstance(response, Response):  # views answer Django's own too
            response.data = shown_in(response.data, self.datum)
        return super().finalize_response(request, response, *args, **kwargs)
