"""Cells: parents by bits are H3's own, and a cover leaves no point of its region out."""

import math
import random
import time
from itertools import pairwise

import h3.api.basic_int as h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.areas import area_from_box, area_from_geojson, area_from_rings
from geo.cells import (
    FINEST,
    MAX_CELLS,
    TooManyCells,
    cell_boundary,
    cell_centre,
    cell_resolution,
    cell_to_parent,
    cover,
    estimated_cells,
    is_cell,
    parent_mask,
    point_to_cell,
    resolution_for_zoom,
)
from geo.distance import distance_metres
from geo.types import Box, Circle, Point


def _random_points(count, seed=1):
    rnd = random.Random(seed)
    return [Point(rnd.uniform(-180, 180), math.degrees(math.asin(rnd.uniform(-1, 1)))) for _ in range(count)]


def test_parents_by_bits_are_those_of_h3_everywhere():
    for point in _random_points(10_000):
        cell = point_to_cell(point, FINEST)
        for resolution in range(FINEST + 1):
            parent = h3.cell_to_parent(cell, resolution)
            assert cell_to_parent(cell, resolution) == parent
            assert cell_resolution(parent) == resolution


def test_parents_of_pentagons_and_of_coarser_cells():
    for resolution in range(FINEST + 1):
        neighbours = {near for pentagon in h3.get_pentagons(resolution) for near in h3.grid_disk(pentagon, 1)}
        for cell in neighbours:
            for coarser in range(resolution + 1):
                mask_and, mask_or = parent_mask(coarser)
                assert cell & mask_and | mask_or == h3.cell_to_parent(cell, coarser)


def test_a_cell_fits_a_signed_bigint():
    cells = [point_to_cell(point, resolution) for point in _random_points(200) for resolution in (0, 9, 15)]
    assert all(0 < cell < 2**63 for cell in cells)
    assert all(-(2**63) <= number < 2**63 for resolution in range(16) for number in parent_mask(resolution))


def test_a_cell_knows_where_it_is():
    for point in _random_points(500):
        cell = point_to_cell(point, 9)
        assert point_to_cell(cell_centre(cell), 9) == cell
        assert distance_metres(point, cell_centre(cell)) < 300


@pytest.mark.parametrize("value", [0, -1, 1, 2**63, 2**64, 0x891126D338FFFFE])
def test_what_is_no_cell(value):
    assert is_cell(value) is False


def test_what_is_a_cell():
    assert is_cell(point_to_cell(Point(24.9384, 60.1699), 9)) is True


def test_boundaries_are_closed_rings_in_one_piece():
    fiji = [Point(179.9999, -17), Point(-179.9999, -17), Point(180, 65)]
    for point in [*_random_points(300), *fiji]:
        ring = cell_boundary(point_to_cell(point, 5))
        assert ring[0] == ring[-1]
        assert len(ring) >= 6
        if abs(point.lat) < 85:
            assert all(abs(a[0] - b[0]) < 10 for a, b in pairwise(ring))
            assert sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) > 0
            assert len(area_from_geojson({"type": "Polygon", "coordinates": [ring]}).polygons) in (1, 2)


def test_a_cell_across_the_meridian_runs_on():
    lons = [lon for lon, _ in cell_boundary(point_to_cell(Point(180, -17), 5))]
    assert max(lons) - min(lons) < 1


@pytest.mark.parametrize("zoom", range(23))
def test_cells_for_a_zoom_are_of_a_size_to_be_seen(zoom):
    resolution = resolution_for_zoom(zoom)
    if 0 < resolution < FINEST:
        pixel_metres = 40_075_017 / 512 / 2**zoom
        across = 2 * h3.average_hexagon_edge_length(resolution, "m")
        assert 40 <= across / pixel_metres <= 120


def test_zooms_go_from_coarse_to_fine():
    resolutions = [resolution_for_zoom(zoom / 2) for zoom in range(-4, 60)]
    assert resolutions == sorted(resolutions)
    assert (resolutions[0], resolutions[-1]) == (0, 15)


