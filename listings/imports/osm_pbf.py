"""OpenStreetMap PBF: named nodes, closed ways and multipolygons whose tags name a category. Reads only.

Objects without a name or a category are not places, and are passed over without a report. A way that closes on itself
is read once, as an area; an area stands at its centroid.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import osmium
from osmium.geom import WKBFactory
from shapely import from_wkb

from listings.category_tree import tree
from listings.imports.osm_tags import row_from_tags
from listings.imports.places import BrokenRecord, FileRefused, RawRow, Reason


def rows(path: Path) -> Iterator[RawRow | BrokenRecord]:
    """In the file's order, nodes before areas. FileRefused where it is not a readable PBF."""
    categories = tree()
    wkb = WKBFactory()
    record = 0
    processor = osmium.FileProcessor(osmium.io.File(str(path), "pbf")).with_areas(osmium.filter.KeyFilter("name"))
    try:
        for thing in processor.with_filter(osmium.filter.KeyFilter("name")):
            if isinstance(thing, osmium.osm.Node):
                kind, number = "node", thing.id
            elif isinstance(thing, osmium.osm.Area):
                kind, number = "way" if thing.from_way() else "relation", thing.orig_id()
            else:
                continue
            tags = {tag.k: tag.v for tag in thing.tags}
            if categories.category_for_tags(tags) is None:
                continue
            record += 1
            lon: float | None
            lat: float | None
            if isinstance(thing, osmium.osm.Node):
                lon, lat = (thing.lon, thing.lat) if thing.location.valid() else (None, None)
            else:
                try:
                    centroid = from_wkb(bytes.fromhex(wkb.create_multipolygon(thing))).centroid
                except RuntimeError as error:
                    detail = f"{kind}/{number}: {error}"[:200]
                    yield BrokenRecord(record, record, Reason.RECORD_UNREADABLE, detail)
                    continue
                lon, lat = round(centroid.x, 7), round(centroid.y, 7)
            yield row_from_tags(tags, record=record, line=record, external_id=f"{kind}/{number}", lon=lon, lat=lat)
    except RuntimeError as error:
        raise FileRefused(f"Not a readable OSM PBF: {error}") from None
