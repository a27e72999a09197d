"""The bands of branches in the projection: put with the documents of their places, read back, let go.

Rows of `search_band` are versions, as those of `search_offer` are, under the same lock and epochs. A branch's bands are
one set: it is replaced when any of them has changed. Shapes are held once for all that have them, and never change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from struct import Struct
from typing import Any
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from geo.areas import SRID
from geo.distance import circle_boxes, unit_vector
from geo.types import Box, Circle
from search.backends.postgis.rows import bands_digest, minutes_of, minutes_text, shape_digest, utc
from search.document import Kind, Mode, OfferDocument, ServiceBand, place_id
from search.models import NEVER

PIECE_CORNERS = 100
"""A polygon of more is cut into pieces: no row is so long that it is kept apart, and no test looks at more edges."""

_SHARED = (
    "area_id", "area_name", "band_id", "named_area", "radius_metres", "fee_minor", "minimum_minor", "currency",
    "eta_min_minutes", "eta_max_minutes",
)  # fmt: skip
_COPY = (
    "COPY search_band (added_epoch, branch_id, place, mode, shape_id, zone, valid_from, valid_until, open_minutes,"
    f" content, {', '.join(_SHARED)}) FROM STDIN"
)
_COPY_CIRCLES = "COPY search_piece (shape_id, piece, is_whole, x, y, z, radius_metres) FROM STDIN"
_CUT = f"""
INSERT INTO search_piece (shape_id, piece, is_whole)
WITH parts AS (
  SELECT s.id, d.geom, ST_NPoints(d.geom) <= {PIECE_CORNERS} AS is_whole
  FROM search_shape s CROSS JOIN LATERAL ST_Dump(s.geometry) d WHERE s.id = ANY(%s)
)
SELECT id, geom, TRUE FROM parts WHERE is_whole
UNION ALL
SELECT id, ST_Subdivide(geom, {PIECE_CORNERS}), FALSE FROM parts WHERE NOT is_whole
"""
_READ = f"""
SELECT branch_id, mode, open_minutes, nullif(valid_from, '-infinity') AS valid_from,
       nullif(valid_until, 'infinity') AS valid_until, ST_AsEWKB(s.geometry) AS ewkb, {", ".join(_SHARED)}