def _star(rnd, lon, lat, size, spokes=12):
    ring = [
        (
            lon + size * (0.3 + 0.7 * rnd.random()) * math.cos(2 * math.pi * i / spokes) / math.cos(math.radians(lat)),
            lat + size * (0.3 + 0.7 * rnd.random()) * math.sin(2 * math.pi * i / spokes),
        )
        for i in range(spokes)
    ]
    return area_from_geojson({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(24.94, 60.17), (121.47, 31.23), (179.98, -17), (-179.99, 65), (0.01, 0.01), (-70, -78), (20, 78.9)],
)
def test_no_point_of_an_area_is_left_out_of_its_cover(lon, lat):
    rnd = random.Random(7)
    for resolution, size in ((1, 0.5), (3, 1.0), (5, 0.8), (7, 0.2), (9, 0.03), (11, 0.004)):
        area = _star(rnd, lon, lat, size)
        cells = cover(area, resolution)
        assert list(cells) == sorted(set(cells))
        assert all(cell_resolution(cell) == resolution for cell in cells)
        points = [_inside(rnd, area) for _ in range(300)]
        corners = [Point(*corner) for polygon in area.polygons for ring in polygon for corner in ring]
        assert {point_to_cell(point, resolution) for point in points + corners} <= set(cells)


def _inside(rnd, area):
    while True:
        part = rnd.choice(area.polygons)
        lons, lats = zip(*part[0], strict=True)
        point = Point(rnd.uniform(min(lons), max(lons)), rnd.uniform(min(lats), max(lats)))
        if area.contains(point):
            return point


def _tongues(resolution, count):
    """Areas that reach into a cell by their tip alone, and only into the bulge of its edge.

    The bulge lies between the great circle that bounds the cell and the line that is straight in degrees.
    """
    rnd = random.Random(resolution)
    found = []
    while len(found) < count:
        a, b = rnd.choice(list(pairwise(cell_boundary(point_to_cell(_place(rnd), resolution)))))
        lon, straight, bulge = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2, _bulge_degrees(a, b)
        if bulge < 1e-6 or abs(lon) > 179:
            continue
        tip = Point(lon, straight + bulge / 2)
        base = straight + abs(b[0] - a[0]) / 20
        ring = [(lon - bulge, base), (tip.lon, tip.lat), (lon + bulge, base), (lon - bulge, base)]
        found.append((area_from_rings([[ring]]), tip))
    return found


def _place(rnd):
    return Point(rnd.uniform(-170, 170), rnd.uniform(40, 75))


def _bulge_degrees(a, b):
    """How far north of the straight line the great circle runs half-way."""
    half = math.radians(b[0] - a[0]) / 2
    mid = (math.tan(math.radians(a[1])) + math.tan(math.radians(b[1]))) / 2 / math.cos(half)
    return math.degrees(math.atan(mid)) - (a[1] + b[1]) / 2


@pytest.mark.parametrize("resolution", [2, 4, 5, 6])
def test_what_reaches_a_cell_only_in_its_bulge_is_not_left_out(resolution):
    held = [point_to_cell(tip, resolution) in cover(area, resolution) for area, tip in _tongues(resolution, 60)]
    assert held == [True] * 60


def test_h3_alone_leaves_it_out():
    """The negative control of the test above."""
    missed = 0
    for area, tip in _tongues(5, 60):
        rings = [[(lat, lon) for lon, lat in ring] for ring in area.polygons[0]]
        cells = h3.h3shape_to_cells_experimental(h3.LatLngPoly(*rings), 5, "overlap")
        missed += point_to_cell(tip, 5) not in cells
    assert missed > 10


def test_a_cover_is_not_much_larger_than_its_area():
    area = area_from_geojson(
        {"type": "Polygon", "coordinates": [[[24.9, 60.1], [25, 60.1], [25, 60.2], [24.9, 60.2], [24.9, 60.1]]]}
    )
    rings = [[(lat, lon) for lon, lat in area.polygons[0][0]]]
    exactly = h3.h3shape_to_cells_experimental(h3.LatLngPoly(*rings), 9, "overlap")
    assert set(exactly) <= set(cover(area, 9))
    assert len(cover(area, 9)) <= len(exactly) + 2


