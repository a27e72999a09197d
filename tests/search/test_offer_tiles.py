"""Tiles of what a search finds: all of it, once, whatever the zoom."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from geo.tiles import Tile, point_to_tile, tile_box
from geo.types import Point
from search.backends.registry import backend_for
from search.offer_tiles import MAX_PINS, offer_tile, tile_area
from tests.contracts.documents import CENTRE, NOW, asking, document

pytestmark = pytest.mark.django_db


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def fields(data: bytes) -> list[tuple[int, int | bytes]]:
    """A protocol-buffer message as (field, value): what a tile is made of (Mapbox Vector Tile 2.1, section 4)."""
    found, at = [], 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 2:
            length, at = varint(data, at)
            found.append((key >> 3, data[at : at + length]))
            at += length
        elif key & 7 == 0:
            value, at = varint(data, at)
            found.append((key >> 3, value))
        else:
            found.append((key >> 3, data[at : at + 8]))
            at += 8
    return found


def read(tile: bytes) -> dict[str, list[dict[str, str | int]]]:
    """Source layers with the facts of each feature, text and whole numbers."""
    layers = {}
    for _, layer in fields(tile):
        parts = fields(layer)
        name = next(value for field, value in parts if field == 1).decode()
        keys = [value.decode() for field, value in parts if field == 3]
        values = [fields(value)[0] for field, value in parts if field == 4]
        layers[name] = []
        for field, feature in parts:
            if field != 2:
                continue
            tags = next(value for number, value in fields(feature) if number == 2)
            at, numbers = 0, []
            while at < len(tags):
                number, at = varint(tags, at)
                numbers.append(number)
            facts = {}
            for key, value in zip(numbers[::2], numbers[1::2], strict=True):
                kind, content = values[value]
                facts[keys[key]] = content.decode() if kind == 1 else content >> 1 if kind == 6 else content
            layers[name].append(facts)
    return layers


def place(number: int, point: Point = CENTRE, **changes):
    card = {"name": f"Number {number}", "category": {"slug": "cafe"}, "lat": point.lat, "lon": point.lon}
    return document(number, point=point, card=card, **changes)


@pytest.fixture
def backend():
    return backend_for("postgis")


def spread(count: int) -> list[Point]:
    return [Point(CENTRE.lon + 0.0007 * (n % 17), CENTRE.lat + 0.0005 * (n // 17)) for n in range(count)]


def test_few_are_pins_in_their_order(backend):
    tile = point_to_tile(CENTRE, 15)
    near = tile_box(tile).centre
    far = Point(near.lon + 0.001, near.lat)
    backend.apply([place(1, far), place(2, near)], gone=[], version=1)
    assert read(offer_tile(backend, asking(), tile)) == {
        "pins": [
            {"id": "place:2", "kind": "place", "name": "Number 2", "category": "cafe", "rank": 1},
            {"id": "place:1", "kind": "place", "name": "Number 1", "category": "cafe", "rank": 2},
        ]
    }


def test_many_are_cells_that_sum_to_the_search(backend):
    points = spread(MAX_PINS + 50)
    backend.apply([place(n, point) for n, point in enumerate(points)], gone=[], version=1)
    total = backend.search(asking()).total
    assert total == len(points)
    for zoom in (0, 5, 10, 13):
        tiles = {point_to_tile(point, zoom) for point in points}
        read_tiles = [read(offer_tile(backend, asking(), tile)) for tile in tiles]
        assert sum(cell["count"] for layers in read_tiles for cell in layers["clusters"]) == total


def test_pins_and_cells_of_neighbours_sum_too(backend):
    points = spread(MAX_PINS + 50)
    backend.apply([place(n, point) for n, point in enumerate(points)], gone=[], version=1)
    for zoom in (14, 16, 18):
        tiles = {point_to_tile(point, zoom) for point in points}
        read_tiles = [read(offer_tile(backend, asking(), tile)) for tile in tiles]
        pins = [pin["id"] for layers in read_tiles for pin in layers.get("pins", [])]
        cells = sum(cell["count"] for layers in read_tiles for cell in layers.get("clusters", []))
        assert len(pins) == len(set(pins))
        assert len(pins) + cells == len(points)


def test_a_point_on_the_edge_of_four_tiles_is_in_one(backend):
    box = tile_box(Tile(15, 18654, 9485))
    backend.apply([place(1, Point(box.east, box.south))], gone=[], version=1)
    tiles = [Tile(15, x, y) for x in (18654, 18655) for y in (9485, 9486)]
    assert [len(read(offer_tile(backend, asking(), tile)).get("pins", [])) for tile in tiles] == [0, 0, 0, 1]


def test_filters_hold_and_what_is_over_is_not_drawn(backend):
    backend.apply(
        [
            place(1, attributes=frozenset({"wheelchair"})),
            place(2),
            place(3, attributes=frozenset({"wheelchair"}), valid_until=NOW - timedelta(days=1)),
        ],
        gone=[],
        version=1,
    )
    tile = point_to_tile(CENTRE, 15)
    layers = read(offer_tile(backend, asking(attributes=frozenset({"wheelchair"})), tile))
    assert [pin["id"] for pin in layers["pins"]] == ["place:1"]
    assert offer_tile(backend, replace(asking(), impossible=True), tile) == b""


def test_the_last_column_keeps_its_edge_and_the_others_do_not():
    assert tile_area(Tile(2, 3, 1)).east == 180
    assert tile_area(Tile(2, 2, 1)).east < 90


def test_over_http(backend, client):
    backend.apply([place(1)], gone=[], version=1)
    tile = point_to_tile(CENTRE, 15)
    url = f"/v1/tiles/offers/{tile.z}/{tile.x}/{tile.y}.mvt"
    response = client.get(url, {"q": "number"})
    assert (response.status_code, response["Content-Type"]) == (200, "application/vnd.mapbox-vector-tile")
    assert re.fullmatch(r"public, max-age=\d+", response["Cache-Control"])
    assert [pin["id"] for pin in read(response.content)["pins"]] == ["place:1"]
    assert client.get(url, {"q": "number"}, headers={"if-none-match": response["ETag"]}).status_code == 304
    assert client.get(url, {"q": "teapot"}).content == b""


@pytest.mark.parametrize("name", ["bbox", "lat", "radius_metres", "zoom", "cursor", "limit", "collapse"])
def test_a_tile_is_its_own_area(client, name):
    response = client.get("/v1/tiles/offers/3/4/2.mvt", {name: "1"})
    assert (response.status_code, response.json()["code"]) == (400, "unknown_parameter")


def test_nearness_is_measured_from_the_middle_of_the_tile(backend, client):
    tile = point_to_tile(CENTRE, 15)
    box = tile_box(tile)
    middle = box.centre
    towards_zero = Point(middle.lon - (middle.lon - box.west) * 0.8, middle.lat - (middle.lat - box.south) * 0.8)
    backend.apply([place(1, towards_zero), place(2, middle)], gone=[], version=1)
    url = f"/v1/tiles/offers/{tile.z}/{tile.x}/{tile.y}.mvt"
    response = client.get(url, {"sort": "distance"})
    assert [pin["id"] for pin in read(response.content)["pins"]] == ["place:2", "place:1"]


def test_a_local_time_is_past_where_the_tile_is(backend, client):
    """On Hawaii the wall shows ten hours less than at (0, 0)."""
    tile = point_to_tile(Point(-155.5, 19.6), 12)
    soon = datetime.now(ZoneInfo("Pacific/Honolulu")) + timedelta(hours=1)
    url = f"/v1/tiles/offers/{tile.z}/{tile.x}/{tile.y}.mvt"
    assert client.get(url, {"open_at": f"{soon:%Y-%m-%dT%H:%M}"}).status_code == 200
