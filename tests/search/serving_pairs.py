"""(area, point) pairs that are hard to decide, and who is right about them: ST_Covers on each shape as it was drawn.

Areas lie over each other at a few sites (a city, high latitude, the 180th meridian, next to a pole); points are drawn
from their corners, their edges, a hair and up to a metre beside these, their holes, and anywhere. A pair counts where
the point is in the box of the area or within a metre of it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from math import cos, radians, sin

from django.db import connection

from geo.areas import Area, area_from_rings
from geo.distance import distance_metres
from geo.types import Circle, Point
from search.backends.base import SearchBackend
from search.document import ServiceBand
from search.query import MAX_LIMIT
from tests.contracts.documents import band
from tests.contracts.serving import branch, numbers, who
from tests.service_bands import star

SITES = (
    Point(11.5755, 48.1374),
    Point(24.94, 60.17),
    Point(0.0, 0.0),
    Point(179.995, -17.8),
    Point(-179.99, 65.0),
    Point(15.6, 84.2),
    Point(-60.0, -89.2),
)
AREAS_AT_A_SITE = 24
FLOAT_METRES = 1e-6
"""A circle's border is where two spellings of one distance agree: nearer pairs are counted, not judged."""


@dataclass
class Report:
    points: int = 0
    pairs: int = 0
    covered: int = 0
    beside_a_border: int = 0
    missed: list[tuple[int, Point]] = field(default_factory=list)
    false: list[tuple[int, Point]] = field(default_factory=list)
    undecided: int = 0

    def __str__(self) -> str:
        return (
            f"{self.points} points ({self.beside_a_border} drawn on or within 1 m of a border), {self.pairs} pairs,"
            f" {self.covered} covered, {len(self.missed)} missed, {len(self.false)} false,"
            f" {self.undecided} on a circle's border"
        )