centres = st.builds(Point, st.floats(-180, 180), st.floats(-90, 90))


@given(centres, st.floats(0, 1), st.floats(-math.pi, math.pi), st.integers(0, 12), st.floats(0, 8))
def test_no_point_of_a_circle_is_left_out_of_its_cover(centre, share, bearing, resolution, edges):
    radius = edges * h3.average_hexagon_edge_length(resolution, "m")
    cells = set(cover(Circle(centre, radius), resolution))
    for part in (share, 0.9999, 0):
        for turn in (0, 1, 2, 3):
            there = _destination(centre, bearing + turn * math.pi / 2, radius * part)
            assert point_to_cell(there, resolution) in cells


def _destination(start, bearing, metres):
    angle, lat = metres / 6_371_008.7714, math.radians(start.lat)
    sine = math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(bearing)
    lon = math.radians(start.lon) + math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(lat), math.cos(angle) - math.sin(lat) * sine
    )
    return Point((math.degrees(lon) + 180) % 360 - 180, math.degrees(math.asin(max(-1.0, min(1.0, sine)))))


def test_a_disc_of_five_kilometres_in_helsinki():
    cells = cover(Circle(Point(24.9384, 60.1699), 5_000), 9)
    assert 900 < len(cells) < 1_300
    assert 0.5 < estimated_cells(Circle(Point(24.9384, 60.1699), 5_000), 9) / len(cells) < 2


def test_the_whole_earth_at_the_coarsest():
    everything = set(h3.get_res0_cells())
    assert set(cover(Circle(Point(0, 0), 20_100_000), 0)) == everything
    corners = [[-180, -90], [0, -90], [180, -90], [180, 90], [0, 90], [-180, 90], [-180, -90]]
    assert set(cover(area_from_geojson({"type": "Polygon", "coordinates": [corners]}), 0)) == everything


def _comb():
    teeth = [[[20, i * 0.05 - 40], [60, i * 0.05 - 39.975]] for i in range(990)]
    ring = [position for tooth in teeth for position in tooth]
    return area_from_geojson({"type": "Polygon", "coordinates": [[*ring, [61, 10], [61, -40.1], ring[0]]]})


TOO_LARGE = {
    "a country at 9": (lambda: area_from_box(Box(20, 60, 30, 70)), 9),
    "the world at 15": (lambda: area_from_box(Box(-170, -80, 170, 80)), 15),
    "a comb at 5": (_comb, 5),
    "100 km at 9": (lambda: Circle(Point(24.94, 60.17), 100_000), 9),
    "the globe at 15": (lambda: Circle(Point(0, 0), 20_100_000), 15),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_cover_too_large_is_refused_before_any_work(name):
    make, resolution = TOO_LARGE[name]
    region = make()
    started = time.process_time()
    with pytest.raises(TooManyCells) as caught:
        cover(region, resolution, parameter="service_area")
    assert time.process_time() - started < 0.5
    refused = caught.value
    assert (refused.code, refused.parameter, refused.limit) == ("too_many_cells", "service_area", "20000 cells")
    assert refused.members["estimated_cells"] > MAX_CELLS


def test_a_folded_border_counts_no_more_than_its_box():
    comb = _comb()
    assert 0.5 < estimated_cells(comb, 3) / len(cover(comb, 3)) < 2


def test_the_limit_may_be_lower():
    with pytest.raises(TooManyCells) as caught:
        cover(Circle(Point(24.94, 60.17), 5_000), 9, limit=100)
    assert caught.value.limit == "100 cells"


@pytest.mark.parametrize("place", _random_points(12, seed=4), ids=str)
def test_the_estimate_is_right_to_a_factor_of_two(place):
    for resolution in (6, 8):
        circle = Circle(place, 12 * h3.average_hexagon_edge_length(resolution, "m"))
        assert 0.5 < estimated_cells(circle, resolution) / len(cover(circle, resolution)) < 2
