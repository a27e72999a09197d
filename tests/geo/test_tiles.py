"""Tiles of web maps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import InvalidParameter
from geo.tiles import MAX_LATITUDE, MAX_ZOOM, Tile, parse_tile, point_to_tile, tile_box
from geo.types import Box, Point

tiles = st.integers(0, MAX_ZOOM).flatmap(
    lambda z: st.builds(Tile, st.just(z), st.integers(0, 2**z - 1), st.integers(0, 2**z - 1))
)


def test_the_world_is_one_tile():
    assert tile_box(Tile(0, 0, 0)) == Box(-180.0, -MAX_LATITUDE, 180.0, MAX_LATITUDE)
    assert round(MAX_LATITUDE, 10) == 85.0511287798


@pytest.mark.parametrize(
    ("point", "tile"),
    [
        (Point(24.9384, 60.1699), Tile(10, 582, 296)),
        (Point(-180, 90), Tile(3, 0, 0)),
        (Point(180, -90), Tile(3, 7, 7)),
        (Point(0, 0), Tile(1, 1, 1)),
        (Point(-0.0001, 0.0001), Tile(1, 0, 0)),
    ],
)
def test_the_tile_of_a_point(point, tile):
    assert point_to_tile(point, tile.z) == tile


@given(tiles)
def test_the_middle_of_a_tile_is_in_it(tile):
    assert point_to_tile(tile_box(tile).centre, tile.z) == tile


@given(tiles)
def test_neighbours_share_an_edge_to_the_last_bit(tile):
    last = 2**tile.z - 1
    if tile.x < last:
        assert tile_box(Tile(tile.z, tile.x + 1, tile.y)).west == tile_box(tile).east
    if tile.y < last:
        assert tile_box(Tile(tile.z, tile.x, tile.y + 1)).north == tile_box(tile).south


@given(st.floats(-180, 180), st.floats(-85, 85), st.integers(0, MAX_ZOOM))
def test_a_point_is_in_the_box_of_its_tile(lon, lat, zoom):
    box = tile_box(point_to_tile(Point(lon, lat), zoom))
    rounding = 1e-10
    assert box.west - rounding <= lon <= box.east + rounding
    assert box.south - rounding <= lat <= box.north + rounding


def test_a_tile_of_a_path():
    assert parse_tile("10", "582", "296") == Tile(10, 582, 296)
    assert parse_tile("22", "4194303", "0") == Tile(22, 4_194_303, 0)


@pytest.mark.parametrize(
    ("path", "parameter", "limit"),
    [
        (("23", "0", "0"), "z", "0 to 22"),
        (("1", "2", "0"), "x", "0 to 1"),
        (("1", "0", "2"), "y", "0 to 1"),
        (("-1", "0", "0"), "z", "0 to 22"),
        (("01", "0", "0"), "z", "0 to 22"),
        (("1.0", "0", "0"), "z", "0 to 22"),
        (("１", "0", "0"), "z", "0 to 22"),
        (("1", "", "0"), "x", "0 to 1"),
        (("1", "0", "9" * 100_000), "y", "0 to 1"),
        (("1\n", "0", "0"), "z", "0 to 22"),
    ],
)
def test_what_is_no_tile(path, parameter, limit):
    with pytest.raises(InvalidParameter) as caught:
        parse_tile(*path)
    assert (caught.value.parameter, caught.value.limit) == (parameter, limit)
    assert caught.value.detail == f"{parameter} must be a whole number from {limit}."
