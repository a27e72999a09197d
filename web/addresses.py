"""The URL of the map page holds a search in the API's own words; here it becomes the URL of that search. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

QUESTION_NAMES = (
    "q", "category", "kind", "price_min_minor", "price_max_minor", "currency", "discount_min_percent", "rating_min",
    "attributes", "has_deals", "open_now", "open_at", "chain", "collapse", "sort", "profile",
    "lat", "lon", "radius_metres", "bbox", "serves", "mode",
)  # fmt: skip
"""As in web/src/app/address.ts; a test compares them."""
FACETS = "kind,category,rating,price,discount,attribute,open_now"
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Home:
    """Where the map begins when its URL says nothing: a position, a zoom, and how far the first search reaches."""

    lat: str
    lon: str
    zoom: str
    radius_metres: str

    @classmethod
    def parse(cls, text: str) -> Home:
        """`lat,lon,zoom,radius_metres`. ValueError for anything else."""
        lat, lon, zoom, radius = (str(float(part)).removesuffix(".0") for part in text.split(","))
        return cls(lat, lon, zoom, radius)

    def __str__(self) -> str:
        return f"{self.lat},{self.lon},{self.zoom},{self.radius_metres}"


def first_search_url(params: Mapping[str, str], *, home: Home, language: str) -> str:
    """What the page will ask first, so that the browser can ask it while the script is on its way."""
    question = {name: params[name] for name in QUESTION_NAMES if params.get(name)}
    if not {"bbox", "serves"} & question.keys() and not {"lat", "lon"} <= question.keys():
        question = {name: value for name, value in question.items() if name not in ("lat", "lon", "radius_metres")}
        question |= {"lat": home.lat, "lon": home.lon, "radius_metres": home.radius_metres}
    asked = {**question, "facets": FACETS, "limit": PAGE_SIZE, "explain": "true", "highlight": "true", "lang": language}
    return f"/v1/search?{urlencode(asked)}"
