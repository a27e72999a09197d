"""What a search finds within one map tile: pins where few match, counted cells where many do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf, nextafter
from typing import Any

import orjson

from geo.cells import resolution_for_zoom
from geo.point_tiles import point_tile
from geo.tiles import Tile, tile_box
from geo.types import Box, Point
from search.backends.base import SearchBackend
from search.parameters import MAX_ZOOM
from search.query import SearchQuery
from search.results import CELL_RESOLUTION, Hit

PINS_FROM_ZOOM = 14
MAX_PINS = 100
"""A tile holds pins where at most this many match in it; else cells, which sum to what matches."""


def tile_area(tile: Tile) -> Box:
    """What belongs to the tile: its west and north edges, not its east and south, so that neighbours never share."""
    box = tile_box(tile)
    last_column = tile.x == 2**tile.z - 1
    east = box.east if last_column else nextafter(box.east, -inf)
    return Box(box.west, nextafter(box.south, inf), east, box.north)


def offer_tile(backend: SearchBackend, query: SearchQuery, tile: Tile) -> bytes:
    """Source layers `pins` (id, kind, name, category, rank from 1 within the tile) and `clusters` (cell, count).

    One of the two is empty. All that the question matches within the tile is in it, once. Area and origin are the
    tile's. The question must not collapse chains: one would count in each tile.
    """
    asked = replace(query, area=tile_area(tile), origin=tile_box(tile).centre, facets=frozenset(), limit=MAX_PINS)
    if asked.impossible:
        return b""
    if tile.z >= PINS_FROM_ZOOM:
        page = backend.search(asked)
        if page.next_after is None:
            return point_tile(tile, {"pins": [_pin(hit, rank) for rank, hit in enumerate(page.hits, start=1)]})
    resolution = min(CELL_RESOLUTION, resolution_for_zoom(min(MAX_ZOOM, tile.z)))
    found = backend.clusters(asked, resolution=resolution)
    return point_tile(
        tile,
        {"clusters": [(Point(c.lon, c.lat), {"cell": f"{c.cell:x}", "count": c.count}) for c in found.cells]},
    )


def _pin(hit: Hit, rank: int) -> tuple[Point, Mapping[str, Any]]:
    card = orjson.loads(hit.card)
    facts = {
        "id": hit.id,
        "kind": hit.id.split(":", 1)[0],
        "name": card.get("name", ""),
        "category": (card.get("category") or {}).get("slug", ""),
        "rank": rank,
    }
    return Point(card["lon"], card["lat"]), facts
