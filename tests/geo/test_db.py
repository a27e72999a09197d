"""The spelled SQL against the real PostGIS: it says what `geo` says in Python."""

import random
from contextlib import suppress
from math import cos, pi, sin

import pytest
from django.db import connection

from geo.areas import InvalidArea, area_from_ewkb, area_from_geojson
from geo.cells import cell_to_parent, point_to_cell
from geo.db import (
    area_covers_point,
    area_value,
    around_circle,
    covered_by_area,
    distance_of_vectors,
    distance_sphere,
    parent_cell,
    point_value,
    within_boxes,
    within_circle,
)
from geo.distance import circle_boxes, distance_metres, unit_vector
from geo.types import Box, Circle, Point

pytestmark = pytest.mark.django_db


def _random_point(rnd: random.Random) -> Point:
    return Point(rnd.uniform(-180, 180), rnd.uniform(-90, 90))


def _near(rnd: random.Random, centre: Point, degrees: float) -> Point:
    lon = (centre.lon + rnd.uniform(-degrees, degrees) + 180) % 360 - 180
    return Point(lon, max(-90.0, min(90.0, centre.lat + rnd.uniform(-degrees, degrees))))


@pytest.fixture
def spots(db):
    """5 000 points about places where circles and boxes are hard: a city, the 180th meridian, both poles."""
    rnd = random.Random(3)
    centres = [Point(24.94, 60.17), Point(180, -17), Point(-179.99, 65), Point(10, 89.95), Point(-60, -89.99)]
    points = [_near(rnd, rnd.choice(centres), rnd.choice([0.001, 0.05, 1.0])) for _ in range(4_990)]
    points += [Point(lon, lat) for lon in (-180.0, 180.0) for lat in (-90.0, -17.0, 0.0, 65.0, 90.0)]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE spot (id int, lon float8, lat float8, point geometry(Point, 4326), cell bigint)"
            " ON COMMIT DROP"
        )
        cursor.executemany(
            "INSERT INTO spot VALUES (%s, %s, %s, ST_SetSRID(ST_MakePoint(%s, %s), 4326), %s)",
            [(n, p.lon, p.lat, p.lon, p.lat, point_to_cell(p, 15)) for n, p in enumerate(points)],
        )
        cursor.execute("CREATE INDEX ON spot USING gist (point)")
        cursor.execute("ANALYZE spot")
        cursor.execute("SET LOCAL enable_seqscan = off")
    return points


def _found(fragment) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM spot s WHERE {fragment.sql}", dict(fragment.params))
        return {row[0] for row in cursor.fetchall()}


CIRCLES = [
    Circle(Point(24.94, 60.17), 50),
    Circle(Point(24.94, 60.17), 1_500.5),
    Circle(Point(24.94, 60.17), 40_000),
    Circle(Point(180, -17), 5_000),
    Circle(Point(-180, -17), 0.001),
    Circle(Point(179.999, 65), 2_000),
    Circle(Point(0, 90), 5_000),
    Circle(Point(100, 89.9), 20_000),
    Circle(Point(0, -90), 1_200),
    Circle(Point(0, 0), 20_100_000),
]


@pytest.mark.parametrize("circle", CIRCLES, ids=str)
def test_a_circle_holds_what_the_distance_says(spots, circle):
    expected = {n for n, point in enumerate(spots) if distance_metres(circle.centre, point) <= circle.radius_metres}
    assert expected
    assert _found(within_circle("s.point", circle, name="near")) == expected
    assert _found(around_circle("s.point", circle, name="near")) >= expected


