"""Plain columns (CSV headers, GeoJSON properties) to a raw row. Pure.

A field is found under the column that the caller names for it, else under one of the names below, whatever their case.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from config.errors import InvalidParameter
from listings.imports.osm_tags import ATTRIBUTE_TAGS
from listings.imports.places import RawRow

COLUMN_NAMES: Mapping[str, tuple[str, ...]] = {
    "external_id": ("external_id", "@id", "id", "osm_id", "place_id", "store_id", "locationid"),
    "name": ("name", "title", "applicant"),
    "lat": ("lat", "latitude", "y"),
    "lon": ("lon", "lng", "long", "longitude", "x"),
    "category": ("category", "categories", "type", "kind", "facilitytype"),
    "description": ("description", "summary", "fooditems"),
    "street": ("street", "address", "addr:street", "street_address"),
    "postcode": ("postcode", "zip", "zipcode", "zip_code", "postal_code", "addr:postcode"),
    "city": ("city", "town", "locality", "addr:city"),
    "country": ("country", "country_code", "addr:country"),
    "phone": ("phone", "telephone", "tel"),
    "website": ("website", "url", "web"),
    "opening_hours": ("opening_hours", "hours"),
    "zone": ("zone", "time_zone", "timezone", "tz"),
    "brand": ("brand", "chain"),
}
FIELDS = tuple(COLUMN_NAMES)


def find_columns(header: Collection[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """{field: column} for this header. InvalidParameter where a chosen field or column does not exist."""
    by_lower = {column.strip().casefold(): column for column in reversed(list(header))}
    found = {
        field: by_lower[name]
        for field, names in COLUMN_NAMES.items()
        if (name := next((name for name in names if name in by_lower), None))
    }
    check_fields(chosen)
    for field, column in chosen.items():
        if column.casefold() not in by_lower:
            raise InvalidParameter("map", f"The file has no column “{column}”; it has {', '.join(header)[:300]}.")
        found[field] = by_lower[column.casefold()]
    return found


def check_fields(chosen: Mapping[str, str]) -> None:
    """InvalidParameter where a field to be mapped is none of ours."""
    for field in chosen:
        if field not in COLUMN_NAMES and not field.startswith("name:"):
            raise InvalidParameter(
                "map", f"“{field}” is no field; the fields are {', '.join(FIELDS)} and name:LANGUAGE."
            )


def row_from_columns(
    values: Mapping[str, str],
    chosen: Mapping[str, str],
    *,
    record: int,
    line: int,
    external_id: str = "",
    lon: object = None,
    lat: object = None,
) -> RawRow:
    """For properties whose keys differ from record to record, as in GeoJSON."""
    by_lower = {key.casefold(): value for key, value in values.items()}
    columns = {
        field: name
        for field, names in COLUMN_NAMES.items()
        if (name := next((n for n in names if n in by_lower), None))
    }
    columns.update({field: column.casefold() for field, column in chosen.items()})
    return build_row(by_lower, columns, record=record, line=line, external_id=external_id, lon=lon, lat=lat)


def build_row(
    values: Mapping[str, str],
    columns: Mapping[str, str],
    *,
    record: int,
    line: int,
    external_id: str = "",
    lon: object = None,
    lat: object = None,
) -> RawRow:
    """`columns` maps each of our fields to a key of `values`; given position and id go before columns."""

    def value(field: str) -> str:
        return values.get(columns.get(field, ""), "") or ""

    names = {field[5:]: values.get(column, "") for field, column in columns.items() if field.startswith("name:")}
    names.update({key[5:]: text for key, text in values.items() if key.startswith("name:") and text})
    if name := value("name"):
        names[""] = name
    return RawRow(
        record=record,
        line=line,
        external_id=value("external_id") if "external_id" in columns and not external_id else external_id,
        names=names,
        lon=value("lon") if lon is None else lon,
        lat=value("lat") if lat is None else lat,
        category=value("category"),
        description=value("description"),
        street=value("street"),
        postcode=value("postcode"),
        city=value("city"),
        country=value("country"),
        phone=value("phone"),
        website=value("website"),
        opening_hours=value("opening_hours"),
        zone=value("zone"),
        brand=value("brand"),
        attributes={ours: values[theirs] for theirs, ours in ATTRIBUTE_TAGS.items() if values.get(theirs)},
    )
