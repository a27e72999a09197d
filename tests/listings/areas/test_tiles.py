"""Tiles of where a branch delivers to: what is published and valid, in its shape, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.test import Client
from django.utils import timezone

from geo.area_tiles import drawn_circle
from geo.base_tiles import EXTENT
from geo.distance import distance_metres
from geo.tiles import Tile, point_to_tile, tile_box
from geo.types import Circle, Point
from tests.factories import BranchFactory, ServiceAreaFactory, area_version, square
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


def test_a_tile_takes_three_statements(django_assert_num_queries):
    area = ServiceAreaFactory(bands=[{"radius_metres": 100}, {"geometry": square(0, 0, 1, 1)}])
    with django_assert_num_queries(3):
        ask(area.branch, Tile(0, 0, 0))


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