def test_a_circle_is_asked_of_the_index(spots, ask):
    near = within_circle("s.point", Circle(Point(24.94, 60.17), 100), name="near")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN SELECT id FROM spot s WHERE {near.sql}", dict(near.params))
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Cond: (point &&" in plan


@pytest.mark.parametrize(
    "box",
    [
        Box(24.9, 60.1, 25.0, 60.2),
        Box(179.5, -18, -179.5, -16),
        Box(-180, -90, 180, 90),
        Box(170, -90, -170, 90),
        Box(24.94, 60.1695, 24.9405, 60.1705),
        Box(180, -17, -179.99, 65),
    ],
    ids=str,
)
def test_a_box_holds_exactly_its_points(spots, box):
    expected = {n for n, point in enumerate(spots) if box.contains(point)}
    assert expected
    assert _found(within_boxes("s.point", [box], name="view")) == expected


def test_a_box_is_exact_where_single_precision_is_not(ask):
    """`&&` alone would take it: the negative control."""
    box, just_outside = Box(24.0, 60.0, 24.9384, 61.0), Point(24.9384 + 1e-9, 60.5)
    value = point_value(just_outside, name="it")
    inside = within_boxes("p.point", [box], name="view")
    envelope = "ST_MakeEnvelope(24.0, 60.0, 24.9384, 61.0, 4326)"
    row = ask(
        f"SELECT {inside.sql}, p.point && {envelope} FROM (SELECT {value.sql} AS point) p",
        {**inside.params, **value.params},
    )
    assert row == (False, True)
    assert not box.contains(just_outside)


def test_no_boxes_hold_nothing(spots):
    assert _found(within_boxes("point", [], name="none")) == set()


def test_circle_boxes_may_be_asked_as_boxes(spots):
    boxes = circle_boxes(Circle(Point(180, -17), 5_000))
    assert _found(within_boxes("point", boxes, name="b")) == {
        n for n, point in enumerate(spots) if any(box.contains(point) for box in boxes)
    }


def _distances(pairs, expression):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE pair (n int, a_lon float8, a_lat float8, b_lon float8, b_lat float8)")
        cursor.executemany(
            "INSERT INTO pair VALUES (%s, %s, %s, %s, %s)",
            [(n, a.lon, a.lat, b.lon, b.lat) for n, (a, b) in enumerate(pairs)],
        )
        cursor.execute(f"SELECT {expression} FROM pair ORDER BY n")
        found = [row[0] for row in cursor.fetchall()]
        cursor.execute("DROP TABLE pair")
    return found


SPHERE = "ST_DistanceSphere(ST_SetSRID(ST_MakePoint(a_lon, a_lat), 4326), ST_SetSRID(ST_MakePoint(b_lon, b_lat), 4326))"


def test_postgis_measures_the_same_sphere():
    rnd = random.Random(11)
    cities = [(a := _random_point(rnd), _near(rnd, a, rnd.choice([1e-5, 0.01, 0.6]))) for _ in range(5_000)]
    near = [(a, b) for a, b in cities if distance_metres(a, b) <= 100_000]
    assert len(near) > 4_000
    for (a, b), measured in zip(near, _distances(near, SPHERE), strict=True):
        assert measured == pytest.approx(distance_metres(a, b), rel=0, abs=1e-6)
    # Far away the radii differ by 2.4e-12 of the way; near the antipode haversine itself is good to 0.1 m.
    far = [(_random_point(rnd), _random_point(rnd)) for _ in range(5_000)]
    for (a, b), measured in zip(far, _distances(far, SPHERE), strict=True):
        assert measured == pytest.approx(distance_metres(a, b), rel=0, abs=1e-3 if measured < 1.99e7 else 0.2)


def test_distance_sphere_reads_a_column_and_a_point(ask):
    here, there = Point(24.9384, 60.1699), Point(24.9484, 60.1799)
    column, distance = point_value(there, name="there"), distance_sphere("p.point", here, name="here")
    sql = f"SELECT {distance.sql} FROM (SELECT {column.sql} AS point) p"
    assert ask(sql, {**column.params, **distance.params})[0] == pytest.approx(distance_metres(here, there), abs=1e-6)


def test_distance_of_vectors_is_the_distance(spots):
    rnd = random.Random(12)
    vectors = [(n, *unit_vector(point)) for n, point in enumerate(spots)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE vector (id int, x float8, y float8, z float8) ON COMMIT DROP")
        cursor.executemany("INSERT INTO vector VALUES (%s, %s, %s, %s)", vectors)
        for here in [Point(24.94, 60.17), Point(180, -17), Point(0, 90), *(_random_point(rnd) for _ in range(20))]:
            distance = distance_of_vectors("v", here, name="here")
            cursor.execute(f"SELECT {distance.sql} FROM vector v ORDER BY id", dict(distance.params))
            for point, (metres,) in zip(spots, cursor.fetchall(), strict=True):
                # Half the globe away the arcsine magnifies one last bit to 0.1 m, in haversine too.
                epsilon = 1e-7 if metres < 1e7 else 1e-5 if metres < 1.99e7 else 0.2
                assert metres == pytest.approx(distance_metres(here, point), rel=0, abs=epsilon)


AREAS = {
    "city": [[[24.93, 60.16], [24.96, 60.165], [24.95, 60.18], [24.94, 60.175], [24.93, 60.18], [24.93, 60.16]]],
    "hole": [
        [[24.9, 60.1], [25, 60.1], [25, 60.2], [24.9, 60.2], [24.9, 60.1]],
        [[24.93, 60.16], [24.95, 60.16], [24.95, 60.18], [24.93, 60.18], [24.93, 60.16]],
    ],
    "fiji": [[[179.5, -17.5], [-179.5, -17.4], [-179.6, -16.5], [179.4, -16.6], [179.5, -17.5]]],
    "chukotka": [[[179.0, 64.5], [181.0, 64.5], [180.7, 65.8], [179.0, 65.2], [179.0, 64.5]]],
}


@pytest.mark.parametrize("name", AREAS)
def test_an_area_holds_what_python_says(spots, name):
    area = area_from_geojson({"type": "Polygon", "coordinates": AREAS[name]})
    expected = {n for n, point in enumerate(spots) if area.contains(point)}
    assert 0 < len(expected) < len(spots)
    assert _found(covered_by_area("s.point", area, name="in")) == expected


@pytest.mark.parametrize("name", AREAS)
def test_border_and_corners_belong_to_the_area_in_both(ask, name):
    area = area_from_geojson({"type": "Polygon", "coordinates": AREAS[name]})
    for polygon in area.polygons:
        for ring in polygon:
            for lon, lat in ring:
                column = area_value(area, name="area")
                serves = area_covers_point("a.area", Point(lon, lat), name="here")
                sql = f"SELECT {serves.sql} FROM (SELECT {column.sql} AS area) a"
                assert ask(sql, {**column.params, **serves.params}) == (True,)
                assert area.contains(Point(lon, lat))


@pytest.mark.parametrize("name", AREAS)
def test_an_area_comes_back_as_it_went_and_postgis_finds_it_valid(ask, name):
    area = area_from_geojson({"type": "Polygon", "coordinates": AREAS[name]})
    value = area_value(area, name="area")
    sql = f"SELECT ST_AsEWKB(a), ST_IsValid(a), ST_SRID(a), GeometryType(a) FROM (SELECT {value.sql} AS a) x"
    ewkb, *facts = ask(sql, value.params)
    assert facts == [True, 4326, "MULTIPOLYGON"]
    assert area_from_ewkb(bytes(ewkb)) == area


def _small_shapes(count):
    """Rings that touch, fold and nest on a coarse grid, and tiny or huge ones about the 180th meridian."""
    rnd = random.Random(9)
    for _ in range(count):
        if rnd.random() < 0.5:
            ring = [
                [rnd.randint(-4, 4) * rnd.choice([1, 1, 0.1]), rnd.randint(-4, 4)] for _ in range(rnd.randint(3, 7))
            ]
        else:
            corners, size = rnd.randint(3, 40), 10 ** rnd.uniform(-6, 1)
            lon = rnd.choice([0.0, 179.9, -180.0, 180.0])
            ring = [
                [lon + size * (0.2 + rnd.random()) * cos(turn), 20 + size * (0.2 + rnd.random()) * sin(turn)]
                for turn in (2 * pi * i / corners for i in range(corners))
            ]
        yield {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def test_what_is_taken_is_valid_to_the_database_too():
    """Two releases of GEOS judge: shapely's own and PostGIS's. What is stored must please both."""
    taken = []
    for shape in _small_shapes(2_000):
        with suppress(InvalidArea):
            taken.append(area_from_geojson(shape).ewkb_hex())
    assert 300 < len(taken) < 1_700
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM unnest(%s::text[]) AS hex WHERE ST_IsValid(hex::geometry)", [taken])
        assert cursor.fetchone() == (len(taken),)


def test_parents_of_cells_are_had_by_bits_in_sql(spots):
    for resolution in range(16):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {parent_cell('s.cell', resolution)} FROM spot s ORDER BY id")
            parents = [row[0] for row in cursor.fetchall()]
        assert parents == [cell_to_parent(point_to_cell(point, 15), resolution) for point in spots]


@pytest.mark.parametrize("column", ["", "a;b", "a.b.c", "1a", "a b", "a--", "a)", '"a"b"', "A", "a.%s"])
def test_what_is_no_column_never_reaches_sql(column):
    for spell in (
        lambda: distance_sphere(column, Point(0, 0), name="n"),
        lambda: within_boxes(column, [Box(0, 0, 1, 1)], name="n"),
        lambda: parent_cell(column, 9),
        lambda: distance_of_vectors(column, Point(0, 0), name="n"),
    ):
        with pytest.raises(ValueError, match="not a column"):
            spell()


def test_what_is_no_placeholder_name_never_reaches_sql():
    with pytest.raises(ValueError, match="not a placeholder name"):
        within_circle("point", Circle(Point(0, 0), 1), name="n)s; --")