FROM search_band b JOIN search_shape s ON s.id = b.shape_id
WHERE branch_id = ANY(%s) AND removed_epoch = %s ORDER BY branch_id, place
"""
_BOX = Struct("<BIIII10d")
"""EWKB of a polygon of one ring of five positions with its SRID, little endian."""


def put(cursor: CursorWrapper, documents: Iterable[OfferDocument], *, epoch: int) -> int:
    """Of the places among the documents, from `epoch` on. Of how many branches they were others.

    They change with their documents; only where somebody else took some away do they change alone.
    """
    places = {document.branch_id: document for document in documents if document.kind is Kind.PLACE}
    if not places:
        return 0
    cursor.execute(
        "SELECT DISTINCT branch_id, content FROM search_band WHERE branch_id = ANY(%s) AND removed_epoch = %s",
        [list(places), NEVER],
    )
    known: dict[UUID, UUID] = dict(cursor.fetchall())
    wanted = {branch: bands_digest(place.point, place.zone, place.bands) for branch, place in places.items()}
    leaving = [branch for branch, content in known.items() if wanted[branch] != content]
    _close(cursor, leaving, epoch=epoch)
    arriving = [
        (places[branch], content)
        for branch, content in wanted.items()
        if content is not None and known.get(branch) != content
    ]
    if not arriving:
        return len(leaving)
    shapes = _shapes(cursor, [place for place, _ in arriving])
    with cursor.copy(_COPY) as copy:
        for place, content in arriving:
            for number, band in enumerate(place.bands):
                copy.write_row(
                    (
                        epoch,
                        place.branch_id,
                        number,
                        band.mode.value,
                        shapes[shape_digest(place.point, band)],
                        place.zone,
                        "-infinity" if band.valid_from is None else band.valid_from,
                        "infinity" if band.valid_until is None else band.valid_until,
                        minutes_text(band.open_minutes),
                        content,
                        *(getattr(band, name) for name in _SHARED),
                    )
                )
    return len({*leaving, *(place.branch_id for place, _ in arriving)})


def close_of_places(cursor: CursorWrapper, ids: Collection[str], *, epoch: int) -> None:
    """Of the documents that leave, those of places take their bands along."""
    prefix = place_id(UUID(int=0))[:-36]
    cursor.execute(
        "SELECT branch_id FROM search_offer WHERE removed_epoch = %s AND id = ANY(%s) AND kind = %s",
        [NEVER, [id_ for id_ in ids if id_.startswith(prefix)], Kind.PLACE.value],
    )
    _close(cursor, [branch for (branch,) in cursor.fetchall()], epoch=epoch)


def _close(cursor: CursorWrapper, branch_ids: Collection[UUID], *, epoch: int) -> None:
    if branch_ids:
        cursor.execute(
            "UPDATE search_band SET removed_epoch = %s WHERE removed_epoch = %s AND branch_id = ANY(%s)",
            [epoch, NEVER, list(branch_ids)],
        )


def _shapes(cursor: CursorWrapper, places: Sequence[OfferDocument]) -> Mapping[UUID, int]:
    """The number of each shape, by digest; new ones are made."""
    wanted = {shape_digest(place.point, band): (place.point, band) for place in places for band in place.bands}
    cursor.execute("SELECT digest, id FROM search_shape WHERE digest = ANY(%s)", [list(wanted)])
    known: dict[UUID, int] = dict(cursor.fetchall())
    new = [digest for digest in wanted if digest not in known]
    if not new:
        return known
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence('search_shape', 'id')) FROM generate_series(1, %s)", [len(new)]
    )
    numbers = dict(zip(new, (number for (number,) in cursor.fetchall()), strict=True))
    with cursor.copy("COPY search_shape (id, digest, geometry) FROM STDIN") as copy:
        for digest, number in numbers.items():
            ewkb = wanted[digest][1].ewkb
            copy.write_row((number, digest, None if ewkb is None else ewkb.hex()))
    with cursor.copy(_COPY_CIRCLES) as copy:
        for digest, number in numbers.items():
            point, band = wanted[digest]
            if band.radius_metres is not None:
                for box in circle_boxes(Circle(point, band.radius_metres)):
                    copy.write_row((number, _box(box), True, *unit_vector(point), band.radius_metres))
    cursor.execute(_CUT, [[number for digest, number in numbers.items() if wanted[digest][1].ewkb is not None]])
    return known | numbers


def _box(box: Box) -> str:
    west, south, east, north = box.west, box.south, box.east, box.north
    ring = (west, south, east, south, east, north, west, north, west, south)
    return _BOX.pack(1, 0x2000_0003, SRID, 1, 5, *ring).hex()


def read(cursor: CursorWrapper, branch_ids: Collection[UUID]) -> Mapping[UUID, tuple[ServiceBand, ...]]:
    """The current bands of these branches, equal to what was put."""
    found: dict[UUID, list[ServiceBand]] = defaultdict(list)
    cursor.execute(_READ, [list(branch_ids), NEVER])
    names = [column.name for column in cursor.description]
    for values in cursor.fetchall():
        row: dict[str, Any] = dict(zip(names, values, strict=True))
        found[row.pop("branch_id")].append(
            ServiceBand(
                **row
                | {
                    "mode": Mode(row["mode"]),
                    "ewkb": None if row["ewkb"] is None else bytes(row["ewkb"]),
                    "open_minutes": minutes_of(row["open_minutes"]),
                    "valid_from": utc(row["valid_from"]),
                    "valid_until": utc(row["valid_until"]),
                }
            )
        )
    return {branch: tuple(bands) for branch, bands in found.items()}


def forget(cursor: CursorWrapper, *, before: int) -> None:
    """Drop what no state from `before` on can be asked for: bands, then shapes that no band has any more."""
    cursor.execute("DELETE FROM search_band WHERE removed_epoch <= %s RETURNING shape_id", [before])
    shapes = sorted({shape for (shape,) in cursor.fetchall()})
    if shapes:
        cursor.execute(
            "WITH unused AS (DELETE FROM search_shape s WHERE s.id = ANY(%s)"
            "  AND NOT EXISTS (SELECT FROM search_band b WHERE b.shape_id = s.id) RETURNING s.id)"
            " DELETE FROM search_piece p USING unused u WHERE p.shape_id = u.id",
            [shapes],
        )
