"""Tiles of the base map, cut by a real PostGIS from what a real extract's reader wrote."""

from __future__ import annotations

import osmium
import pytest
from django.db import connection
from osmium.osm.mutable import Node, Way

from geo.base_map import import_base_map
from geo.base_tiles import base_tile
from geo.tiles import Tile, point_to_tile
from geo.types import Point

pytestmark = pytest.mark.django_db

HERE = Point(24.94, 60.17)


@pytest.fixture
def extract(tmp_path):
    """A park of 200 m, a street across it that runs out of the extract, a suburb's name, and sea east of 24.945."""
    path = tmp_path / "small.osm.pbf"
    corners = [(24.938, 60.169), (24.942, 60.169), (24.942, 60.171), (24.938, 60.171)]
    street = [(24.937, 60.17), (24.943, 60.17)]
    coast = [(24.945, 60.1685), (24.945, 60.1715)]
    edge = [(24.930, 60.165), (24.950, 60.175)]
    with osmium.SimpleWriter(path) as writer:
        for number, position in enumerate([*corners, *street, *coast, *edge], start=1):
            writer.add_node(Node(id=number, location=position))
        writer.add_node(Node(id=90, location=(24.94, 60.1705), tags={"place": "suburb", "name": "Kamppi"}))
        writer.add_way(Way(id=1, nodes=[1, 2, 3, 4, 1], tags={"leisure": "park", "name": "Kampin puisto"}))
        writer.add_way(Way(id=2, nodes=[5, 6, 999], tags={"highway": "primary", "name": "Mannerheimintie"}))
        writer.add_way(Way(id=3, nodes=[7, 8], tags={"natural": "coastline"}))
        writer.add_way(Way(id=4, nodes=[1, 999], tags={"highway": "footway"}))
    return path


def drawn() -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT layer, kind, name FROM geo_basefeature ORDER BY 1, 2, 3")
        return cursor.fetchall()


EXPECTED = [
    ("green", "park", "Kampin puisto"),
    ("labels", "suburb", "Kamppi"),
    ("land", "land", ""),
    ("streets", "primary", "Mannerheimintie"),
    ("water", "water", ""),
]


def test_an_import_draws_what_is_known_and_replaces_its_own(extract):
    assert import_base_map(path=extract, source="small") == len(EXPECTED)
    assert import_base_map(path=extract, source="small") == len(EXPECTED)
    assert drawn() == EXPECTED


def test_a_tile_holds_each_layer_and_its_names(extract):
    import_base_map(path=extract, source="small")
    tile = base_tile(point_to_tile(HERE, 14))
    for word in (b"land", b"water", b"green", b"streets", b"labels", b"Mannerheimintie", b"Kamppi"):
        assert word in tile
    assert b"buildings" not in tile


def test_what_is_too_small_for_a_zoom_is_left_out(extract):
    import_base_map(path=extract, source="small")
    assert b"green" not in base_tile(point_to_tile(HERE, 10))
    assert b"streets" in base_tile(point_to_tile(HERE, 8))
    assert b"streets" not in base_tile(point_to_tile(HERE, 7))


def test_a_tile_elsewhere_is_empty(extract):
    import_base_map(path=extract, source="small")
    assert base_tile(Tile(14, 0, 0)) == b""


def test_a_tile_over_http_may_be_kept_and_asked_again_cheaply(extract, client):
    import_base_map(path=extract, source="small")
    tile = point_to_tile(HERE, 14)
    url = f"/v1/tiles/base/{tile.z}/{tile.x}/{tile.y}.mvt"
    first = client.get(url, headers={"accept": "application/vnd.mapbox-vector-tile"})
    assert (first.status_code, first["Content-Type"]) == (200, "application/vnd.mapbox-vector-tile")
    assert first["Cache-Control"] == "public, max-age=3600"
    again = client.get(url, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    import_base_map(path=extract, source="small")
    assert client.get(url, headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("path", "parameter"), [("23/0/0", "z"), ("1/2/0", "x"), ("1/0/2", "y"), ("-1/0/0", "z"), ("1/0/x", "y")]
)
def test_what_is_no_tile_is_refused_by_name(client, path, parameter):
    response = client.get(f"/v1/tiles/base/{path}.mvt")
    assert (response.status_code, response.json()["parameter"]) == (400, parameter)
