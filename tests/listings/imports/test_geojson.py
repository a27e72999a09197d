import io
import json
import random

import pytest

from listings.imports import geojson
from listings.imports.geojson import FEATURE_MAX_BYTES, read_features, rows
from listings.imports.places import BrokenRecord, FileRefused, Reason


def _feature(number: int, **properties) -> dict:
    return {
        "type": "Feature",
        "properties": {"id": number, "type": "node", "amenity": "cafe", "name": f"Café {number}", **properties},
        "geometry": {"type": "Point", "coordinates": [24.9 + number / 1000, 60.1]},
    }


def _collection(features, indent=None, **head) -> bytes:
    return json.dumps({"type": "FeatureCollection", **head, "features": features}, indent=indent).encode()


def _read(data: bytes) -> list:
    return list(read_features(io.BufferedReader(io.BytesIO(data))))


def test_a_collection_and_a_feature_a_line_read_alike():
    features = [_feature(number, note='braces } ] { [ and \\ " quotes') for number in range(1, 5)]
    lines = "\n".join(json.dumps(feature) for feature in features).encode()
    head = {"name": "features", "features_of": {"features": [1]}}
    assert [item.value for item in _read(_collection(features, **head))] == features
    assert [item.value for item in _read(lines)] == features
    assert [item.line for item in _read(lines)] == [1, 2, 3, 4]
    assert [item.line for item in _read(_collection(features, indent=1))] == [4, 21, 38, 55]


@pytest.mark.parametrize("block", [1, 2, 7, 64, 1000])
def test_where_a_block_ends_makes_no_difference(block, monkeypatch):
    dice = random.Random(block)
    features = [_feature(number, text="".join(dice.choices('ab"\\{}[]\n東', k=30))) for number in range(6)]
    monkeypatch.setattr(geojson, "_BLOCK_BYTES", block)
    found = _read(_collection(features, indent=2))
    assert [item.value for item in found] == features
    text = _collection(features, indent=2).decode().splitlines()
    assert all(text[item.line - 1].strip() == "{" for item in found)


def test_an_empty_collection_has_no_features():
    assert _read(_collection([])) == []


def test_a_broken_feature_is_reported_and_the_next_one_read():
    good = json.dumps(_feature(1)).encode()
    data = (
        b'{"type":"FeatureCollection","features":[{"type" "Feature"},'
        + good
        + b',{"type":"Point"},[1],{"type":"Feature","properties":[]}]}'
    )
    found = _read(data)
    assert [(item.record, getattr(item, "reason", None)) for item in found] == [
        (1, Reason.RECORD_UNREADABLE),
        (2, None),
        (3, Reason.RECORD_UNREADABLE),
        (4, Reason.RECORD_UNREADABLE),
        (5, Reason.RECORD_UNREADABLE),
    ]


def test_a_feature_too_large_or_too_deep_is_passed_over():
    deep = _feature(2)
    deep["properties"]["deep"] = json.loads("[" * 70 + "]" * 70)
    wide = _feature(3, words=["x" * 1000] * (FEATURE_MAX_BYTES // 1000 + 1))
    found = _read(_collection([_feature(1), deep, wide, _feature(4)]))
    assert [item.record for item in found if isinstance(item, BrokenRecord)] == [2, 3]
    assert {item.reason for item in found if isinstance(item, BrokenRecord)} == {Reason.RECORD_TOO_LARGE}
    assert [item.value["properties"]["id"] for item in found if not isinstance(item, BrokenRecord)] == [1, 4]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b"[]",
        b'{"type":"Point","coordinates":[1,2]}',
        b'{"type":"FeatureCollection","features":[{"type":"Feature"',
        b'{"type":"FeatureCollection","features":[',
        b'{"a":"' + b"x" * (3 * FEATURE_MAX_BYTES),
        b'{"type":"FeatureCollection","features":[{"a":"' + b"x" * (3 * FEATURE_MAX_BYTES),
        b"\x00" * 3000,
    ],
)
def test_what_is_not_geojson_is_refused(data):
    with pytest.raises(FileRefused):
        _read(data)


def test_a_million_brackets_are_refused_without_recursion():
    found = _read(b'{"type":"FeatureCollection","features":[{"a":' + b"[" * 500_000 + b"]" * 500_000 + b"}]}")
    assert [item.reason for item in found] == [Reason.RECORD_TOO_LARGE]


def test_osm_properties_become_a_row():
    feature = _feature(
        7, **{"addr:street": "Kaivokatu", "addr:housenumber": "1", "name:sv": "Kafé", "wheelchair": "yes"}
    )
    (row,) = rows(io.BufferedReader(io.BytesIO(_collection([feature]))), {})
    assert row.external_id == "node/7"
    assert row.names == {"": "Café 7", "sv": "Kafé"}
    assert (row.lon, row.lat) == (24.907, 60.1)
    assert row.street == "Kaivokatu 1"
    assert row.attributes == {"wheelchair": "yes"}


def test_plain_properties_become_a_row_by_column_names():
    feature = _feature(7)
    feature["properties"] = {"Shop": "Plain", "kind": "bakery", "zip": 100}
    (row,) = rows(io.BufferedReader(io.BytesIO(_collection([feature]))), {"name": "shop"})
    assert (row.names, row.category, row.postcode) == ({"": "Plain"}, "bakery", "100")


def test_an_area_stands_at_its_centroid():
    feature = _feature(1)
    feature["geometry"] = {"type": "Polygon", "coordinates": [[[0, 10], [2, 10], [2, 12], [0, 12], [0, 10]]]}
    (row,) = rows(io.BufferedReader(io.BytesIO(_collection([feature]))), {})
    assert (row.lon, row.lat) == (1.0, 11.0)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [[[0]]]},
        {"type": "Nonsense", "coordinates": []},
        {"type": "Polygon"},
        {"type": "LineString", "coordinates": ["a", "b"]},
    ],
)
def test_a_geometry_that_cannot_be_read_is_reported(geometry):
    feature = {**_feature(1), "geometry": geometry}
    (broken,) = rows(io.BufferedReader(io.BytesIO(_collection([feature]))), {})
    assert broken.reason == Reason.RECORD_UNREADABLE


@pytest.mark.parametrize(
    "geometry", [None, {"type": "Point", "coordinates": []}, {"type": "Polygon", "coordinates": []}]
)
def test_a_feature_without_a_position_is_a_row_without_one(geometry):
    feature = {**_feature(1), "geometry": geometry}
    (row,) = rows(io.BufferedReader(io.BytesIO(_collection([feature]))), {})
    assert (row.lon, row.lat) == (None, None)
