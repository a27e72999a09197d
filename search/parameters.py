"""Every parameter that a search takes: name, meaning, JSON schema, example. Pure.

The API's schema and the list of known names are made from it, and docs/search.md is tested against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config.languages import MAX_LANGUAGES
from search.document import Kind, Mode
from search.moments import BOOKABLE_AT_DAYS, OPEN_AT_DAYS
from search.query import DEFAULT_LIMIT, DEFAULT_RADIUS_METRES, MAX_LIMIT, MAX_RADIUS_METRES, Facet
from search.ranking import (
    DEFAULT_PROFILE,
    MAX_HALF_DISTANCE_METRES,
    MIN_HALF_DISTANCE_METRES,
    PROFILES,
    Signal,
    Sort,
)
from search.results import CELL_RESOLUTION
from search.text import MAX_QUERY_CHARACTERS, MAX_QUERY_WORDS

MIN_RADIUS_METRES = 1.0
MAX_CATEGORIES = 20
MAX_ATTRIBUTES = 10
MAX_PRICE_MINOR = 999_999_999_999
MAX_POLYGON_CHARACTERS = 32_000
MAX_CURSOR_CHARACTERS = 1_000
MAX_ZOOM = 22
MAX_PARTY = 100
ANY_MODE = "any"

SLUG = r"[a-z0-9]+([-_][a-z0-9]+)*"
ATTRIBUTE = r"[a-z0-9]+([-_:][a-z0-9]+)*"
SESSION = r"[A-Za-z0-9_-]{16,64}"
LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `limit` is the limit in words, '' where the schema says it all."""

    name: str
    meaning: str
    schema: Mapping[str, Any]
    example: str
    limit: str = ""
    only: str = ""
    """The one operation that takes it (`search` or `clusters`); '' for both."""


def _list_of(entry: str, most: int) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{entry}(,{entry}){{0,{most - 1}}}$"}


def _some_of(names: list[str]) -> dict[str, Any]:
    return _list_of(f"({'|'.join(names)})", len(names))


_FLAG = {"type": "boolean"}
_SIGNALS = "|".join(Signal)
_PRICE = {"type": "integer", "minimum": 0, "maximum": MAX_PRICE_MINOR}

PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        "lat",
        "Latitude in degrees north, with `lon`: where to search near, and where distances are measured from.",
        {"type": "number", "minimum": -90, "maximum": 90},
        "60.1699",
    ),
    Parameter(
        "lon",
        "Longitude in degrees east, with `lat`.",
        {"type": "number", "minimum": -180, "maximum": 180},
        "24.9384",
    ),
    Parameter(
        "radius_metres",
        "Everything within this great-circle distance of `lat`, `lon`, border included. Obeyed exactly.",
        {
            "type": "number",
            "minimum": MIN_RADIUS_METRES,
            "maximum": MAX_RADIUS_METRES,
            "default": DEFAULT_RADIUS_METRES,
        },
        "1500",
        only="search",
    ),
    Parameter(
        "bbox",
        "Everything in a viewport, `west,south,east,north` in degrees, edges included; `west > east` crosses 180°.",
        {"type": "string", "maxLength": 132},
        "24.90,60.15,24.97,60.18",
    ),
    Parameter(
        "polygon",
        "Everything in a polygon, border included: GeoJSON (Polygon, MultiPolygon) or the ring `lat,lon;lat,lon;…`.",
        {"type": "string", "maxLength": MAX_POLYGON_CHARACTERS},
        "60.16,24.93;60.17,24.93;60.17,24.95",
        f"{MAX_POLYGON_CHARACTERS} characters, 2000 corners, 50 parts, 50 holes",
        only="search",
    ),
    Parameter(
        "q",
        "Words: names in any of their languages, category words, brands. Blank: as if left out.",
        {"type": "string", "maxLength": MAX_QUERY_CHARACTERS},
        "ramen",
        f"{MAX_QUERY_CHARACTERS} characters, {MAX_QUERY_WORDS} words",
    ),
    Parameter(
        "category",
        "Slugs of categories by comma: any of these, each with everything below it.",
        _list_of(SLUG, MAX_CATEGORIES),
        "restaurant,cafe",
        f"{MAX_CATEGORIES} slugs of 60 characters",
    ),
    Parameter(
        "kind", "Places, deals, or both.", {"type": "string", "enum": [*Kind, "both"], "default": "both"}, "deal"
    ),
    Parameter(
        "price_min_minor",
        "Lowest price in minor units of `currency`, included. What has no price does not pass.",
        _PRICE,
        "500",
    ),
    Parameter("price_max_minor", "Highest price in minor units of `currency`, included.", _PRICE, "2000"),
    Parameter(
        "currency",
        "ISO 4217 code of the price bounds; required with them and only taken with them.",
        {"type": "string", "pattern": "^[A-Z]{3}$"},
        "EUR",
    ),
    Parameter(
        "discount_min_percent",
        "Lowest discount off the list price.",
        {"type": "integer", "minimum": 0, "maximum": 100},
        "20",
    ),
    Parameter(
        "rating_min",
        "Lowest rating in stars (the Bayesian mean that is shown). What is unrated does not pass.",
        {"type": "number", "minimum": 1, "maximum": 5},
        "4.2",
    ),
    Parameter(
        "attributes",
        "Attributes by comma, all of which must be a plain yes.",
        _list_of(ATTRIBUTE, MAX_ATTRIBUTES),
        "wheelchair,outdoor_seating",
        f"{MAX_ATTRIBUTES} names of 60 characters",
    ),
    Parameter("chain", "Id of a brand: its branches only.", {"type": "string", "format": "uuid"}, ""),
    Parameter(
        "open_now",
        "`true`: open at the time of asking. Unknown hours do not pass. `false`: as if left out.",
        _FLAG,
        "true",
    ),
    Parameter(
        "open_at",
        "Open at an instant (`2026-11-22T18:30Z`, `…%2B02:00`) or at a local time at each branch (`2026-11-22T18:30`).",
        {"type": "string", "maxLength": 40},
        "",
        f"now to {OPEN_AT_DAYS} days ahead",
    ),
    Parameter(
        "bookable_at",
        "Can be booked for this instant as things are when it is answered: the deal, or a service of the place.",
        {"type": "string", "maxLength": 40},
        "",
        f"a whole minute, now to {BOOKABLE_AT_DAYS} days ahead; 5000 services in the area",
    ),
    Parameter(
        "party",
        "How many people; with `bookable_at` only.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PARTY, "default": 1},
        "2",
    ),
    Parameter(
        "serves",
        "An address as `lat,lon`: what serves it in one of the ways of `mode`. Distances are measured from it.",
        {"type": "string", "maxLength": 66},
        "60.1699,24.9384",
        "no area but the one that is asked for; see docs/search.md",
    ),
    Parameter(
        "mode",
        "How it serves, with `serves` only: the address can visit it, a published area of the branch delivers or comes "
        "there at the instant asked about, or any of these.",
        {"type": "string", "enum": [*Mode, ANY_MODE], "default": ANY_MODE},
        "delivery",
    ),
    Parameter("has_deals", "`true`: with a current deal; `false`: without.", _FLAG, "true"),
    Parameter(
        "sort",
        "`score`: words, then the ranking. Others are hard orders, obeyed exactly; missing values come last.",
        {"type": "string", "enum": list(Sort), "default": Sort.SCORE.value},
        "distance",
    ),
    Parameter(
        "profile",
        "The ranking, see docs/ranking.md.",
        {"type": "string", "enum": list(PROFILES), "default": DEFAULT_PROFILE},
        "best_deal",
    ),
    Parameter(
        "weights",
        "Weights that replace the profile's, `signal:weight` by comma; all are then scaled to sum to 1.",
        _list_of(rf"({_SIGNALS}):(0(\.[0-9]+)?|1(\.0+)?)", len(Signal)),
        "distance:0.5,rating:0.2",
        "0 to 1 each",
    ),
    Parameter(
        "half_distance_metres",
        "The distance at which the distance signal has halved, instead of the profile's.",
        {"type": "number", "minimum": MIN_HALF_DISTANCE_METRES, "maximum": MAX_HALF_DISTANCE_METRES},
        "600",
    ),
    Parameter(
        "collapse",
        "`chain`: only the best placed branch of each brand, and the best placed of its deals.",
        {"type": "string", "enum": ["chain"]},
        "chain",
    ),
    Parameter(
        "facets",
        "Counts over everything that matches, by comma.",
        _some_of(list(Facet)),
        "category,rating",
        only="search",
    ),
    Parameter(
        "limit",
        "Hits on one page. It may change from page to page.",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        "20",
        only="search",
    ),
    Parameter(
        "cursor",
        "`next_cursor` of the page before; all else as it was, but limit, fields, explain, highlight, facets and lang.",
        {"type": "string", "maxLength": MAX_CURSOR_CHARACTERS},
        "",
        "good for an hour from the first page",
        only="search",
    ),
    Parameter(
        "fields",
        "Keys of a hit by comma: only these are answered.",
        {"type": "string", "maxLength": 1_000},
        "id,name,distance_metres",
        only="search",
    ),
    Parameter("explain", "`true`: each hit says why it is where it is, in `why`.", _FLAG, "true", only="search"),
    Parameter(
        "highlight",
        "`true`: each hit says which parts of its names the words met, in `highlights`.",
        _FLAG,
        "true",
        only="search",
    ),
    Parameter(
        "lang",
        "BCP-47 language tags by comma, best first, for names; else the header Accept-Language.",
        _list_of(LANGUAGE, MAX_LANGUAGES),
        "zh-Hans,en",
        f"{MAX_LANGUAGES} tags",
        only="search",
    ),
    Parameter(
        "session",
        "The token of the suggestions that led here: with them this search counts once against the limit of rate.",
        {"type": "string", "pattern": f"^{SESSION}$"},
        "",
        "16 to 64 letters, digits, `_`, `-`",
        only="search",
    ),
    Parameter(
        "resolution",
        "H3 resolution of the cells; this or `zoom`.",
        {"type": "integer", "minimum": 0, "maximum": CELL_RESOLUTION},
        "9",
        only="clusters",
    ),
    Parameter(
        "zoom",
        "Zoom of a web map with 512-pixel tiles: the resolution whose cells are 40 to 120 pixels wide.",
        {"type": "number", "minimum": 0, "maximum": MAX_ZOOM},
        "13",
        only="clusters",
    ),
    Parameter("boundary", "`true`: each cell with its outline as a GeoJSON ring.", _FLAG, "true", only="clusters"),
)


_NOT_OF_TILES = {"bbox", "polygon", "lat", "lon", "radius_metres", "collapse"}


def parameters_of(operation: str) -> tuple[Parameter, ...]:
    """Those of `search`, `clusters` or `tiles` (the filters: a tile is its own area), in the order of the table.

    A chain collapsed within each tile would be counted in many, so tiles do not take `collapse`.
    """
    if operation == "tiles":
        return tuple(each for each in PARAMETERS if not each.only and each.name not in _NOT_OF_TILES)
    return tuple(each for each in PARAMETERS if each.only in ("", operation))


SEARCH_NAMES = frozenset(each.name for each in parameters_of("search"))
CLUSTERS_NAMES = frozenset(each.name for each in parameters_of("clusters"))
TILES_NAMES = frozenset(each.name for each in parameters_of("tiles"))
