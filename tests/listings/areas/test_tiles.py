"""Tiles of where a branch delivers to: what is published and valid, in its shape, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from math import cos, pi, radians, sin

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.test import Client
from django.utils import timezone

from geo.area_tiles import MAX_DRAWN_CORNERS, drawn_circle
from geo.base_tiles import EXTENT
from geo.distance import distance_metres
from geo.tiles import Tile, point_to_tile, tile_box
from geo.types import Circle, Point
from listings.models import NamedArea
from tests.factories import BranchFactory, NamedAreaFactory, ServiceAreaFactory, area_version, square
from tests.listings.areas.hostile_areas import comb
from tests.search.test_offer_tiles import fields, read, varint

pytestmark = pytest.mark.django_db

NEAR = Point(24.94, 60.17)


def ask(branch, tile: Tile, **headers):
    return Client().get(f"/v1/tiles/areas/{branch.id}/{tile.z}/{tile.x}/{tile.y}.mvt", headers=headers)


def rings(body: bytes) -> list[list[list[tuple[int, int]]]]:
    """The rings of each feature, in the tile's own units."""
    (layer,) = [value for _, value in fields(body)]
    found = []
    for feature in (value for number, value in fields(layer) if number == 2):
        geometry = next(value for number, value in fields(feature) if number == 4)
        at, x, y, shapes = 0, 0, 0, []
        while at < len(geometry):
            command, at = varint(geometry, at)
            if command & 7 == 1:
                shapes.append([])
            for _ in range(command >> 3 if command & 7 != 7 else 0):
                dx, at = varint(geometry, at)
                dy, at = varint(geometry, at)
                x, y = x + ((dx >> 1) ^ -(dx & 1)), y + ((dy >> 1) ^ -(dy & 1))
                shapes[-1].append((x, y))
        found.append(shapes)
    return found


