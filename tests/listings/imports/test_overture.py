import io
import json

import pyarrow as pa
import pytest
from pyarrow import parquet
from shapely import Point

from listings.imports.overture import geojson_rows, parquet_rows
from listings.imports.places import BrokenRecord, FileRefused

PLACE = {
    "id": "08f1",
    "names": {"primary": "Kahvila", "common": {"sv": "Kafé"}},
    "categories": {"primary": "coffee_shop", "alternate": ["bakery"]},
    "addresses": [{"freeform": "Kaivokatu 1", "locality": "Helsinki", "postcode": "00100", "country": "FI"}],
    "phones": ["+358 1"],
    "websites": ["https://example.org"],
    "brand": {"names": {"primary": "Kahvi"}},
}


def _check(row) -> None:
    assert (row.external_id, row.names) == ("08f1", {"": "Kahvila", "sv": "Kafé"})
    assert (row.lon, row.lat) == (24.94, 60.17)
    assert row.category == "coffee_shop|bakery"
    assert (row.street, row.postcode, row.city, row.country) == ("Kaivokatu 1", "00100", "Helsinki", "FI")
    assert (row.phone, row.website, row.brand) == ("+358 1", "https://example.org", "Kahvi")


def test_geojson_is_read():
    closed = {**PLACE, "id": "gone", "operating_status": "permanently_closed"}
    bare = {"id": "bare", "names": None, "categories": None, "addresses": [], "phones": None, "brand": None}
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [24.94, 60.17]}, "properties": place}
        for place in (PLACE, closed, bare)
    ]
    data = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    first, gone, second = geojson_rows(io.BufferedReader(io.BytesIO(data)))
    _check(first)
    assert (gone.external_id, gone.is_closed, first.is_closed) == ("gone", True, False)
    assert (second.external_id, second.names, second.category, second.record) == ("bare", {"": ""}, "", 3)


def test_geoparquet_is_read(tmp_path):
    names = pa.struct([("primary", pa.string()), ("common", pa.map_(pa.string(), pa.string()))])
    columns = {key: [value, value] for key, value in PLACE.items() if key != "names"}
    table = pa.table({**columns, "geometry": [Point(24.94, 60.17).wkb, b"not wkb"]})
    table = table.append_column("names", pa.array([{"primary": "Kahvila", "common": [("sv", "Kafé")]}] * 2, type=names))
    parquet.write_table(table, tmp_path / "places.parquet")
    first, second = parquet_rows(tmp_path / "places.parquet")
    _check(first)
    assert isinstance(second, BrokenRecord)


def test_another_parquet_is_refused(tmp_path):
    parquet.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes(b"PAR1 no")
    for name in ("a.parquet", "b.parquet"):
        with pytest.raises(FileRefused):
            list(parquet_rows(tmp_path / name))
