"""Where a branch may be said to be. The last position of one that tells none any more is nobody's to see."""

from __future__ import annotations

from datetime import datetime

from django.contrib.gis.geos import Point as GeometryPoint

from listings.models import Branch


def is_live(branch: Branch, *, now: datetime) -> bool:
    """It is a mobile branch, and where it says."""
    return branch.position_until is not None and branch.position_until > now


def is_somewhere(branch: Branch, *, now: datetime) -> bool:
    """Its point is where it is. A mobile branch that tells no position is nowhere: measure nothing from its point."""
    return branch.home_point is None or is_live(branch, now=now)


def shown_point(branch: Branch, *, now: datetime) -> GeometryPoint:
    """Where it is; of a mobile branch that tells no position, its home."""
    if branch.home_point is None or is_live(branch, now=now):
        return branch.point
    return branch.home_point
