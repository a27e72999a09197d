import osmium
import pytest

from listings.imports.osm_pbf import rows
from listings.imports.places import FileRefused


@pytest.fixture
def pbf(tmp_path):
    """A square of two metres or so, a named café inside, and things that are no places."""
    path = tmp_path / "tiny.osm.pbf"
    corners = {1: (24.94, 60.17), 2: (24.96, 60.17), 3: (24.96, 60.18), 4: (24.94, 60.18)}
    with osmium.SimpleWriter(str(path)) as writer:
        for number, location in corners.items():
            writer.add_node(osmium.osm.mutable.Node(id=number, location=location))
        places = {
            10: {"amenity": "cafe", "name": "Kahvila", "name:sv": "Kafé", "phone": "+358 1; +358 2"},
            11: {"amenity": "cafe"},
            12: {"amenity": "bench", "name": "A bench with a name"},
        }
        for number, tags in places.items():
            writer.add_node(osmium.osm.mutable.Node(id=number, location=(24.95, 60.175), tags=tags))
        ways = {
            20: ([1, 2, 3, 4, 1], {"shop": "mall", "name": "Closed"}),
            21: ([1, 2, 3], {"shop": "mall", "name": "Open line"}),
        }
        for number, (nodes, tags) in ways.items():
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags))
        writer.add_way(osmium.osm.mutable.Way(id=22, nodes=[1, 2, 3, 4, 1]))
        writer.add_relation(
            osmium.osm.mutable.Relation(
                id=30,
                members=[("w", 22, "outer")],
                tags={"type": "multipolygon", "tourism": "museum", "name": "Museo"},
            )
        )
    return path


def test_named_nodes_closed_ways_and_multipolygons_are_read(pbf):
    found = {row.external_id: row for row in rows(pbf)}
    assert sorted(found) == ["node/10", "relation/30", "way/20"]
    assert [row.record for row in found.values()] == [1, 2, 3]
    cafe = found["node/10"]
    assert (cafe.lon, cafe.lat) == (24.95, 60.175)
    assert cafe.names == {"": "Kahvila", "sv": "Kafé"}
    assert cafe.phone == "+358 1"
    assert (found["way/20"].lon, found["way/20"].lat) == (24.95, 60.175)


@pytest.mark.parametrize("data", [b"", b"not a pbf", b"\0" * 10_000])
def test_what_is_not_pbf_is_refused(tmp_path, data):
    (tmp_path / "x.pbf").write_bytes(data)
    with pytest.raises(FileRefused):
        list(rows(tmp_path / "x.pbf"))
