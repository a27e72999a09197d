"""Named areas among what can be suggested."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.contrib.gis.db.models.functions import PointOnSurface

from geo.types import Point
from listings.models import NamedArea
from search.backends.postgis import subjects
from search.subjects import Subject, SubjectType


def suggest_named_areas(ids: Collection[UUID]) -> None:
    """Put those that are there, each at a point inside it, and take away those that are not."""
    found = NamedArea.objects.filter(id__in=ids).annotate(inside=PointOnSurface("geometry")).defer("geometry")
    known = {area.id: area for area in found}
    subjects.put(
        Subject(SubjectType.AREA, str(area.id), area.name, area.names, Point(area.inside.x, area.inside.y))
        for area in known.values()
    )
    subjects.remove(SubjectType.AREA, [str(each) for each in ids if each not in known])
