"""Areas from untrusted GeoJSON: bounded, valid, never repaired. Pure.

Limits, checked before any geometry is built: 256 000 bytes, 2 000 positions over all rings, 50 parts, 50 holes. A shape
is refused with `InvalidArea`, which carries a `reason` and, where there is one, the `place` (lon, lat). Nothing is ever
repaired: `make_valid` on a hostile ring runs for minutes.

What is read: rings of four or more positions [lon, lat] or [lon, lat, height] (the height is dropped), first equal to
last, in either winding. Consecutive equal positions are one. Coordinates are kept to 9 decimals (0.1 mm).

Across the 180th meridian: an edge that would span more than 180 degrees of longitude is read as the short way round,
and longitudes may run to -360..360 so that a ring drawn across the meridian can stay in one piece. Either is split at
the meridian, into at most 100 parts. So an edge never spans more than 180 degrees: wider areas need corners between. A
ring that winds round a pole is refused; one that reaches a pole along -180, 180 and ±90 is an ordinary ring.

Edges are straight in lon/lat degrees and borders belong to the area: what PostGIS's ST_Covers on geometry decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import cos, floor, isfinite, radians
from typing import Any, TypeAlias

import orjson
import shapely

from config.errors import InvalidParameter
from geo.distance import EARTH_RADIUS_METRES
from geo.types import Box, Point

MAX_BYTES = 256_000
MAX_VERTICES = 2_000
MAX_PARTS = 50
MAX_PARTS_ONCE_CUT = 100
MAX_HOLES = 50
MIN_SQUARE_METRES = 1.0
RING_LONGITUDE_LIMIT = 360.0

SRID = 4326


@dataclass(frozen=True, slots=True)
class AreaLimits:
    """What is taken of one area, all its rings together."""

    vertices: int = MAX_VERTICES
    parts: int = MAX_PARTS
    holes: int = MAX_HOLES
    parts_once_cut: int = MAX_PARTS_ONCE_CUT


LIMITS = AreaLimits()
"""Of a request. What a command reads from a gazetteer may be larger."""

Position: TypeAlias = tuple[float, float]
"""(lon, lat)."""
Ring: TypeAlias = tuple[Position, ...]
"""Closed. Shells run counter-clockwise, holes clockwise."""
Polygon: TypeAlias = tuple[Ring, ...]
"""A shell, then its holes."""

_DECIMALS = 9
_REASON_AND_PLACE = re.compile(r"(?P<reason>[^\[]+)\[(?P<lon>\S+) (?P<lat>\S+)\]")


class InvalidArea(InvalidParameter):
    """An area is refused. `members` has `reason`, and `place` {lon, lat} where one point shows what is wrong."""

    code = "invalid_area"
    title = "An area is not valid"

    def __init__(
        self,
        parameter: str,
        detail: str,
        *,
        reason: str = "too_large",
        place: Position | None = None,
        limit: float | str | None = None,
    ) -> None:
        members: dict[str, Any] = {"reason": reason}
        if place is not None:
            members["place"] = {"lon": place[0], "lat": place[1]}
        super().__init__(parameter, detail, limit=limit, **members)


@dataclass(frozen=True, slots=True)
class Area:
    """A valid multipolygon within -180..180, split at the 180th meridian. Made by the functions below only."""

    box: Box
    """The smallest box around it: `west > east` where it crosses the 180th meridian."""
    geometry: Any = field(repr=False)
    """A prepared shapely MultiPolygon: for `geo` alone."""

    @property
    def polygons(self) -> tuple[Polygon, ...]:
        """Made anew at each call: costs far more than to read the area."""
        return tuple(
            tuple(tuple((lon, lat) for lon, lat in ring.coords) for ring in (part.exterior, *part.interiors))
            for part in self.geometry.geoms
        )

    def contains(self, point: Point) -> bool:
        """Border included, as ST_Covers."""
        return bool(shapely.intersects_xy(self.geometry, point.lon, point.lat))

    @property
    def vertex_count(self) -> int:
        """Positions over all rings, closing ones included."""
        return int(shapely.get_num_coordinates(self.geometry))

    @property
    def square_metres(self) -> float:
        """On the sphere to within a few percent: for limits and estimates, not for surveying."""
        return sum(_square_metres(polygon) for polygon in self.geometry.geoms)

    def ewkb_hex(self) -> str:
        """For a `geometry(MultiPolygon, 4326)` column: `%(area)s::geometry`."""
        return str(shapely.to_wkb(shapely.set_srid(self.geometry, SRID), hex=True, include_srid=True))

    def geojson(self) -> dict[str, Any]:
        """RFC 7946: a MultiPolygon, shells counter-clockwise, cut at the 180th meridian."""
        return {"type": "MultiPolygon", "coordinates": [[list(map(list, r)) for r in p] for p in self.polygons]}


def parse_geojson_area(text: str | bytes, *, parameter: str = "area") -> Area:
    """The area of a GeoJSON text. Raises `InvalidArea`."""
    too_large = len(text) > MAX_BYTES or (isinstance(text, str) and len(text.encode("utf-8", "replace")) > MAX_BYTES)
    if too_large:
        raise InvalidArea(parameter, f"{parameter} is larger than {MAX_BYTES} bytes.", limit=f"{MAX_BYTES} bytes")
    try:
        # orjson stops at depth 1024 and knows no NaN or Infinity.
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidArea(parameter, f"{parameter} is not JSON: {error}.", reason="not_json") from error
    return area_from_geojson(value, parameter=parameter)


def area_from_geojson(value: object, *, parameter: str = "area", limits: AreaLimits = LIMITS) -> Area:
    """The area of parsed GeoJSON: a Polygon, a MultiPolygon, or a Feature of either. Raises `InvalidArea`."""
    if isinstance(value, dict) and value.get("type") == "Feature":
        _refuse_other_reference_systems(value, parameter)
        value = value.get("geometry")
    if not isinstance(value, dict) or value.get("type") not in ("Polygon", "MultiPolygon"):
        got = value.get("type") if isinstance(value, dict) else type(value).__name__
        raise InvalidArea(
            parameter,
            f"{parameter} must be a GeoJSON Polygon or MultiPolygon; got {str(got)[:40]!a}.",
            reason="not_an_area",
        )
    _refuse_other_reference_systems(value, parameter)
    coordinates = value.get("coordinates")
    polygons = [coordinates] if value["type"] == "Polygon" else coordinates
    return area_from_rings(polygons, parameter=parameter, limits=limits)


def area_from_rings(polygons: object, *, parameter: str = "area", limits: AreaLimits = LIMITS) -> Area:
    """The area of nested coordinates as in a GeoJSON MultiPolygon. Raises `InvalidArea`."""
    read = _read_within_limits(polygons, parameter, limits)
    parts = [part for polygon in read for part in _split_at_meridian(polygon, parameter)]
    if len(parts) > limits.parts_once_cut:
        raise _too_many(parameter, len(parts), limits.parts_once_cut, "parts once cut at the 180th meridian")
    whole = shapely.orient_polygons(shapely.MultiPolygon(parts), exterior_cw=False)
    # Parts may overlap only once they are together, and what is judged here is what is stored.
    _refuse_invalid(whole, parameter)
    if sum(_square_metres(part) for part in whole.geoms) < MIN_SQUARE_METRES:
        raise InvalidArea(
            parameter,
            f"{parameter} is smaller than {MIN_SQUARE_METRES:g} square metre.",
            reason="too_small",
            place=_first_position(whole),
            limit=f"{MIN_SQUARE_METRES:g} square metre",
        )
    return _area(whole)


def area_from_box(box: Box) -> Area:
    """The box as an area: two parts where it crosses the 180th meridian."""
    return _area(
        shapely.MultiPolygon([shapely.box(h.west, h.south, h.east, h.north) for h in box.halves() if h.west < h.east])
    )


def area_from_ewkb(ewkb: str | bytes) -> Area:
    """What `ewkb_hex` wrote, read back from the database: trusted, so not judged again."""
    return _area(shapely.from_wkb(ewkb))


def _area(whole: Any) -> Area:
    if whole.geom_type == "Polygon":
        whole = shapely.MultiPolygon([whole])
    shapely.prepare(whole)
    # GEOS builds the index of a prepared geometry at its first use, without a lock: use it before anyone shares it.
    shapely.intersects_xy(whole, *_first_position(whole))
    return Area(_box(whole), whole)


def _box(whole: Any) -> Box:
    west, south, east, north = whole.bounds
    if west == -180 and east == 180:
        # The widest stretch of longitudes that no part touches is what the box leaves out.
        reached, gap = -180.0, (0.0, 180.0, -180.0)
        for part_west, _, part_east, _ in sorted(part.bounds for part in whole.geoms):
            gap = max(gap, (part_west - reached, part_west, reached))
            reached = max(reached, part_east)
        if gap[0] > 0:
            _, west, east = gap
    return Box(west, south, east, north)


def _read_within_limits(polygons: object, parameter: str, limits: AreaLimits) -> list[list[list[Position]]]:
    """Plain lists of tuples with every count and number checked. Counts come first: they cost nothing."""
    path = f"{parameter}.coordinates"
    parts = _sequence(polygons, path)
    if not parts:
        raise InvalidArea(parameter, f"{parameter} is empty.", reason="empty")
    if len(parts) > limits.parts:
        raise _too_many(parameter, len(parts), limits.parts, "parts")
    rings = [_sequence(part, f"{path}[{i}]") for i, part in enumerate(parts)]
    holes = sum(max(0, len(part) - 1) for part in rings)
    if holes > limits.holes:
        raise _too_many(parameter, holes, limits.holes, "holes")
    vertices = sum(
        len(_sequence(ring, f"{path}[{i}][{j}]")) for i, part in enumerate(rings) for j, ring in enumerate(part)
    )
    if vertices > limits.vertices:
        raise _too_many(parameter, vertices, limits.vertices, "positions")
    return [
        [
            _ring(ring, f"{path}[{i}][{j}]", parameter)
            for j, ring in enumerate(_sequence(part, f"{path}[{i}]", at_least=1))
        ]
        for i, part in enumerate(rings)
    ]


def _sequence(value: object, path: str, *, at_least: int = 0) -> Sequence[Any]:
    if not isinstance(value, (list, tuple)) or len(value) < at_least:
        parameter = path.partition(".")[0]
        wanted = "a list" if at_least == 0 else f"a list of {at_least} or more"
        raise InvalidArea(parameter, f"{path} must be {wanted}.", reason="wrong_shape")
    return value


def _ring(ring: Sequence[Any], path: str, parameter: str) -> list[Position]:
    positions: list[Position] = []
    for index, value in enumerate(ring):
        position = _position(value, f"{path}[{index}]", parameter)
        if not positions or position != positions[-1]:
            positions.append(position)
    if len(ring) < 4 or len(positions) < 4:
        raise InvalidArea(
            parameter,
            f"{path} has {len(positions)} different positions in a row; a ring has 4 or more, the last as first.",
            reason="too_few_positions",
            place=positions[0] if positions else None,
            limit="4 positions",
        )
    if positions[0] != positions[-1]:
        raise InvalidArea(
            parameter,
            f"{path} is open: its last position must equal its first, {_say(positions[0])}.",
            reason="open_ring",
            place=positions[-1],
        )
    return positions


def _position(value: object, path: str, parameter: str) -> Position:
    if not isinstance(value, (list, tuple)) or len(value) not in (2, 3):
        raise InvalidArea(parameter, f"{path} must be [lon, lat] or [lon, lat, height].", reason="wrong_shape")
    if not all(type(number) in (int, float) and isfinite(number) for number in value):
        raise InvalidArea(parameter, f"{path} must be finite numbers.", reason="not_a_number")
    lon, lat = (round(float(number), _DECIMALS) + 0.0 for number in value[:2])
    if not -90 <= lat <= 90:
        hint = " lon and lat look swapped: positions are [lon, lat]." if abs(lat) <= 180 and abs(lon) <= 90 else ""
        raise InvalidArea(
            parameter,
            f"{path} has latitude {lat:g}; it must be -90 to 90.{hint}",
            reason="out_of_range",
            limit="-90 to 90",
        )
    if not -RING_LONGITUDE_LIMIT <= lon <= RING_LONGITUDE_LIMIT:
        raise InvalidArea(
            parameter,
            f"{path} has longitude {lon:g}; it must be -360 to 360.",
            reason="out_of_range",
            limit="-360 to 360",
        )
    return lon, lat


def _split_at_meridian(rings: list[list[Position]], parameter: str) -> list[Any]:
    """The polygon in pieces within -180..180, judged valid in one piece before it is cut."""
    unwrapped = [_unwrap(ring, parameter) for ring in rings]
    shell_west = min(lon for lon, _ in unwrapped[0])
    # A hole is drawn within its shell, whichever turn of the globe its own first longitude names.
    holes = [_shift(hole, -floor((min(lon for lon, _ in hole) - shell_west) / 360)) for hole in unwrapped[1:]]
    polygon = shapely.Polygon(unwrapped[0], holes)
    _refuse_invalid(polygon, parameter)
    west, _, east, _ = polygon.bounds
    if west >= -180 and east <= 180:
        return [polygon]
    pieces = []
    for turn in range(floor((west + 180) / 360), floor((east + 180) / 360) + 1):
        window = shapely.box(turn * 360 - 180, -90, turn * 360 + 180, 90)
        cut = shapely.transform(
            shapely.intersection(polygon, window), lambda xy, turn=turn: (xy - (turn * 360, 0)).round(_DECIMALS)
        )
        pieces += [piece for piece in shapely.get_parts(cut) if piece.geom_type == "Polygon" and piece.area > 0]
    return pieces


def _unwrap(ring: list[Position], parameter: str) -> list[Position]:
    """The ring with no edge longer than 180 degrees: longitudes run on past ±180 where it crosses the meridian."""
    out = [ring[0]]
    for lon, lat in ring[1:]:
        step = lon - out[-1][0]
        out.append((lon - 360 * round(step / 360) if abs(step) > 180 else lon, lat))
    if abs(out[-1][0] - out[0][0]) > 1e-6:
        raise InvalidArea(
            parameter,
            f"{parameter} winds round a pole; draw its edge along -180, 180 and the pole's latitude instead.",
            reason="winds_round_pole",
            place=ring[0],
        )
    out[-1] = out[0]
    return out


def _shift(ring: list[Position], turns: int) -> list[Position]:
    return [(lon + 360 * turns, lat) for lon, lat in ring] if turns else ring


def _refuse_invalid(geometry: Any, parameter: str) -> None:
    if shapely.is_valid(geometry):
        return
    said = str(shapely.is_valid_reason(geometry))
    found = _REASON_AND_PLACE.fullmatch(said)
    if found is None:
        raise InvalidArea(parameter, f"{parameter} is not a valid area: {said}.", reason="invalid")
    words = found["reason"].strip().lower()
    lon, lat = float(found["lon"]), float(found["lat"])
    place = (round((lon + 180) % 360 - 180, _DECIMALS), round(lat, _DECIMALS))
    raise InvalidArea(
        parameter,
        f"{parameter} is not a valid area: {words} at {_say(place)}. Draw it without crossings; it is not repaired.",
        reason=re.sub(r"[^a-z]+", "_", words),
        place=place,
    )


def _refuse_other_reference_systems(value: dict[str, Any], parameter: str) -> None:
    if value.get("crs") is None:
        return
    crs = value["crs"]
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not (isinstance(name, str) and name.endswith((":CRS84", ":4326"))):
        raise InvalidArea(parameter, f"{parameter} must be in WGS84 degrees (CRS84).", reason="other_reference_system")


def _too_many(parameter: str, count: int, limit: int, what: str) -> InvalidArea:
    return InvalidArea(
        parameter,
        f"{parameter} has {count} {what}; at most {limit} are taken.",
        reason=f"too_many_{what.split(maxsplit=1)[0]}",
        limit=f"{limit} {what}",
    )


def _square_metres(polygon: Any) -> float:
    """Planar square degrees scaled at the middle latitude of the part."""
    _, south, _, north = polygon.bounds
    metres_per_degree = radians(1) * EARTH_RADIUS_METRES
    return float(polygon.area) * metres_per_degree**2 * cos(radians((south + north) / 2))


def _first_position(whole: Any) -> Position:
    lon, lat = whole.geoms[0].exterior.coords[0]
    return lon, lat


def _say(position: Position) -> str:
    return f"lon {position[0]:.7g}, lat {position[1]:.7g}"
