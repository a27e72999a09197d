"""Which cells a map is counted by: from a zoom or a resolution, within a number that a screen can show. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from math import radians, sin

from config.api.values import parse_whole
from config.errors import InvalidParameter
from geo.cells import TooManyCells, resolution_for_zoom
from geo.params import parse_decimal
from geo.types import Box
from search.parameters import MAX_ZOOM
from search.results import CELL_RESOLUTION

MAX_CELLS = 20_000
"""The most cells that may lie in a viewport. A full 4K screen at the zoom's own resolution holds under 10,000."""


def cells_within(box: Box, resolution: int) -> int:
    """About how many H3 cells the box holds: its share of the sphere of 2 + 120 · 7^resolution cells."""
    share: float = sum(
        (half.east - half.west) / 360 * (sin(radians(half.north)) - sin(radians(half.south))) / 2
        for half in box.halves()
    )
    cells_on_earth: int = 2 + 120 * 7**resolution
    return round(share * cells_on_earth)


def parse_resolution(params: Mapping[str, str], *, box: Box) -> int:
    """The resolution of `zoom` or `resolution`, one of which is given. Raises InvalidParameter, TooManyCells."""
    given = [name for name in ("resolution", "zoom") if name in params]
    if len(given) != 1:
        raise InvalidParameter("resolution", "Give resolution or zoom, one of the two.")
    if given == ["zoom"]:
        zoom = parse_decimal(params["zoom"], parameter="zoom", minimum=0, maximum=MAX_ZOOM, unit="")
        resolution = min(CELL_RESOLUTION, resolution_for_zoom(zoom))
    else:
        resolution = parse_whole(params["resolution"], parameter="resolution", minimum=0, maximum=CELL_RESOLUTION)
    if (cells := cells_within(box, resolution)) > MAX_CELLS:
        finest = max(r for r in range(CELL_RESOLUTION + 1) if cells_within(box, r) <= MAX_CELLS)
        raise TooManyCells(
            given[0],
            f"The viewport holds about {cells} cells of resolution {resolution}; {MAX_CELLS} may be asked for. "
            f"Resolution {finest} fits.",
            limit=f"{MAX_CELLS} cells",
            estimated_cells=cells,
            finest_resolution=finest,
        )
    return resolution
