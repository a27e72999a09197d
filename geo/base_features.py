"""Which pieces of OpenStreetMap a base map draws, from which zoom, and over what. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

MAX_NAME_CHARACTERS = 200
_LANGUAGE = re.compile(r"name:([a-z]{2,3}(?:-[A-Za-z]{4})?)")


@dataclass(frozen=True, slots=True)
class Drawn:
    """How a piece is drawn: `rank` orders pieces within their layer, higher above."""

    layer: str
    kind: str
    min_zoom: int
    rank: int = 0


_STREETS: Mapping[str, tuple[str, int, int]] = MappingProxyType(
    {
        "motorway": ("motorway", 5, 9),
        "trunk": ("motorway", 6, 8),
        "primary": ("primary", 8, 7),
        "secondary": ("secondary", 10, 6),
        "tertiary": ("tertiary", 12, 5),
        "unclassified": ("street", 13, 4),
        "residential": ("street", 13, 4),
        "living_street": ("street", 13, 4),
        "pedestrian": ("pedestrian", 14, 3),
        "service": ("service", 15, 2),
        "track": ("path", 15, 1),
        "footway": ("path", 16, 1),
        "cycleway": ("path", 16, 1),
        "path": ("path", 16, 1),
        "steps": ("steps", 16, 1),
    }
)
_RAILWAYS: Mapping[str, tuple[str, int, int]] = MappingProxyType(
    {"rail": ("rail", 12, 2), "tram": ("tram", 15, 1), "light_rail": ("rail", 13, 2)}
)
_GREEN: Mapping[tuple[str, str], tuple[str, int]] = MappingProxyType(
    {
        ("leisure", "park"): ("park", 11),
        ("leisure", "garden"): ("park", 14),
        ("leisure", "pitch"): ("pitch", 15),
        ("leisure", "playground"): ("pitch", 15),
        ("leisure", "golf_course"): ("park", 12),
        ("landuse", "grass"): ("grass", 14),
        ("landuse", "forest"): ("wood", 10),
        ("landuse", "meadow"): ("grass", 13),
        ("landuse", "cemetery"): ("cemetery", 13),
        ("landuse", "recreation_ground"): ("park", 13),
        ("natural", "wood"): ("wood", 10),
        ("natural", "scrub"): ("scrub", 15),
        ("natural", "heath"): ("scrub", 15),
        ("natural", "wetland"): ("wetland", 13),
    }
)
_LABELS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "city": (4, 9),
        "town": (8, 8),
        "suburb": (12, 7),
        "village": (11, 6),
        "quarter": (13, 5),
        "neighbourhood": (14, 4),
        "square": (15, 3),
        "island": (12, 3),
    }
)


def drawn_line(tags: Mapping[str, str]) -> Drawn | None:
    """A street, a railway or a stream; None for what is not drawn (tunnels, areas, what is planned)."""
    if tags.get("area") == "yes" or tags.get("tunnel") in {"yes", "building_passage"} or tags.get("indoor") == "yes":
        return None
    if street := _STREETS.get(tags.get("highway", "").removesuffix("_link")):
        return Drawn("streets", *street)
    if rail := _RAILWAYS.get(tags.get("railway", "")):
        return Drawn("streets", *rail)
    if tags.get("waterway") in {"river", "canal", "stream"}:
        return Drawn("water", "stream", 12 if tags["waterway"] == "river" else 14)
    return None


def drawn_area(tags: Mapping[str, str]) -> Drawn | None:
    """Water, green, a building or a square that one walks on."""
    if tags.get("natural") == "water" or tags.get("waterway") == "riverbank":
        return Drawn("water", "water", 8, 1)
    if tags.get("landuse") in {"basin", "reservoir"}:
        return Drawn("water", "water", 12, 1)
    for key in ("leisure", "landuse", "natural"):
        if green := _GREEN.get((key, tags.get(key, ""))):
            return Drawn("green", *green)
    if tags.get("building", "no") != "no":
        return Drawn("buildings", "building", 14)
    if tags.get("highway") == "pedestrian" or tags.get("place") == "square":
        return Drawn("land", "square", 14, 1)
    return None


def drawn_label(tags: Mapping[str, str]) -> Drawn | None:
    """The name of a settlement, a part of one, or a square."""
    if "name" not in tags:
        return None
    place = _LABELS.get(tags.get("place", ""))
    return Drawn("labels", tags["place"], *place) if place else None


def names_of(tags: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The main name and those by language, cut to 200 characters."""
    names = {
        match[1]: value[:MAX_NAME_CHARACTERS] for key, value in tags.items() if (match := _LANGUAGE.fullmatch(key))
    }
    return tags.get("name", "")[:MAX_NAME_CHARACTERS], names
