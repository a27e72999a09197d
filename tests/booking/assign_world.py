"""Chains of real places with service areas from real polygons, and who should serve an address by brute force.

The brute force reads the polygons from their files by shapely, and looks at every branch of the chain for every
address; it shares with the code under test the opening hours alone.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.contrib.gis.geos import Point as GeometryPoint

from config.errors import InvalidParameter
from geo.areas import area_from_geojson
from geo.types import Box, Point
from listings.areas.gazetteer import LIMITS, Gazetteer, import_named_areas
from listings.hours import status_at
from listings.hours_text import parse_hours
from listings.imports.duplicates import name_key
from listings.models import AreaBand, Branch, Brand, Merchant, NamedArea, ServiceArea, ServiceAreaVersion
from tests.factories import AREAS_AT, CategoryFactory

BEGINS = datetime(2026, 6, 1, tzinfo=UTC)
INSTANTS = [BEGINS + timedelta(hours=7 * n, minutes=11 * n) for n in range(24)]
"""A week, all times of the day."""
EARTH_RADIUS_METRES = 6_371_008.7714


def munich_places(path: Path) -> Iterator[tuple[str, Point, str]]:
    """(brand, position, opening hours) of each."""
    for feature in json.loads(gzip.decompress(path.read_bytes()))["features"]:
        properties = feature["properties"]
        centre = shapely.geometry.shape(feature["geometry"]).centroid
        hours = properties.get("opening_hours") or ""
        try:
            hours = hours and parse_hours(hours).text
        except InvalidParameter:
            hours = ""
        yield properties.get("brand") or "", Point(centre.x, centre.y), hours


def chain_stores(path: Path) -> Iterator[tuple[str, Point, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["brand"], Point(float(row["lon"]), float(row["lat"])), ""


@dataclass(frozen=True)
class City:
    """`gazetteers`: (file, kind, property with the id or '' for that of the feature, property with the name)."""

    places: str
    read: Callable[[Path], Iterator[tuple[str, Point, str]]]
    country: str
    zone: str
    box: Box
    gazetteers: tuple[tuple[str, str, str, str], ...]
    smallest_chain: int


MUNICH = City(
    "munich_osm_merchants.geojson.gz",
    munich_places,
    "DE",
    "Europe/Berlin",
    Box(11.35, 48.05, 11.73, 48.26),
    (
        ("munich_quarters.geojson.gz", "quarter", "", "vi_nummer"),
        ("munich_districts.geojson.gz", "district", "", "name"),
    ),
    smallest_chain=4,
)
NEW_YORK = City(
    "us_chain_stores.csv.gz",
    chain_stores,
    "US",
    "America/New_York",
    Box(-74.26, 40.49, -73.70, 40.92),
    (
        ("nyc_neighbourhoods_nta2020.geojson.gz", "neighbourhood", "nta2020", "name"),
        ("nyc_zip_modzcta.geojson.gz", "postcode", "modzcta", "modzcta"),
    ),
    smallest_chain=40,
)


@dataclass
class BandFacts:
    rank: int
    fee_minor: int
    shape: int | str
    """Metres, or the key of a polygon."""


@dataclass
class AreaFacts:
    id: UUID
    position: int
    hours: str
    valid_from: datetime | None
    valid_until: datetime | None
    bands: list[BandFacts]


@dataclass
class BranchFacts:
    id: UUID
    point: Point
    zone: str
    country: str
    opening_hours: str
    areas: list[AreaFacts] = field(default_factory=list)


@dataclass
class World:
    """`chains`: id of the brand (its merchant has the same) → branches. `polygons` by (kind, id)."""

    chains: dict[UUID, list[BranchFacts]]
    polygons: dict[str, Any]
    addresses: list[Point]


def fill(city: City, folder: Path, *, addresses: int, branches: int, seed: int) -> World:
    """`branches`: no further chain once there are so many."""
    chance = random.Random(seed)
    polygons, named, drawable = _gazetteers(city, folder)
    chains = _branches(city, folder, branches, chance)
    _areas(chains, polygons, named, drawable, chance)
    return World(chains, polygons, _addresses(city.box, polygons, addresses, chance))


def _gazetteers(city: City, folder: Path) -> tuple[dict[str, Any], dict[str, UUID], dict[str, Any]]:
    polygons, named, drawable = {}, {}, {}
    for file, kind, id_property, name_property in city.gazetteers:
        gazetteer = Gazetteer(
            path=folder / file, source=kind, kind=kind, id_property=id_property, name_property=name_property
        )
        summary = import_named_areas(gazetteer=gazetteer, now=AREAS_AT, report=lambda _: None)
        assert summary.inserted > 20
        ids = dict(NamedArea.objects.filter(source=kind).values_list("external_id", "id"))
        for feature in json.loads(gzip.decompress((folder / file).read_bytes()))["features"]:
            external_id = str(feature["properties"][id_property] if id_property else feature["id"])
            if external_id in ids:
                key = f"{kind}:{external_id}"
                # Coordinates are kept to 9 decimals (docs/geo.md): a corner given with more is 0.1 mm elsewhere.
                given = shapely.geometry.shape(feature["geometry"])
                polygons[key] = shapely.transform(given, lambda xy: xy.round(9))
                named[key] = ids[external_id]
                drawn = area_from_geojson(feature["geometry"], limits=LIMITS)
                drawable[key] = cast(MultiPolygon, GEOSGeometry(drawn.ewkb_hex()))
    for polygon in polygons.values():
        shapely.prepare(polygon)
    return polygons, named, drawable


def _branches(city: City, folder: Path, most: int, chance: random.Random) -> dict[UUID, list[BranchFacts]]:
    category = CategoryFactory()
    by_brand: dict[str, list[tuple[Point, str]]] = defaultdict(list)
    for brand, point, hours in city.read(folder / city.places):
        if brand and city.box.contains(point):
            by_brand[name_key(brand)].append((point, hours))
    chains: dict[UUID, list[BranchFacts]] = {}
    for name, rows in sorted(by_brand.items()):
        if len(rows) < city.smallest_chain or sum(map(len, chains.values())) >= most:
            continue
        brand = Brand.objects.create(name=name, key=name)
        merchant = Merchant.objects.create(id=brand.id, name=name)
        made = Branch.objects.bulk_create(
            Branch(
                id=UUID(int=chance.getrandbits(128), version=4),
                merchant=merchant,
                brand=brand,
                category=category,
                name=name,
                point=GeometryPoint(point.lon, point.lat, srid=4326),
                country=city.country,
                zone=city.zone,
                opening_hours=hours or chance.choice(["", "24/7", "Mo-Sa 07:00-21:00", "Fr-Mo 17:00-02:00"]),
            )
            for point, hours in rows
        )
        chains[brand.id] = [
            BranchFacts(each.id, Point(each.point.x, each.point.y), each.zone, each.country, each.opening_hours)
            for each in made
        ]
    return chains


def _areas(chains, polygons, named, drawable, chance) -> None:
    keys, tree = list(polygons), shapely.STRtree(list(polygons.values()))
    areas, versions, bands = [], [], []
    for branch in (branch for branches in chains.values() for branch in branches):
        around = [keys[n] for n in tree.query(shapely.Point(branch.point.lon, branch.point.lat).buffer(0.01))]
        for number in range(chance.choice([0, 1, 1, 1, 2])):
            shapes: list[int | str] = [
                chance.choice([chance.randrange(300, 6000), chance.choice(around)]) if around else 2000
                for _ in range(chance.choice([1, 2, 3]))
            ]
            area = ServiceArea(
                id=UUID(int=chance.getrandbits(128), version=4),
                branch_id=branch.id,
                mode="delivery",
                name=f"Area {number}",
                position=chance.choice([0, 0, 1]),
            )
            version = ServiceAreaVersion(
                id=UUID(int=chance.getrandbits(128), version=4),
                area=area,
                number=1,
                created_at=AREAS_AT,
                edited_at=AREAS_AT,
                created_actor="a test",
                hours=chance.choice(["", "", "", "Mo-Fr 11:00-14:00", "Sa-Su 10:00-22:00"]),
                valid_from=chance.choice([None, None, None, BEGINS + timedelta(days=2)]),
                valid_until=chance.choice([None, None, None, BEGINS + timedelta(days=5)]),
            )
            areas.append((branch, area, shapes))
            versions.append(version)
    ServiceArea.objects.bulk_create([area for _, area, _ in areas])
    ServiceAreaVersion.objects.bulk_create(versions)
    for (branch, area, shapes), version in zip(areas, versions, strict=True):
        told = AreaFacts(area.id, area.position, version.hours, version.valid_from, version.valid_until, [])
        branch.areas.append(told)
        for rank, shape in enumerate(shapes):
            told.bands.append(BandFacts(rank, fee := chance.randrange(0, 900), shape))
            band = AreaBand(version=version, rank=rank, fee_minor=fee, currency="EUR")
            if isinstance(shape, int):
                band.radius_metres = shape
            elif chance.random() < 0.5:
                band.named_area_id = named[shape]
            else:
                band.geometry = drawable[shape]
            bands.append(band)
    AreaBand.objects.bulk_create(bands, batch_size=500)
    ServiceAreaVersion.objects.update(state="published", published_at=AREAS_AT, published_actor="a test")


def _addresses(box: Box, polygons, count: int, chance: random.Random) -> list[Point]:
    """Anywhere in the box; one in ten is a corner of a polygon, which belongs to it."""
    corners = [tuple(corner) for polygon in polygons.values() for corner in shapely.get_coordinates(polygon)[::7]]
    return [
        Point(*chance.choice(corners))
        if chance.random() < 0.1
        else Point(chance.uniform(box.west, box.east), chance.uniform(box.south, box.north))
        for _ in range(count)
    ]


@dataclass
class Expected:
    """By brute force: (branch, area, rank, fee) or None; how many cover; and the reason of each that lost."""

    served_by: tuple[UUID, UUID, int, int] | None
    covering: int
    lost: list[tuple[UUID, str]]


class BruteForce:
    def __init__(self, world: World) -> None:
        self._world = world
        xy = np.array([(each.lon, each.lat) for each in world.addresses])
        points = shapely.points(xy)
        self._inside = {key: shapely.covers(polygon, points) for key, polygon in world.polygons.items()}
        self._states: dict[tuple[Any, ...], str] = {}

    def expected(self, number: int, chain: Sequence[BranchFacts], at: datetime) -> Expected:
        address = self._world.addresses[number]
        standing = []
        for branch in chain:
            metres = _metres(branch.point, address)
            best = None
            for area in sorted(branch.areas, key=lambda area: (area.position, area.id)):
                for band in area.bands:
                    covers = (
                        metres <= band.shape if isinstance(band.shape, int) else bool(self._inside[band.shape][number])
                    )
                    if covers:
                        grade = self._grade(branch, area, at)
                        if best is None or grade < best[0]:
                            best = (grade, area.id, band.rank, band.fee_minor)
            if best is not None:
                standing.append((metres, branch.id, best))
        standing.sort(key=lambda each: each[:2])
        grades = {best[0] for _, _, best in standing} & {0, 1}
        wanted = min(grades, default=None)
        winner = next((each for each in standing if each[2][0] == wanted), None)
        reasons = {0: "further", 1: "further" if wanted == 1 else "hours_unknown", 2: "closed", 3: "not_valid"}
        lost = [(each[1], reasons[each[2][0]]) for each in standing if each is not winner]
        return Expected(None if winner is None else (winner[1], *winner[2][1:]), len(standing), lost)

    def _grade(self, branch: BranchFacts, area: AreaFacts, at: datetime) -> int:
        """0 open, 1 not known, 2 closed, 3 does not hold."""
        if (area.valid_from and at < area.valid_from) or (area.valid_until and area.valid_until <= at):
            return 3
        text = area.hours or branch.opening_hours
        if not text:
            return 1
        key = (text, branch.zone, branch.country, branch.point, at)
        if key not in self._states:
            self._states[key] = status_at(
                text, zone=branch.zone, country=branch.country, point=branch.point, at=at, horizon=timedelta(hours=1)
            ).state
        return {"open": 0, "unknown": 1, "closed": 2}[self._states[key]]


def _metres(a: Point, b: Point) -> float:
    """By the haversine of the angle between, spelled with cosines."""
    lat_a, lat_b, lon = math.radians(a.lat), math.radians(b.lat), math.radians(b.lon - a.lon)
    half = (1 - math.cos(lat_b - lat_a)) / 2 + math.cos(lat_a) * math.cos(lat_b) * (1 - math.cos(lon)) / 2
    if half < 1e-9:  # under 0.4 km the cosines lose what counts
        half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(lon / 2) ** 2
    return 2 * EARTH_RADIUS_METRES * math.asin(math.sqrt(half))