def covered(shapes: list[list[tuple[int, int]]], x: float, y: float) -> bool:
    """By the number of borders to the right of the point, over all rings."""
    crossed = 0
    for ring in shapes:
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
            crossed += (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
    return bool(crossed % 2)


def test_bands_are_told_with_their_facts_in_the_order_in_which_they_count():
    branch = BranchFactory(point=f"SRID=4326;POINT({NEAR.lon} {NEAR.lat})")
    eta = {"eta_min_minutes": 20, "eta_max_minutes": 40}
    area = ServiceAreaFactory(
        branch=branch, name="Centre", bands=[{"radius_metres": 800, **eta}, {"radius_metres": 2000, "fee_minor": 490}]
    )
    facts = {"area_id": str(area.id), "area": "Centre", "mode": "delivery", "minimum_minor": 0, "currency": "EUR"}
    assert read(ask(branch, point_to_tile(NEAR, 12)).content) == {
        "bands": [
            {**facts, "rank": 0, "fee_minor": 290, **eta},
            {**facts, "rank": 1, "fee_minor": 490},
        ]
    }


def test_a_hole_stays_one_and_beyond_the_shape_nothing_is():
    tile = point_to_tile(NEAR, 10)
    box = tile_box(tile)

    def at(x: float, y: float) -> tuple[float, float]:
        return box.west + (box.east - box.west) * x, box.south + (box.north - box.south) * y

    shell = Polygon.from_bbox((*at(0.2, 0.2), *at(0.8, 0.8)))
    hole = Polygon.from_bbox((*at(0.4, 0.4), *at(0.6, 0.6)))
    area = ServiceAreaFactory(bands=[{"geometry": MultiPolygon(Polygon(shell.shell, hole.shell), srid=4326)}])
    (shapes,) = rings(ask(area.branch, tile).content)
    middles = [covered(shapes, x * EXTENT, EXTENT / 2) for x in (0.1, 0.3, 0.5, 0.7, 0.9)]
    assert middles == [False, True, False, True, False]
    beside = Tile(tile.z, tile.x + 3, tile.y)
    assert ask(area.branch, beside).content == b""


def test_only_what_is_published_and_valid_now_is_told():
    branch, now = BranchFactory(point=f"SRID=4326;POINT({NEAR.lon} {NEAR.lat})"), timezone.now()
    tile = point_to_tile(NEAR, 12)
    ServiceAreaFactory(branch=branch, bands__published=False)
    ServiceAreaFactory(branch=branch, bands__valid_from=now + timedelta(days=1))
    ServiceAreaFactory(branch=branch, bands__valid_until=now - timedelta(days=1))
    ServiceAreaFactory(branch=BranchFactory(point=branch.point))
    assert ask(branch, tile).content == b""
    area = ServiceAreaFactory(branch=branch, bands=[{"radius_metres": 700, "fee_minor": 100}])
    area_version(area, [{"radius_metres": 900, "fee_minor": 200}])
    assert [band["fee_minor"] for band in read(ask(branch, tile).content)["bands"]] == [200]


@pytest.mark.parametrize("shape", [(-180, -90, 180, 90), (170, 80, 180, 90)], ids=["the world", "to the pole"])
def test_what_reaches_a_pole_is_drawn_as_far_as_the_map_goes(shape):
    area = ServiceAreaFactory(bands=[{"geometry": square(*shape)}])
    (shapes,) = rings(ask(area.branch, Tile(0, 0, 0)).content)
    assert covered(shapes, EXTENT * 0.99, EXTENT * 0.05)


def test_a_tile_is_kept_for_a_minute_and_asked_for_by_its_tag():
    area = ServiceAreaFactory(branch__point=f"SRID=4326;POINT({NEAR.lon} {NEAR.lat})")
    tile = point_to_tile(NEAR, 12)
    first = ask(area.branch, tile)
    assert first["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert first["Cache-Control"] == "public, max-age=60"
    again = ask(area.branch, tile, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    area_version(area, [{"radius_metres": 900}])
    assert ask(area.branch, tile, **{"If-None-Match": first["ETag"]}).status_code == 200


def test_a_tile_takes_three_statements_and_none_of_them_for_shapes_where_it_is_kept(django_assert_num_queries):
    bands = [{"radius_metres": 100}, {"geometry": square(0, 0, 1, 1)}, {"named_area": NamedAreaFactory()}]
    area = ServiceAreaFactory(bands=bands)
    with django_assert_num_queries(3):
        first = ask(area.branch, Tile(0, 0, 0))
    with django_assert_num_queries(2) as asked:
        again = ask(area.branch, Tile(0, 0, 0), **{"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert not [query for query in asked.captured_queries if "geometry" in query["sql"]]


def test_where_only_circles_far_away_are_there_is_no_statement_for_them(django_assert_num_queries):
    area = ServiceAreaFactory(branch__point=f"SRID=4326;POINT({NEAR.lon} {NEAR.lat})", bands=[{"radius_metres": 800}])
    with django_assert_num_queries(2):
        assert ask(area.branch, Tile(12, 0, 0)).content == b""


@pytest.mark.django_db(transaction=True)
def test_the_tag_follows_a_named_area_whoever_writes_it():
    named, tile = NamedAreaFactory(), point_to_tile(NEAR, 12)
    branch = ServiceAreaFactory(bands=[{"named_area": named}]).branch
    first, again = ask(branch, tile), ask(branch, tile)
    assert first["ETag"] == again["ETag"]
    NamedArea.objects.filter(id=named.id).update(geometry=square(24.93, 60.16, 24.96, 60.18))
    moved = ask(branch, tile, **{"If-None-Match": first["ETag"]})
    assert moved.status_code == 200
    assert moved.content != first.content


def test_the_tag_follows_names_places_and_validity():
    branch, now = BranchFactory(point=f"SRID=4326;POINT({NEAR.lon} {NEAR.lat})"), timezone.now()
    named, tile = NamedAreaFactory(), point_to_tile(NEAR, 12)
    area = ServiceAreaFactory(branch=branch, bands=[{"radius_metres": 800}, {"named_area": named}])

    def tag() -> str:
        return ask(branch, tile)["ETag"]

    tags = [tag()]
    assert tag() == tags[0]
    type(area).objects.filter(id=area.id).update(name="Another")
    tags.append(tag())
    type(branch).objects.filter(id=branch.id).update(point=f"SRID=4326;POINT({NEAR.lon + 0.001} {NEAR.lat})")
    tags.append(tag())
    area_version(area, [{"radius_metres": 800}, {"named_area": named}], valid_from=now + timedelta(days=1))
    tags.append(tag())
    assert len(set(tags)) == len(tags)
    assert ask(branch, Tile(tile.z, tile.x + 1, tile.y))["ETag"] not in tags


def rough(corners: int, degrees: float = 0.2) -> MultiPolygon:
    """A ring of many corners round NEAR: seven bays, and a rim as rough as the corners allow."""
    ring = []
    for corner in range(corners):
        angle = 2 * pi * corner / corners
        reach = degrees * (1 + 0.1 * sin(angle * 7) + 0.001 * sin(angle * corners / 3))
        ring.append((NEAR.lon + cos(angle) * reach / cos(radians(NEAR.lat)), NEAR.lat + sin(angle) * reach))
    return MultiPolygon(Polygon([*ring, ring[0]]), srid=4326)


def test_a_tile_wholly_inside_a_large_area_is_a_square_of_all_of_it():
    named = NamedAreaFactory(geometry=rough(5_000))
    area = ServiceAreaFactory(bands=[{"named_area": named}])
    for zoom in (12, 16, 22):
        ((ring,),) = rings(ask(area.branch, point_to_tile(NEAR, zoom)).content)
        assert len(ring) == 4
        assert {x < 0 or x > EXTENT for x, _ in ring} == {y < 0 or y > EXTENT for _, y in ring} == {True}


def test_an_outline_is_thinned_to_what_the_tile_can_show_and_stays_where_it_is():
    shape = rough(5_000)
    area = ServiceAreaFactory(bands=[{"geometry": shape}])
    outline = [Point(*corner) for corner in shape[0][0]]
    for zoom, most in ((4, 100), (6, 200)):
        tile = point_to_tile(NEAR, zoom)
        (shapes,) = rings(ask(area.branch, tile).content)
        box, corners = tile_box(tile), [corner for ring in shapes for corner in ring]
        assert 10 < len(corners) <= most
        unit_metres = distance_metres(NEAR, Point(NEAR.lon + (box.east - box.west) / EXTENT, NEAR.lat))
        for x, y in corners[:: max(1, len(corners) // 40)]:
            lon = box.west + (box.east - box.west) * x / EXTENT
            at = Point(lon, _latitude(tile, y))
            assert min(distance_metres(at, corner) for corner in outline) <= 4 * unit_metres + 150


def _latitude(tile: Tile, y: float) -> float:
    """Of a height within the tile; rows of the map are even in it."""
    deep = Tile(tile.z + 12, 0, int(tile.y * EXTENT + min(max(y, 0), EXTENT - 1)))
    return tile_box(deep).north


def test_an_area_across_the_180th_meridian_is_on_both_sides_of_it():
    both = MultiPolygon(Polygon.from_bbox((170, 0, 180, 10)), Polygon.from_bbox((-180, 0, -170, 10)), srid=4326)
    area = ServiceAreaFactory(bands=[{"geometry": both}], branch__point="SRID=4326;POINT(179.999 5)")
    ServiceAreaFactory(branch=area.branch, bands=[{"radius_metres": 100_000}])
    for lon, beyond in ((179.9, 160.0), (-179.9, -160.0)):
        told = rings(ask(area.branch, point_to_tile(Point(lon, 5), 6)).content)
        assert [covered(shapes, *_at(Point(lon, 5), 6)) for shapes in told] == [True, True]
        assert ask(area.branch, point_to_tile(Point(beyond, 5), 6)).content == b""


def _at(point: Point, zoom: int) -> tuple[float, float]:
    box = tile_box(point_to_tile(point, zoom))
    return (
        (point.lon - box.west) / (box.east - box.west) * EXTENT,
        (box.north - point.lat) / (box.north - box.south) * EXTENT,
    )


def test_more_corners_than_a_tile_shows_are_refused_and_shown_nearer_by():
    teeth = MultiPolygon(Polygon(comb(499)), srid=4326)
    branch = BranchFactory()
    for _ in range(2):
        ServiceAreaFactory(branch=branch, bands=[{"geometry": teeth}] * 8)
    inside = Point(24.5001, 60.5)
    told = ask(branch, point_to_tile(inside, 8))
    assert (told.status_code, told.json()["code"]) == (422, "tile_too_detailed")
    assert told.json()["limit"] == MAX_DRAWN_CORNERS
    assert len(rings(ask(branch, point_to_tile(inside, 14)).content)) == 16


def test_a_place_that_is_not_there_or_has_closed_is_404_and_a_tile_that_is_none_is_refused():
    branch = BranchFactory()
    assert ask(branch, Tile(0, 0, 0)).content == b""
    assert Client().get(f"/v1/tiles/areas/{branch.id}/1/2/0.mvt").json()["code"] == "invalid_parameter"
    assert Client().get("/v1/tiles/areas/none/0/0/0.mvt").json()["parameter"] == "branch_id"
    now = timezone.now()
    for closed_at, status in ((now + timedelta(days=1), 200), (now, 404)):
        type(branch).objects.filter(id=branch.id).update(closed_at=closed_at)
        assert ask(branch, Tile(0, 0, 0)).status_code == status


def test_a_mobile_branch_has_circles_only_while_it_tells_where_it_is():
    now, at = timezone.now(), f"SRID=4326;POINT({NEAR.lon} {NEAR.lat})"
    branch = BranchFactory(point=at, home_point=at)
    bands = [
        {"radius_metres": 800},
        {"geometry": square(NEAR.lon - 0.1, NEAR.lat - 0.1, NEAR.lon + 0.1, NEAR.lat + 0.1)},
    ]
    ServiceAreaFactory(branch=branch, bands=bands)

    def ranks():
        return [band["rank"] for band in read(ask(branch, point_to_tile(NEAR, 12)).content)["bands"]]

    assert ranks() == [1]
    for until, shown in ((now + timedelta(minutes=5), [0, 1]), (now, [1])):
        type(branch).objects.filter(id=branch.id).update(position_at=now - timedelta(minutes=1), position_until=until)
        assert ranks() == shown


def test_a_drawn_circle_is_as_far_as_its_radius_and_falls_back_to_its_box_at_a_pole():
    centre = Point(179.99, 60.0)
    drawn = drawn_circle(Circle(centre, 5000.0))
    corners = [Point(lon, lat) for polygon in drawn.polygons for ring in polygon for lon, lat in ring]
    on_meridian = [corner for corner in corners if abs(corner.lon) == 180]
    assert len(drawn.polygons) == 2
    assert len(on_meridian) >= 4
    for corner in corners:
        assert distance_metres(centre, corner) <= 5000.1
        assert corner in on_meridian or distance_metres(centre, corner) >= 4999.9
    polar = drawn_circle(Circle(Point(0.0, 89.99), 50_000.0)).box
    assert (polar.west, polar.east, polar.north) == (-180, 180, 90)