def compare(backend: SearchBackend, *, pairs: int, seed: int) -> Report:
    """Fill the empty backend with areas, then ask about points until so many pairs were compared."""
    chance = random.Random(seed)
    centres = [site for site in SITES for _ in range(AREAS_AT_A_SITE)]
    shapes = [_shape(chance, centre, number) for number, centre in enumerate(centres)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE drawn (number int, shape geometry) ON COMMIT PRESERVE ROWS")
        cursor.executemany(
            "INSERT INTO drawn VALUES (%s, %s)",
            [(number, shape.ewkb_hex()) for number, shape in enumerate(shapes) if isinstance(shape, Area)],
        )
        backend.apply(
            [
                branch(number, _band(number, shape), point=centre)
                for number, (centre, shape) in enumerate(zip(centres, shapes, strict=True))
            ],
            gone=(),
            version=1,
        )
        report = Report()
        while report.pairs < pairs:
            _ask(backend, cursor, chance, shapes, report)
        cursor.execute("DROP TABLE drawn")
    return report


def _band(number: int, shape: Area | Circle) -> ServiceBand:
    if isinstance(shape, Circle):
        return band(number, radius_metres=shape.radius_metres)
    return band(number, area=shape)


def _ask(backend, cursor, chance, shapes, report) -> None:
    own = chance.randrange(len(shapes))
    point, is_beside = _point(chance, shapes[own])
    asked = backend.search(who(point, limit=MAX_LIMIT))
    found = set(numbers(asked))
    assert asked.total == len(asked.hits) == len(found)
    position = {"lon": point.lon, "lat": point.lat}
    cursor.execute(
        "SELECT number, ST_Covers(shape, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)) FROM drawn"
        " WHERE ST_Expand(shape, 0.00001 / greatest(cos(radians(%(lat)s)), 0.001), 0.00001)"
        " && ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)",
        position,
    )
    truth = dict(cursor.fetchall())
    for number, shape in enumerate(shapes):
        if isinstance(shape, Circle):
            metres = distance_metres(shape.centre, point)
            if abs(metres - shape.radius_metres) <= FLOAT_METRES:
                report.undecided += 1
                truth[number] = number in found
            elif metres <= 2 * shape.radius_metres:
                truth[number] = metres <= shape.radius_metres
    report.points += 1
    report.pairs += len(truth)
    report.covered += sum(truth.values())
    report.beside_a_border += is_beside
    report.missed += [(number, point) for number, covers in truth.items() if covers and number not in found]
    report.false += [(number, point) for number in found if not truth.get(number)]


def _shape(chance: random.Random, centre: Point, number: int) -> Area | Circle:
    """One of eight forms, by number, near the centre."""
    reach = chance.choice([300.0, 1_500.0, 4_000.0])
    at = Point(centre.lon, centre.lat + chance.uniform(-0.3, 0.3) * reach / 111_195)
    match number % 8:
        case 0:
            return Circle(centre, reach)
        case 1:
            return star(chance, at, reach, corners=6)
        case 2:
            return star(chance, at, reach, corners=90)
        case 3 | 4:
            return star(chance, at, reach, corners=900)
        case 5:
            return _sliver(chance, at, reach)
        case 6:
            return comb(at, reach, turned=chance.choice([0.0, chance.uniform(0.1, 1.4)]))
    return _islands(chance, at, reach)


def _metres(centre: Point, east: float, north: float) -> tuple[float, float]:
    return centre.lon + east / 111_195 / cos(radians(centre.lat)), centre.lat + north / 111_195


def _sliver(chance, centre, reach) -> Area:
    """Hundreds of metres long, centimetres wide."""
    slope, width = chance.uniform(-1, 1), chance.choice([0.02, 0.2, 2.0])
    ring = [
        _metres(centre, -reach, -slope * reach),
        _metres(centre, reach, slope * reach),
        _metres(centre, reach, slope * reach + width),
    ]
    return area_from_rings([[[*ring, ring[0]]]])


def comb(centre, reach, *, turned: float) -> Area:
    """Long edges that are cut, along the meridians and the parallels or turned by so many radians."""
    teeth, ring = 120, []

    def turn(east: float, north: float) -> tuple[float, float]:
        return _metres(centre, east * cos(turned) - north * sin(turned), east * sin(turned) + north * cos(turned))

    for tooth in range(teeth):
        left, right = -reach + 2 * reach * tooth / teeth, -reach + 2 * reach * (tooth + 0.5) / teeth
        ring += [turn(left, reach), turn(right, reach), turn(right, 0)]
        ring += [turn(-reach + 2 * reach * (tooth + 1) / teeth, 0)]
    ring = [turn(-reach, -reach), *ring, turn(reach, -reach)]
    return area_from_rings([[[*ring, ring[0]]]])


def _islands(chance, centre, reach) -> Area:
    """Squares beside each other, each with a hole that has an island of its own."""
    parts, size = [], reach / 6
    for step in range(5):
        middle = Point(*_metres(centre, (step - 2) * 2.5 * size, chance.uniform(-1, 1) * size))
        parts.append([_square(middle, size), _square(middle, size * 0.6)])
        parts.append([_square(middle, size * 0.3)])
    return area_from_rings(parts)


def _square(centre, half) -> list[tuple[float, float]]:
    ring = [_metres(centre, *corner) for corner in ((-half, -half), (half, -half), (half, half), (-half, half))]
    return [*ring, ring[0]]


def _point(chance: random.Random, shape: Area | Circle) -> tuple[Point, bool]:
    """With whether it was drawn beside a border."""
    if isinstance(shape, Circle):
        angle_east, angle_north = chance.uniform(-1, 1), chance.uniform(-1, 1)
        lon, lat = _metres(shape.centre, angle_east * shape.radius_metres, angle_north * shape.radius_metres)
        return _within(lon, lat), False
    ring = chance.choice([ring for polygon in shape.polygons for ring in polygon])
    at = chance.randrange(len(ring) - 1)
    (a_lon, a_lat), (b_lon, b_lat) = ring[at], ring[at + 1]
    share = chance.choice([0.0, 0.5, chance.random()])
    lon, lat = a_lon + share * (b_lon - a_lon), a_lat + share * (b_lat - a_lat)
    form = chance.choice(["on", "hair", "metre", "anywhere"])
    if form == "hair":
        lon, lat = lon + chance.uniform(-1, 1) * 1e-9, lat + chance.uniform(-1, 1) * 1e-9
    elif form == "metre":
        lon, lat = _metres(Point(lon, lat), chance.uniform(-0.7, 0.7), chance.uniform(-0.7, 0.7))
    elif form == "anywhere":
        box = chance.choice(shape.box.halves())
        lon, lat = chance.uniform(box.west, box.east), chance.uniform(box.south, box.north)
    return _within(lon, lat), form != "anywhere"


def _within(lon: float, lat: float) -> Point:
    lon = lon - 360 if lon > 180 else lon + 360 if lon < -180 else lon
    return Point(lon, max(-90.0, min(90.0, lat)))
