"""How many corners the shapes of a branch may have together: what is published of it, and what is previewed."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import connection

from config.errors import CodedError

MAX_CORNERS = 200_000
"""Of all shapes together, those of named areas as often as bands refer to them. A radius has none."""

_COUNT = """
SELECT coalesce(sum(ST_NPoints(shape)), 0) FROM (
  SELECT coalesce(band.geometry, named.geometry) AS shape
  FROM listings_areaband AS band LEFT JOIN listings_namedarea AS named ON named.id = band.named_area_id
  WHERE band.version_id = ANY(%(versions)s)
  UNION ALL
  SELECT named.geometry FROM unnest(%(named)s::uuid[]) AS wanted (id) JOIN listings_namedarea AS named USING (id)
) AS counted
"""


class AreasTooDetailed(CodedError):
    """Shapes that are taken together have more corners than `limit`: draw them simpler, or refer to fewer areas."""

    code = "areas_too_detailed"
    status = 409
    title = "The service areas have too many corners together"


def refuse_too_many_corners(
    what: str, *, version_ids: Collection[UUID], named_area_ids: Collection[UUID] = (), drawn: int = 0
) -> None:
    """AreasTooDetailed where the bands of the versions, the named areas and the drawn corners are too many together.

    One statement; no shape is brought out of the database.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"versions": list(version_ids), "named": list(named_area_ids)})
        (corners,) = cursor.fetchone()
    if corners + drawn > MAX_CORNERS:
        raise AreasTooDetailed(
            f"{what} {corners + drawn} corners together; at most {MAX_CORNERS} are taken. Draw simpler shapes, or refer"
            " to fewer or coarser named areas.",
            limit=MAX_CORNERS,
        )
