"""OpenStreetMap tags, however they arrive (PBF, GeoJSON properties), to a raw row. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from listings.imports.places import RawRow

# What is kept beside the address and hours: the tag, and our attribute for it.
ATTRIBUTE_TAGS: Mapping[str, str] = {
    "wheelchair": "wheelchair",
    "toilets:wheelchair": "toilets_wheelchair",
    "outdoor_seating": "outdoor_seating",
    "indoor_seating": "indoor_seating",
    "takeaway": "takeaway",
    "delivery": "delivery",
    "drive_through": "drive_through",
    "reservation": "reservation",
    "cuisine": "cuisine",
    "diet:vegetarian": "diet_vegetarian",
    "diet:vegan": "diet_vegan",
    "diet:halal": "diet_halal",
    "diet:kosher": "diet_kosher",
    "diet:gluten_free": "diet_gluten_free",
    "organic": "organic",
    "internet_access": "internet_access",
    "smoking": "smoking",
    "air_conditioning": "air_conditioning",
    "changing_table": "changing_table",
    "highchair": "highchair",
    "dog": "dog",
    "payment:cash": "payment_cash",
    "payment:cards": "payment_cards",
    "payment:credit_cards": "payment_credit_cards",
    "payment:contactless": "payment_contactless",
    "stars": "stars",
    "level": "level",
    "operator": "operator",
    "wikidata": "wikidata",
}


def row_from_tags(
    tags: Mapping[str, str],
    *,
    record: int,
    line: int,
    external_id: str,
    lon: object,
    lat: object,
    category: str = "",
) -> RawRow:
    """Where a tag holds several values (`a;b`), phone and website take the first."""
    names = {key.removeprefix("name:"): value for key, value in tags.items() if key.startswith("name:")}
    if name := tags.get("name"):
        names = {"": name, **names}
    street = " ".join(
        part for part in (tags.get("addr:street") or tags.get("addr:place"), tags.get("addr:housenumber")) if part
    )
    return RawRow(
        record=record,
        line=line,
        external_id=external_id,
        names=names,
        lon=lon,
        lat=lat,
        category=category,
        tags=tags,
        description=tags.get("description", ""),
        street=street or tags.get("addr:full", ""),
        postcode=tags.get("addr:postcode", ""),
        city=tags.get("addr:city", ""),
        country=tags.get("addr:country", ""),
        phone=_first(tags, "phone", "contact:phone"),
        website=_first(tags, "website", "contact:website", "url"),
        opening_hours=tags.get("opening_hours", ""),
        brand=tags.get("brand", ""),
        attributes={ours: tags[theirs].strip() for theirs, ours in ATTRIBUTE_TAGS.items() if theirs in tags},
    )


def _first(tags: Mapping[str, str], *keys: str) -> str:
    return next((tags[key].partition(";")[0].strip() for key in keys if tags.get(key)), "")
