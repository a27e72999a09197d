"""What a page says to machines: schema.org as JSON-LD. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from config.money import amount

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def is_web_address(text: str | None) -> bool:
    """Whether a link may lead there: what a merchant writes must never become a script."""
    return text is not None and urlsplit(text).scheme in ("http", "https")


def script_text(data: Mapping[str, Any]) -> str:
    """JSON that can stand in a script element: no text in it can close the element."""
    return json.dumps(data, ensure_ascii=False).translate(_ESCAPES)


def local_business(place: Mapping[str, Any], *, url: str) -> dict[str, Any]:
    """schema.org/LocalBusiness of the body of GET /v1/places/{id}. A made-up rating is not told to machines."""
    address = place["address"]
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "LocalBusiness",
        "@id": url,
        "url": place["website"] if is_web_address(place["website"]) else url,
        "name": place["name"],
        "address": {
            "@type": "PostalAddress",
            "streetAddress": address["street"],
            "postalCode": address["postcode"],
            "addressLocality": address["city"],
            "addressCountry": address["country"],
        },
        "geo": {"@type": "GeoCoordinates", "latitude": place["lat"], "longitude": place["lon"]},
    }
    if place["phone"]:
        data["telephone"] = place["phone"]
    if place["photos"]:
        data["image"] = place["photos"]
    week = (place["hours"] or {}).get("week") or []
    if week:
        data["openingHoursSpecification"] = [
            {
                "@type": "OpeningHoursSpecification",
                "validFrom": day["day"],
                "validThrough": day["day"],
                "opens": span["opens"],
                "closes": span["closes"].replace("24:00", "23:59"),
            }
            for day in week
            for span in day["spans"]
        ]
    rating = place["rating"]
    if rating["count"] and not rating["generated"]:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": rating["stars"],
            "ratingCount": rating["count"],
        }
    return data


def offer(deal: Mapping[str, Any], *, url: str, base_url: str) -> dict[str, Any]:
    """schema.org/Offer of the body of GET /v1/deals/{id}."""
    currency = deal["currency"]
    current = deal["is_current"] and deal["stock_left"] != 0
    return {
        "@context": "https://schema.org",
        "@type": "Offer",
        "@id": url,
        "url": url,
        "name": deal["title"],
        "price": str(amount(deal["price_minor"], currency)),
        "priceCurrency": currency,
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "priceType": "https://schema.org/ListPrice",
            "price": str(amount(deal["list_price_minor"], currency)),
            "priceCurrency": currency,
        },
        "validFrom": deal["valid_from"],
        "validThrough": deal["valid_until"],
        "availability": f"https://schema.org/{'InStock' if current else 'SoldOut'}",
        "offeredBy": {"@type": "Organization", "name": deal["merchant"]["name"]},
        "availableAtOrFrom": [
            {"@type": "Place", "name": branch["name"], "url": f"{base_url}/places/{branch['place_id']}"}
            for branch in deal["branches"]["items"]
        ],
    }
